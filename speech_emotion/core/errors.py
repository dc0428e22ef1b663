"""The one kind of error that the user can fix."""


class UserError(Exception):
    """Something the user can fix. Its message is one line: what came, what was expected, what to do."""


def require(condition: bool, otherwise: str) -> None:
    """Raise UserError(otherwise) unless `condition` holds."""
    if not condition:
        raise UserError(otherwise)
