"""From probabilities to the predicted label: threshold and uncertain band."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError

# The REPL makes a decision before its first prompt, and imports NumPy after it.
if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.runtime import FloatMatrix

UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule for `predicted`: by default the most probable label."""

    threshold: float | None = None  # probability from which on the first of two labels is predicted
    uncertain: tuple[float, float] | None = None
    """Range of the first label's probability, ends included, in which the answer is "uncertain"."""

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise SentimentError(
                f"threshold must be between 0 and 1, got {self.threshold:g}", "threshold"
            )
        low, high = self.uncertain or (0, 1)
        if not 0 <= low <= high <= 1:
            raise SentimentError(
                f"uncertain band must be LOW,HIGH with 0 <= LOW <= HIGH <= 1, got {low:g},{high:g}",
                "uncertain",
            )

    def check(self, labels: Sequence[str]) -> None:
        """Raise SentimentError if this rule does not apply to a model of these labels."""
        if len(labels) != 2 and self != Decision():
            raise SentimentError(
                "a threshold and an uncertain band need a model with two labels; "
                f"this one has {len(labels)}: {', '.join(labels)}; choose another model, or leave "
                "them out",
                ("threshold", "uncertain"),
            )

    def predicted(self, probabilities: "FloatMatrix", labels: Sequence[str]) -> list[str]:
        """Return one answer for each row: [[0.9, 0.1]] → ["positive"]."""
        if self.threshold is None:
            chosen = probabilities.argmax(axis=1)
        else:
            chosen = (~(probabilities[:, 0] >= self.threshold)).astype(int)
        answers = [labels[index] for index in chosen.tolist()]
        if self.uncertain is not None:
            low, high = self.uncertain
            first = probabilities[:, 0]
            for row in ((first >= low) & (first <= high)).nonzero()[0].tolist():
                answers[row] = UNCERTAIN
        return answers


def rule(threshold: float | None, band: str | None) -> Decision:
    """Return the rule that options ask for: (None, "0.4,0.6") → Decision(uncertain=(0.4, 0.6))."""
    return Decision(threshold, None if band is None else parse_band(band))


def parse_band(typed: str, asked_for_by: str = "--uncertain") -> tuple[float, float]:
    """Read the uncertain band: "0.4,0.6" → (0.4, 0.6)."""
    try:
        low, high = map(float, typed.split(","))
    except ValueError:
        raise SentimentError(
            f"{asked_for_by} takes LOW,HIGH, such as 0.4,0.6; got '{typed}'", "uncertain"
        ) from None
    return low, high
