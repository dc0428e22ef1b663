"""A Dask cluster of real processes."""

import os
import re
import subprocess
import sys
from pathlib import Path

PINS = ("OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
WORKER = ("speech_emotion.parallel.cluster_worker",)


class Cluster:
    """A Dask scheduler and two workers on this machine, each a process of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.scheduler = self._start("dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self._find(self.scheduler, r"Scheduler at:\s+(tcp://\S+)")
        self.workers = [self.start_worker() for _ in range(2)]

    def start_worker(self, *program: str) -> subprocess.Popen:
        options = ["--nworkers", "1", "--local-directory", str(self.folder), "--death-timeout", "20"]
        worker = self._start(*(program or WORKER), self.address, *options)
        self._find(worker, r"(Registered to)")
        return worker

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.communicate()

    def _start(self, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", *arguments]
        environment = {name: value for name, value in os.environ.items() if name not in PINS}  # as in a new terminal
        environment["PYTHONPATH"] = os.pathsep.join([os.getcwd(), os.path.join(os.getcwd(), "tests")])
        log = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=environment, **log)

    def _find(self, process: subprocess.Popen, pattern: str) -> str:
        for line in process.stderr:
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"no {pattern!r} in the log")
