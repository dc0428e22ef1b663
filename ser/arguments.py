"""A command line whose mistakes are refused in one line, like everything else that its user can mend."""

import argparse

from ser.errors import UserError


class Parser(argparse.ArgumentParser):
    """As argparse's, but a wrong command line raises UserError, where argparse prints its usage and exits."""

    def error(self, message: str) -> None:
        raise UserError(f"{message}; see {self.prog} --help")
