"""What the comparison of two classifiers says, in a sentence."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.comparison import Comparison


def verdict(model: str, comparison: "Comparison") -> str:
    """Return "a is better than b: accuracy +5.0 points (2.1 to 7.9), p = 0.0012 (McNemar; …)"."""
    paired = comparison.paired
    value, low, high = (100 * bound for bound in paired.difference)
    is_what = {
        "better": f"{model} is better than {comparison.peer}",
        "worse": f"{model} is worse than {comparison.peer}",
    }.get(paired.verdict, f"{model} and {comparison.peer} are a tie")
    p = "p < 0.0001" if paired.p < 0.0001 else f"p = {paired.p:.4f}"
    return (
        f"{is_what}: accuracy {value:+.1f} points ({low:+.1f} to {high:+.1f}), {p} (McNemar; "
        f"only {model} is right on {paired.only_first:,} rows, "
        f"only {comparison.peer} on {paired.only_second:,})"
    )
