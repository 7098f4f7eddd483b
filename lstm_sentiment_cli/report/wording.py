"""Figures in words."""

from lstm_sentiment_cli.evaluation.metrics import Interval

UNDEFINED = "-"
# What is a share of rows reads best in percent; areas and losses are no shares.
_DECIMAL = {"roc_auc", "pr_auc", "log_loss", "brier", "ece"}


def percent(share: float) -> str:
    """Return a share for people: 0.9312 → "93.1%"."""
    return f"{share:.1%}"


def examples(rows: int) -> str:
    """Return how many: "1 example", "12,000 examples"."""
    return f"{rows:,} example{'' if rows == 1 else 's'}"


def value(interval: Interval, name: str = "") -> str:
    """Return the figure of that name without its interval: "93.1%" or "0.287"."""
    if not interval.defined:
        return UNDEFINED
    return f"{interval.value:.3f}" if name in _DECIMAL else percent(interval.value)


def bounds(interval: Interval, name: str = "") -> str:
    """Return the interval of the figure of that name: "88.6 to 95.8%" or "0.251 to 0.302"."""
    if not interval.defined:
        return UNDEFINED
    if name in _DECIMAL:
        return f"{interval.low:.3f} to {interval.high:.3f}"
    return f"{100 * interval.low:.1f} to {interval.high:.1%}"


def figure(interval: Interval, name: str = "") -> str:
    """Return the figure of that name in a sentence: "93.1% (88.6 to 95.8%)"."""
    return f"{value(interval, name)} ({bounds(interval, name)})"


def points(difference: Interval) -> str:
    """Return a difference of shares: "+4.5 points (0.9 to 8.1)"."""
    low, high = 100 * difference.low, 100 * difference.high
    return f"{100 * difference.value:+.1f} points ({low:.1f} to {high:.1f})"


def probability(p: float) -> str:
    """Return the p of a test: "= 0.013", or "< 0.001" for all that are smaller."""
    return f"= {p:.3f}" if p >= 0.001 else "< 0.001"
