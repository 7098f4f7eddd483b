"""Columns p_LABEL of a labelled file: what a classifier answered, as something to learn from."""

from collections.abc import Collection, Mapping, Sequence
from math import isnan
from struct import Struct

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import listed

# What programs write where there is nothing.
MISSING = frozenset({"", "nan", "null"})
PREFIX = "p_"
TOLERANCE = 1e-3  # that the sum of a row may be away from 1
_ROUNDING = 1e-9
_TONES = ("positive", "negative")


def packed_floats(labels: int) -> Struct:
    """Return how a row's probabilities are kept: float32, four bytes a label."""
    return Struct(f"<{labels}f")


class ProbabilityReading:
    """Understands the columns p_LABEL of one file."""

    def __init__(self, labels: Sequence[str], others: Collection[str]) -> None:
        """`others` are columns whose names only look like it: those of text and label."""
        self.labels = labels
        self._wanted = [PREFIX + label for label in labels]
        self._to_look_for = frozenset(self._wanted)
        self._others = others
        self._floats = packed_floats(len(labels))

    def read(self, fields: Mapping[str, object]) -> bytes:
        """Return the probabilities of the labels as packed floats; b"" where the row has none.

        All p_ columns are one distribution. What it gives to labels that were not asked for is left
        out, and the rest scaled to the sum 1. ValueError says what is wrong with it.
        """
        if self._to_look_for.isdisjoint(fields):
            return b""
        given = {
            name: number
            for name in fields
            if name.startswith(PREFIX)
            and name not in self._others
            and (number := _number(name, fields[name])) is not None
        }
        if not given:
            return b""
        for name in self._wanted:
            if name not in given:
                raise ValueError(f"no {name}")
        if abs((total := sum(given.values())) - 1) > TOLERANCE + _ROUNDING:
            raise ValueError(f"{' + '.join(given)} is {total:.6g}, not 1")
        kept = [given[name] for name in self._wanted]
        if not (total := sum(kept)):
            raise ValueError(f"{' + '.join(self._wanted)} is 0")
        return self._floats.pack(*(each / total for each in kept))

    def most_probable(self, probabilities: bytes) -> str:
        """Return the label with the highest probability, of equal ones the first."""
        numbers = self._floats.unpack(probabilities)
        return self.labels[numbers.index(max(numbers))]


def _number(name: str, value: object) -> float | None:
    try:
        number = float("" if isinstance(value, bool) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        if value is None or str(value).strip().casefold() in MISSING:
            return None
        raise ValueError(f"{name} is {value!r:.40}, not a number") from None
    if 0 <= number <= 1:
        return number
    if isnan(number):
        return None
    raise ValueError(f"{name} is {number:g}, not between 0 and 1")


def probability_reading(
    path: str,
    columns: Sequence[str],
    labels: Sequence[str] | None,
    *,
    others: Collection[str],
    labelled: bool,
) -> ProbabilityReading | None:
    """Return how to read the p_ columns of a file; None if it has none of these labels.

    `labelled` says whether the file has a column of labels. A file must have the probabilities of
    all labels. Where no labels are asked for, they are those that it has probabilities of.
    """
    found = [name for name in columns if name.startswith(PREFIX) and name not in others]
    if labels is None:
        named = [name.removeprefix(PREFIX) for name in found]
        # Beside labels, columns p_value and p_adjusted are something else.
        told = len(named) > 1 and (not labelled or set(_TONES) <= set(named))
        return ProbabilityReading(named, others) if told else None
    missing = [label for label in labels if PREFIX + label not in found]
    if not missing:
        return ProbabilityReading(labels, others)
    if len(missing) < len(labels) or (found and not labelled):
        raise SentimentError(
            f"{path} has {listed(found)}, but no {PREFIX}{missing[0]}; give the probabilities of "
            f"all labels ({', '.join(labels)}), or name other labels with --labels",
            "labels",
        )
    return None
