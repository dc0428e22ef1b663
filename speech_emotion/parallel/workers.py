"""Where blocks of items are computed: processes of this machine, or the machines of a Dask cluster.

Both kinds have `count`, how many blocks they compute at a time, `submit`, `result`, `has_died` and `close`. `result`
raises WorkerDied if the worker of the block died.
"""

import importlib
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from speech_emotion.core.environment import CLUSTER, CODE, code_digest, cores, is_pinned
from speech_emotion.core.errors import UserError

CONNECT_SECONDS = 10


class WorkerDied(Exception):
    """The process that computed a block was killed, such as by the system when memory ran out."""


@contextmanager
def open_workers(function: Callable) -> Iterator["LocalWorkers | DaskWorkers"]:
    """Yield the workers of the cluster that DASK_SCHEDULER_ADDRESS names, or else those of this machine.

    Args:
        function: what they will compute.

    Raises:
        UserError: the cluster cannot be reached, or is lost.
    """
    address = os.environ.get(CLUSTER)
    workers = DaskWorkers(address) if address else LocalWorkers(module_of(function))
    try:
        yield workers
    finally:
        workers.close()


class LocalWorkers:
    """One process for each core."""

    def __init__(self, module: str):
        """`module` has the function. The server from which the processes are forked imports it, if it is the first."""
        self.count = cores()
        # Processes that are forked from this one could inherit a lock that one of its threads holds.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([module])
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
        self._pool = ProcessPoolExecutor(self.count, self._context, initializer=end_with_parent)


class DaskWorkers:
    """The workers of a Dask cluster.

    They must have the same version of this package, and see this folder at the same path.
    """

    def __init__(self, address: str):
        try:
            self._distributed = importlib.import_module("distributed")
        except ModuleNotFoundError:
            extra = "speech-emotion-recognition[cluster]"
            raise UserError(
                f"{CLUSTER} is set, but distributed is not installed; run `pip install '{extra}'`"
            ) from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors are raised, in one line
        self._address = address
        self._code = code_digest()
        try:
            self._client = self._distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UserError(f"no Dask scheduler answers at {address}; start it, or unset {CLUSTER}") from error
        self.count = sum(self._client.nthreads().values())
        start = f"`python -m speech_emotion.parallel.cluster_worker {address}`"
        if self.count == 0:
            self.close()
            raise UserError(f"the Dask scheduler at {address} has no workers; start some with {start}")
        problems = [problem for problem in self._client.run(find_problem, self._code).values() if problem]
        if problems:
            self.close()
            raise UserError(f"a worker of {address} {problems[0]}; start it again with {start}")

    def submit(self, function: Callable, block: Sequence) -> object:
        """As `LocalWorkers.submit`."""
        return self._client.submit(run_block_in, os.getcwd(), self._code, function, block, pure=False)

    def result(self, future) -> list:
        """As `LocalWorkers.result`. A worker that dies is replaced by another a few times, before WorkerDied is raised.

        Raises:
            UserError: the scheduler is lost.
        """
        try:
            return future.result()
        except self._distributed.KilledWorker as error:
            raise WorkerDied from error
        except (self._distributed.client.FutureCancelledError, self._distributed.comm.CommClosedError) as error:
            raise UserError(
                f"lost the Dask scheduler at {self._address}; when it is back, `dvc repro` goes on where it was"
            ) from error

    def has_died(self, future) -> bool:
        """As `LocalWorkers.has_died`."""
        return future.status == "error" and isinstance(future.exception(), self._distributed.KilledWorker)

    def close(self) -> None:
        self._client.close(timeout=1)


def end_with_parent() -> None:
    """Let this process end when the one that started it does. It would wait for work for ever."""

    def wait() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def module_of(function: Callable) -> str:
    """Return the module in which a function, or what a partial calls, is defined."""
    return getattr(function, "func", function).__module__


def run_block(function: Callable, block: Sequence) -> list:
    """Return `function(item)` for every item."""
    return [function(item) for item in block]


def run_block_in(folder: str, code: str, function: Callable, block: Sequence) -> list:
    """As `run_block`, in a folder, because the paths of clips are relative."""
    problem = find_problem(code)  # it may have joined since the start
    if problem:
        raise UserError(f"a worker of the cluster {problem}; start it again with the command in docs/scale.md")
    os.chdir(folder)
    return run_block(function, block)


def find_problem(code: str) -> str:
    """Return why this worker would give other results, or an empty text. `code` is what `code_digest` should be."""
    if not is_pinned():
        return "rounds differently from the stages"
    if os.environ.get(CODE) != code:
        return "was started with other code"
    return ""
