"""Run a function on every clip of a corpus, on all cores."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from joblib import Parallel, delayed
from tqdm import tqdm

CLIPS_PER_TASK = 16
Item = TypeVar("Item")
Result = TypeVar("Result")


def map_clips(function: Callable[[Item], Result], items: Sequence[Item], description: str) -> Iterator[Result]:
    """Yield `function(item)` for every item, in their order, with a progress bar named `description`."""
    tasks = (delayed(function)(item) for item in items)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=CLIPS_PER_TASK)(tasks)
    yield from tqdm(results, description, len(items), unit="clip", disable=None)
