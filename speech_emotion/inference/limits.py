"""Check numbers that a user chooses."""

from speech_emotion.core.errors import UserError


def check_range(name: str, value: float, lowest: float, highest: float) -> None:
    """Raise UserError unless `value` is from `lowest` to `highest`. NaN is in no range."""
    if not lowest <= value <= highest:
        raise UserError(f"a {name} of {value}; expected {lowest:,} to {highest:,}")
