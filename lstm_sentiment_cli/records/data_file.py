"""A file of labelled examples, and how it is to be read."""

from dataclasses import dataclass
from os import PathLike

from lstm_sentiment_cli.errors import SentimentError


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of labelled examples, and how it is to be read."""

    path: str | PathLike[str]
    format: str | None = None
    text_column: str | None = None
    label_column: str | None = None
    encoding: str | None = None
    weight: float = 1.0
    """How much an example counts in training."""
    strip_emoticons: bool | float = False
    """Whether, or in what share of the texts, emoticons are removed (where they were the label)."""
    emoji: float = 0.0
    """In what share of the texts an emoji of the label's tone is put behind the text."""
    share: float = 1.0
    """What share of the rows is taken; their texts decide which, so the same ones in every run."""
    balanced: bool = False
    """Whether all labels of this file count the same, however many rows each has."""
    unlabelled: bool = False
    """Whether its texts teach words and no labels; it needs no column of labels."""

    def __post_init__(self) -> None:
        if not 0 < self.weight < float("inf"):
            raise SentimentError(f"{self.path}: weight must be above 0, got {self.weight:g}")
        if not 0 <= self.strip_emoticons <= 1:
            raise SentimentError(
                f"{self.path}: strip_emoticons must be true, false or a share from 0 to 1, "
                f"got {self.strip_emoticons:g}"
            )
        if not 0 <= self.emoji <= 1:
            raise SentimentError(
                f"{self.path}: emoji must be a share from 0 to 1, got {self.emoji:g}"
            )
        if not 0 < self.share <= 1:
            raise SentimentError(
                f"{self.path}: share must be above 0 and at most 1, got {self.share:g}"
            )
        if self.unlabelled and (self.balanced or self.label_column or self.weight != 1):
            raise SentimentError(
                f"{self.path}: unlabelled texts have no label to weigh; "
                "leave out balanced, weight and label_column, or unlabelled"
            )
