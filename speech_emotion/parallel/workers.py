"""Where blocks of items are computed: processes of this machine, or the machines of a Dask cluster.

Both kinds have `count`, how many blocks they compute at a time, `submit`, `result`, `has_died` and `close`. `result`
raises WorkerDied if the worker of the block died.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from speech_emotion.core.environment import CLUSTER
from speech_emotion.parallel.dask_workers import DaskWorkers
from speech_emotion.parallel.local_workers import LocalWorkers

Workers = LocalWorkers | DaskWorkers


@contextmanager
def open_workers(function: Callable) -> Iterator[Workers]:
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


def module_of(function: Callable) -> str:
    """Return the module in which a function, or what a partial calls, is defined."""
    return getattr(function, "func", function).__module__
