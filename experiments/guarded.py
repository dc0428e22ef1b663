"""Programs that do not outlive the process that started them, however it ends."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from speech_emotion.core.environment import CLUSTER

DVC = [sys.executable, "-m", "dvc"]
# A shell stays beside the program. When this process ends, there is nothing more to read, and it kills the program and
# what that has started.
GUARD = 'exec 3<&0 </dev/null; (read line; kill -9 0) <&3 & exec 3<&-; exec "$@"'


def start(command: list[str], log: IO, folder: Path = Path("."), may_use_cluster: bool = False) -> subprocess.Popen:
    """Start a program in `folder`. What it prints, also to standard error, goes to `log`. End it with `end`.

    One that is started on a worker of a cluster may not use the cluster: it would wait for workers that wait for it.
    """
    python = Path(sys.executable).parent  # DVC's stages call it by its name
    environment = os.environ | {"PATH": f"{python}{os.pathsep}{os.environ['PATH']}"}
    if not may_use_cluster:
        environment.pop(CLUSTER, None)
    return subprocess.Popen(
        ["sh", "-c", GUARD, "sh", *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def end(process: subprocess.Popen) -> None:
    """Kill what still runs of a program, of what it has started, and the shell that guards them."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdin.close()


def last_line(output: str) -> str:
    """Return the last line that a stage printed, or else the last line of DVC."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    of_stage = [line for line in lines if not line.startswith("ERROR: failed to reproduce")]
    return (of_stage or lines or ["no output"])[-1]
