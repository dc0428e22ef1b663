"""The one kind of error that the user can fix."""


class UserError(Exception):
    """Something the user can fix. Its message is one line: what was found, what was expected, what to do."""
