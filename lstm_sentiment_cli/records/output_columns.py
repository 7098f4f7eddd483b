"""The columns of what is written: those of the input, then ours."""

from collections.abc import Sequence
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.record import Record


class OurColumns(NamedTuple):
    """The names of the columns that are ours."""

    answer: list[str]
    """predicted, and p_LABEL for each label."""
    explanation: list[str]
    """Empty, or explanation; with more than two labels before it explained, the label."""

    @property
    def names(self) -> list[str]:
        """All of them, in their order."""
        return self.answer + self.explanation


def our_columns(labels: Sequence[str], prefix: str, *, explained: bool) -> OurColumns:
    """Return the names of our columns: ["predicted", "p_positive", "p_negative"]."""
    answer = ["predicted", *(f"p_{label}" for label in labels)]
    explanation = ["explained", "explanation"] if len(labels) > 2 else ["explanation"]
    return OurColumns(
        [prefix + name for name in answer],
        [prefix + name for name in explanation if explained],
    )


def check_free(columns: Sequence[str] | dict[str, object], predicted: Sequence[str]) -> None:
    """Raise SentimentError when the input has a column of the name of one of ours."""
    for name in predicted:
        if name in columns:
            raise SentimentError(
                f"the input has a column '{name}' already; "
                "put something before our names, for example: --prefix model_"
            )


def known_fields(record: Record, columns: Sequence[str], text_column: str) -> dict[str, object]:
    """Return the fields; raise SentimentError when one has no column to be written to."""
    if record.fields is None:
        return {text_column: record.text}
    for name in record.fields:
        if name not in columns:
            raise SentimentError(
                f"the record at line {record.line} has a field '{name}' that the first one had "
                "not; write --format jsonl, which has room for it"
            )
    return record.fields
