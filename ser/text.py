"""How numbers are said in words."""


def percent(share: float) -> str:
    """Round a share, 0 to 1, to whole percent, but call only none 0% and only all 100%."""
    if 0 < share < 0.01 or 0.99 < share < 1:
        return "<1%" if share < 0.5 else ">99%"
    return f"{share:.0%}"
