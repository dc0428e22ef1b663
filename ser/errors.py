"""The one kind of error that is the user's to mend."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """Something the user can mend: says in one line what came, what was expected and what to do."""


def require(condition: bool, otherwise: str) -> None:
    """Raise UserError(otherwise) unless `condition` holds."""
    if not condition:
        raise UserError(otherwise)


@contextmanager
def exit_on_user_error() -> Iterator[None]:
    """Turn a UserError into one line on standard error and exit status 2; a bug keeps its traceback."""
    try:
        yield
    except UserError as error:
        sys.exit(_refuse(error))


def _refuse(error: UserError) -> int:
    sys.stderr.write(f"error: {' '.join(str(error).split())}\n")
    return 2
