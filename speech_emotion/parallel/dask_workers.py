"""Workers of a Dask cluster. Those that would give other results are refused."""

import importlib
import logging
import os
from collections.abc import Callable, Sequence

from speech_emotion.core.environment import CLUSTER, CODE, code_digest, is_pinned
from speech_emotion.core.errors import UserError
from speech_emotion.parallel.block import WorkerDied, run_block

CONNECT_SECONDS = 10


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
