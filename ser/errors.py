"""The one kind of error that is the user's to mend."""

import inspect
import io
import os
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
    """End a program as its user expects: a UserError is one line on standard error and status 2.

    So is an OSError, such as of a full disk. Ctrl-C ends with status 130, and a reader who is gone, such as head, with
    141. A bug keeps its traceback. Letters that standard output's encoding lacks are escaped, as on standard error.
    """
    sys.stderr = sys.stderr or io.StringIO()  # closed: nobody wants to be told
    try:
        require(sys.stdout is not None, "standard output is closed; expected a terminal, a file or a pipe")
        sys.stdout.reconfigure(errors="backslashreplace")
        try:
            yield
        finally:
            sys.stdout.flush()  # here, where what goes wrong can be said; at exit Python would complain of it
    except UserError as error:
        sys.exit(_refuse(str(error)))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _discard_output()
        sys.exit(141)
    except OSError as error:
        if error.filename is None:  # files are named, so this is standard output
            _discard_output()
        name = "standard output" if error.filename is None else error.filename
        sys.exit(_refuse(f"{name}: cannot be read or written ({error.strerror or error})"))


def _discard_output() -> None:
    """Send what is left to nowhere; it would be flushed again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(line: str) -> int:
    sys.stderr.write(f"error: {' '.join(line.split())}\n")
    return 2
