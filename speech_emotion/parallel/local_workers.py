"""Workers on this machine: one process for each core."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from pathlib import Path

from speech_emotion.core.environment import cores
from speech_emotion.parallel.block import WorkerDied, run_block

KEPT_BYTES = 2**24
THREADS = Path("/proc/self/task")  # on Linux: one folder for each thread of this process, native ones included


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
        results = self._pool._result_queue
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        results._writer.close()  # else the pool would wait for the rest of a result that was being sent

    def _start(self) -> None:
        self._is_broken = False
        self._pool = ProcessPoolExecutor(self.count, _context(self._module), initializer=_begin)
        self._pool.submit(os.getpid)  # if they are forked from this process, it starts them all now, before any thread


def _context(module: str) -> BaseContext:
    """Return how processes are started: forked from this one, which saves the second in which they import modules.

    But a process that is forked while other threads run could inherit a lock that one of them holds. Then they are
    forked from a server, which imports `module` if it is the first. That is so after the first progress bar, which
    leaves a thread.
    """
    if THREADS.exists() and len(list(THREADS.iterdir())) == 1:
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends this process
    _end_with_parent()
    _keep_freed_memory()


def _end_with_parent() -> None:
    """Let this process end when the one that started it does. It would wait for work for ever."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _keep_freed_memory() -> None:
    """Let this process keep memory for its next item. To return it and take it again costs a tenth of the time.

    glibc keeps about twice as much as the largest piece of memory that it has freed so far, see mallopt(3).
    """
    bytearray(KEPT_BYTES)
