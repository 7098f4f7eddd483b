"""How long something takes, for people."""


def lasting(seconds: float) -> str:
    """Return seconds in the unit that suits: 4.2 → "4 s", 200 → "3 min", 5000 → "1 h 23 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 100 else f"{minutes} min"
