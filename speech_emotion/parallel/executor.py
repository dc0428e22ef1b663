"""Run a function on many items, on all cores or on a cluster, in order and in bounded memory."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from tqdm import tqdm

from speech_emotion.core.batched import batched
from speech_emotion.core.errors import UserError
from speech_emotion.parallel.block import WorkerDied
from speech_emotion.parallel.workers import Workers, open_workers

CLIPS_PER_BLOCK = 16  # that a worker takes at a time
BLOCKS_AHEAD = 2  # for each worker: no more than these are computed before their results are taken
TRIES = 2  # of a single item whose worker died
Item = TypeVar("Item")
Result = TypeVar("Result")


def map_clips(function: Callable[[Item], Result], clips: Collection[Item], description: str) -> Iterator[Result]:
    """As `map_items`, for work of milliseconds, which is sent to the workers in blocks."""
    return map_items(function, clips, description, "clip", CLIPS_PER_BLOCK)


def map_items(
    function: Callable[[Item], Result],
    items: Collection[Item],
    description: str,
    unit: str,
    block_size: int = 1,
    name: Callable[[Item], str] = str,
) -> Iterator[Result]:
    """Yield `function(item)` for every item, in their order, with a progress bar named `description`.

    If a worker dies, another one does its work. See `parallel.workers` for the choice between cores and a cluster.

    Args:
        function: can be pickled, as can the items.
        unit: what an item is called in the progress bar.
        block_size: how many items a worker takes at a time.
        name: what an item is called in an error.

    Raises:
        UserError: an item ends every worker that takes it, or the cluster is lost. Also what `function` raises.
    """
    with open_workers(function) as workers:
        results = _in_order(workers, function, batched(items, block_size), name)
        yield from tqdm(results, description, len(items), unit=unit, disable=None)


def _in_order(
    workers: Workers, function: Callable[[Item], Result], blocks: Iterator[Sequence[Item]], name: Callable[[Item], str]
) -> Iterator[Result]:
    window: deque = deque()  # of (block, future)
    while True:
        for block in islice(blocks, BLOCKS_AHEAD * workers.count - len(window)):
            window.append((block, workers.submit(function, block)))
        if not window:
            return
        block, future = window.popleft()
        try:
            yield from workers.result(future)
        except WorkerDied:
            yield from _one_by_one(workers, function, block, name)
            window = deque((block, _again_if_died(workers, function, block, future)) for block, future in window)


def _again_if_died(workers: Workers, function: Callable, block: Sequence, future):
    """Return the future of a block, or a new one if its worker died too."""
    return workers.submit(function, block) if workers.has_died(future) else future


def _one_by_one(
    workers: Workers, function: Callable[[Item], Result], block: Sequence[Item], name: Callable[[Item], str]
) -> Iterator[Result]:
    """Yield the results of a block, sent item by item, so that one that kills its worker is found."""
    for item in block:
        for remaining in reversed(range(TRIES)):
            try:
                yield from workers.result(workers.submit(function, [item]))
                break
            except WorkerDied as error:
                if not remaining:
                    question = "is there enough memory, is the file sound?"
                    raise UserError(f"{name(item)}: every process that took it was killed; {question}") from error
