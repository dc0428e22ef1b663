"""A block of items: what a worker takes at a time."""

from collections.abc import Callable, Sequence


class WorkerDied(Exception):
    """The process that computed a block was killed, such as by the system when memory ran out."""


def run_block(function: Callable, block: Sequence) -> list:
    """Return `function(item)` for every item."""
    return [function(item) for item in block]
