"""Programs that tests start."""

import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
COMMAND = (sys.executable, "-m", "speech_emotion")


def run_python(*arguments: object, **options) -> subprocess.CompletedProcess:
    """Run Python with the arguments, and return its status and what it printed."""
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, **options)


def new_environment(folder: Path, *arguments: object) -> Path:
    """Create a virtual environment, run `pip install` with the arguments in it, and return its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    uv = shutil.which("uv")
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    subprocess.run([*install, "-q", *arguments], check=True)
    return folder / "bin"


def allow_interrupt() -> None:
    """For `preexec_fn`: let Ctrl-C end the process, which it does not if the tests run in a shell's background job."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def app_server(model: Path, command: Sequence[str] = COMMAND) -> Iterator[str]:
    """Run `speech-emotion app` and yield its address. It must end by Ctrl-C without further output."""
    options = ["--port", "0", "--model", str(model)]
    with subprocess.Popen([*command, "app", *options], **PIPES, preexec_fn=allow_interrupt) as process:
        try:
            yield re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        finally:
            process.send_signal(signal.SIGINT)
            timer = threading.Timer(20, process.kill)
            timer.start()
            output = process.communicate()
            timer.cancel()
    assert (process.returncode, *output) == (130, "", "")
