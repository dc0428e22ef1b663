"""Numbers and names as people read them."""


def percent(share: float) -> str:
    """Format a share, 0 to 1, in whole percent. 0% and 100% are exact; otherwise it is <1% or >99%."""
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return f"{share:.0%}"


def clock(seconds: float) -> str:
    """Format a time: 7384.25 as 2:03:04.2, and 4.25 as 4.2 s."""
    tenths = int(seconds * 10)
    if tenths < 600:
        return f"{tenths / 10:.1f} s"
    hours, minutes = divmod(tenths // 600, 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{tenths % 600 / 10:04.1f}"


def printable(text: str) -> str:
    """Escape what a terminal would not print, such as a line break in a file name."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
