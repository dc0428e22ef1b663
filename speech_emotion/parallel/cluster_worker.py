"""Serve a Dask cluster with the cores of this machine.

python -m speech_emotion.parallel.cluster_worker ADDRESS [options of `dask worker`]

It is `dask worker` with one process for each core, and with the arithmetic of the stages, so that a cluster gives the
same bytes as one machine. After an edit of the code, start it again.
"""

import os
import sys

from speech_emotion.core.environment import CLUSTER, CODE, code_digest, cores, pin_arithmetic


def main(arguments: list[str]) -> None:
    pin_arithmetic()  # before NumPy is imported, here and in the processes that this one starts
    os.environ[CODE] = code_digest()
    os.environ.pop(CLUSTER, None)  # a worker does not wait for workers
    from distributed.cli import dask_worker

    defaults = ["--nworkers", str(cores()), "--nthreads", "1", "--no-dashboard"]
    dask_worker.main(args=[*defaults, *arguments], prog_name="cluster_worker")


if __name__ == "__main__":
    main(sys.argv[1:])
