"""The one kind of error that is the user's to mend."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class UserError(Exception):
    """Something the user can mend: says in one line what came, what was expected and what to do."""


def require(condition: bool, otherwise: str) -> None:
    """Raise UserError(otherwise) unless `condition` holds."""
    if not condition:
        raise UserError(otherwise)


def run(main: Callable[..., None]) -> None:
    """Call `main`, of the module that was started, with the command line's arguments; refuse too few or too many."""
    with exit_on_user_error():
        arguments, signature = sys.argv[1:], inspect.signature(main)
        try:
            signature.bind(*arguments)
        except TypeError:
            module, wanted = main.__globals__["__spec__"].name, signature.parameters.values()
            names = (item.name if item.default is item.empty else f"[{item.name}]" for item in wanted)
            usage = f"usage: python -m {module} {' '.join(names).upper()}"
            raise UserError(f"{len(arguments)} argument(s) given; {usage}") from None
        main(*arguments)


@contextmanager
def exit_on_user_error() -> Iterator[None]:
    """Turn a UserError into one line on standard error and exit status 2; a bug keeps its traceback.

    Letters that standard output's encoding lacks are escaped, as on standard error, and end no program.
    """
    try:
        require(sys.stdout is not None, "standard output is closed; expected a terminal, a file or a pipe")
        sys.stdout.reconfigure(errors="backslashreplace")
        yield
    except UserError as error:
        sys.exit(_refuse(error))


def _refuse(error: UserError) -> int:
    sys.stderr.write(f"error: {' '.join(str(error).split())}\n")
    return 2
