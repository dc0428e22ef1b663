"""How every command starts and ends: arguments, one-line errors, exit status."""

import argparse
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from speech_emotion.core.environment import CLUSTER
from speech_emotion.core.errors import UserError

USER_ERROR_STATUS = 2
INTERRUPTED_STATUS = 130  # as a shell reports Ctrl-C
BROKEN_PIPE_STATUS = 141  # as a shell reports that the reader is gone


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises UserError for a wrong command line instead of printing its usage."""

    def error(self, message: str) -> None:
        raise UserError(f"{message}; see {self.prog} --help" if self.add_help else message)


def run_stage(main: Callable[..., None]) -> None:
    """Call a stage's `main` with the arguments of the command line.

    `--cluster ADDRESS` among them names a Dask scheduler, as DASK_SCHEDULER_ADDRESS does. A wrong number of arguments,
    and every other UserError, ends the program with one line and status 2.
    """
    with exit_on_user_error():
        arguments = use_cluster(sys.argv[1:])
        signature = inspect.signature(main)
        try:
            signature.bind(*arguments)
        except TypeError:
            module = main.__globals__["__spec__"].name
            usage = " ".join(_usage(parameter) for parameter in signature.parameters.values())
            raise UserError(f"{len(arguments)} argument(s) given; usage: python -m {module} {usage}") from None
        main(*arguments)


def use_cluster(arguments: list[str]) -> list[str]:
    """Set what `--cluster ADDRESS` says for this process and its children, and return the other arguments."""
    parser = Parser(add_help=False)
    parser.add_argument("--cluster", metavar="ADDRESS")
    known, others = parser.parse_known_args(arguments)
    if known.cluster:
        os.environ[CLUSTER] = known.cluster
    return others


@contextmanager
def exit_on_user_error() -> Iterator[None]:
    """Turn errors that a user can fix into one line on standard error and an exit status.

    A UserError, or an OSError such as a full disk, gives status 2. Ctrl-C gives 130, and a reader that is gone, such as
    `head`, gives 141. A bug keeps its traceback. Characters that standard output cannot encode are escaped.
    """
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # here an error can still be reported; at exit Python would print a traceback
    except UserError as error:
        _exit_with(str(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED_STATUS)
    except BrokenPipeError:
        _discard_output()
        sys.exit(BROKEN_PIPE_STATUS)
    except OSError as error:
        _discard_output()
        name = error.filename or "output"  # an error while writing does not say which file
        _exit_with(f"{name}: cannot be read or written ({error.strerror or error})")


def _usage(parameter: inspect.Parameter) -> str:
    name = parameter.name.upper()
    return name if parameter.default is parameter.empty else f"[{name}]"


def _exit_with(message: str) -> None:
    one_line = " ".join(message.split())
    sys.stderr.write(f"error: {one_line}\n")
    sys.exit(USER_ERROR_STATUS)


def _discard_output() -> None:
    """Redirect standard output to the null device. Python would flush what is buffered again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
