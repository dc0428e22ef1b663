"""Workers on this machine: one process for each core."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from pathlib import Path

from speech_emotion.core.environment import cores
from speech_emotion.parallel.block import WorkerDied, run_block

LARGEST_BLOCK = 2**24  # bytes
TASKS = Path("/proc/self/task")  # of Linux: one folder for each thread of this process, native ones included


class LocalWorkers:
    """One process for each core."""

    def __init__(self, module: str):
        """`module` has the function."""
        self.count = cores()
        self._module = module
        self._start()

    def submit(self, function: Callable, block: Sequence) -> Future:
        """Begin to compute `[function(item) for item in block]`."""
        if self._is_broken:
            self._pool.shutdown(wait=False)
            self._start()
        try:
            return self._pool.submit(run_block, function, block)
        except BrokenProcessPool:  # a worker died while none was waited for
            self._is_broken = True
            return self.submit(function, block)

    def result(self, future: Future) -> list:
        """Return the results of a block. Raises WorkerDied, and what the function raises."""
        try:
            return future.result()
        except BrokenProcessPool as error:
            self._is_broken = True  # one dead worker ends them all
            raise WorkerDied from error

    def has_died(self, future: Future) -> bool:
        """Return whether the worker of a block has died."""
        return future.done() and isinstance(future.exception(), BrokenProcessPool)

    def close(self) -> None:
        """End all processes, also those that have begun a block. Nobody waits for its results any more."""
        processes = list((self._pool._processes or {}).values())  # Python 3.14 has terminate_workers
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()

    def _start(self) -> None:
        self._is_broken = False
        self._pool = ProcessPoolExecutor(self.count, _context(self._module), initializer=_begin)
        self._pool.submit(os.getpid)  # starts the processes while this one still has one thread


def _context(module: str) -> BaseContext:
    """Return how processes are started: forked from this one, which saves the second in which they import modules.

    But a process that is forked while other threads run could inherit a lock that one of them holds. Then they are
    forked from a server that has imported `module`.
    """
    if TASKS.exists() and len(list(TASKS.iterdir())) == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


def _begin() -> None:
    end_with_parent()
    keep_freed_memory()


def end_with_parent() -> None:
    """Let this process end when the one that started it does. It would wait for work for ever."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def keep_freed_memory() -> None:
    """Let this process keep memory for its next item. To return it and take it again costs a tenth of the time.

    glibc keeps about twice as much as the largest block that it has freed so far, see mallopt(3).
    """
    bytearray(LARGEST_BLOCK)
