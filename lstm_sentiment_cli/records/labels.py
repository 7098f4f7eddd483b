"""What a label of a file means: names, their short forms, and the numbers in use for them."""

import re
from collections.abc import Iterable, Sequence

from lstm_sentiment_cli.errors import SentimentError

_SHORT_FORMS = {"pos": "positive", "neg": "negative", "neu": "neutral"}
TONES = tuple(_SHORT_FORMS.values())
"""The labels that numbers and short forms stand for."""
_SCALES: tuple[dict[int, str], ...] = (
    {0: "negative", 1: "positive"},
    {0: "negative", 2: "neutral", 4: "positive"},  # Sentiment140
    {-1: "negative", 0: "neutral", 1: "positive"},
)
_NUMBER = re.compile(r"(-?[0-9]{1,9})(?:\.0)?")


class LabelReading:
    """Understands the labels of one file; a number means what it does on the scale they fit.

    The file comes window by window. A number that fits no scale together with the others, or
    that changes what an earlier one meant, raises SentimentError: nothing is mislabelled.
    """

    def __init__(self, labels: Sequence[str], path: str) -> None:
        self._path = path
        given = {label.casefold(): label for label in labels}
        self._tones = {name: given.get(name, name) for name in TONES}
        short = {short: self._tones[name] for short, name in _SHORT_FORMS.items()}
        self._names = short | self._tones | given
        self._numbered = not given.keys().isdisjoint(self._tones)
        self._scale: dict[int, str] = {}  # the numbers seen so far, and what they mean
        self._labels: dict[str, str] = {}

    def read(self, values: Sequence[str]) -> list[str]:
        """Return the labels values stand for; what is not understood stands for itself.

        ["POS", "neg", "4.0", "sarcastic"] → ["positive", "negative", "positive", "sarcastic"]
        """
        new = set(values) - self._labels.keys()
        numbers = {value: number for value in new if (number := self._number(value)) is not None}
        if numbers:
            self._fit({*self._scale, *numbers.values()})
        for value in new:
            name = value.strip()
            self._labels[value] = (
                self._tones[self._scale[numbers[value]]]
                if value in numbers
                else self._names.get(name.casefold(), name)
            )
        return [self._labels[value] for value in values]

    def _number(self, value: str) -> int | None:
        """Return the number that stands for a tone, unless it is a label's own name."""
        match = _NUMBER.fullmatch(value.strip())
        return int(match[1]) if match and self._numbered and match[0] not in self._names else None

    def _fit(self, numbers: Iterable[int]) -> None:
        """Find the scale all these numbers are of."""
        for scale in _SCALES:
            if scale.keys() >= set(numbers) and self._scale.items() <= scale.items():
                self._scale = {number: scale[number] for number in numbers}
                return
        raise SentimentError(
            f"{self._path}: labels {', '.join(map(str, sorted(numbers)))} are of no scale that is "
            "understood (0 and 1; 0, 2 and 4; -1, 0 and 1); write positive, negative, neutral"
        )
