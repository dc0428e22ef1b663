"""Programs that do not outlive the process that started them, however it ends."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

DVC = [sys.executable, "-m", "dvc"]
# The shell stays beside the program and waits for a line. If instead this process ends, it kills the program and what
# that has started.
GUARD = 'exec 3<&0 </dev/null; (read line || kill -9 0) <&3 & exec 3<&-; exec "$@"'


def start(command: list[str], log: IO, folder: Path = Path(".")) -> subprocess.Popen:
    """Start a program in `folder`. What it prints, also to standard error, goes to `log`. End it with `end`."""
    python = Path(sys.executable).parent  # DVC's stages call it by its name
    return subprocess.Popen(
        ["sh", "-c", GUARD, "sh", *command],
        cwd=folder,
        env=os.environ | {"PATH": f"{python}{os.pathsep}{os.environ['PATH']}"},
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def end(process: subprocess.Popen) -> None:
    """Kill a program and what it has started if they still run, and otherwise let the shell that guards them go."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with suppress(BrokenPipeError):  # the shell was killed too
        process.stdin.write(b"\n")
        process.stdin.close()


def last_line(output: str) -> str:
    """Return the last line that a stage printed, or else the last line of DVC."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    of_stage = [line for line in lines if not line.startswith("ERROR: failed to reproduce")]
    return (of_stage or lines or ["no output"])[-1]
