"""Why a text was answered so: what each of its words adds to the answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, zip_longest
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.language import plainly_not_english
from lstm_sentiment_cli.text.tokenizer import CHARACTERS_PER_TOKEN, EMPTY, UNKNOWN, Unit, units


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a reader of an answer should know of its text."""

    words: int
    """Units that the model read: words, runs of emoji, marks; 0 for a text without any."""
    known: int
    """How many of them stand in its vocabulary, with all their parts."""
    truncated: bool
    """The text was longer than the model reads."""
    english: bool
    """False when the text is plainly in another language."""


def doubts(predictor: Predictor, text: str) -> Doubts:
    """Return what there is to doubt of the answer to a text."""
    tokenizer = predictor.tokenizer
    words = units(tokenizer, text)
    known = sum(UNKNOWN not in word.ids for word in words)
    # Of a text without end no more is looked at than the model could read.
    read = text[: tokenizer.max_tokens * CHARACTERS_PER_TOKEN]
    truncated = tokenizer.encode(text).truncated
    return Doubts(len(words), known, truncated, english=not plainly_not_english(read))


# Rows held at once: a text of 64 words takes 130 of them, so that many texts take many rounds.
_ROWS = 8192
# Small enough that the rows of one text are shared by two cores.
_BATCH_SIZE = 24
# How much of a contribution is what the unit changes in its text; the rest is what it says alone.
# Measured by deletion curves, see benchmarks/explanation.py.
_IN_THE_TEXT = 0.25
# Of a contribution, in JSON.
_DECIMALS = 4


class Contribution(NamedTuple):
    """What a unit of a text (a word, a run of emoji) adds to the log-odds of a label."""

    start: int
    end: int
    text: str
    """The characters of the original text, from start up to end."""
    contribution: float
    """Above 0: speaks for the label; below: against it. In natural log-odds, calibrated."""

    def to_json(self) -> dict[str, object]:
        """Return {"start": 2, "end": 6, "text": "love", "contribution": 1.2204}."""
        # A zero added to a zero is positive: no one is told of "-0.0".
        return self._asdict() | {"contribution": round(self.contribution, _DECIMALS) + 0.0}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text was answered so."""

    label: str
    """Whose log-odds are explained: if not asked otherwise, the first label of two, the predicted
    one of more."""
    contributions: tuple[Contribution, ...]
    """In the order of the text; what the model does not read has none."""


_Floats = npt.NDArray[np.float64]
_Found = tuple[str, list[Unit], str | None]
"""A text, its units, and the label to explain if another than usual."""


def explain(
    predictor: Predictor, texts: Sequence[str], labels: Sequence[str] = ()
) -> list[Explanation]:
    """Return one explanation a text, in order, holding the rows of a few texts at once.

    `labels` name for each text the label to explain, where the model has it.

    Two differences of log-odds are weighed: what changes when a unit's tokens are replaced by the
    unknown word, and what changes when, of a text of unknown words, the unit alone is known. They
    are the last and the first term of its Shapley value (1953), so that of "not bad" either word
    gets a part of what only both together say.
    """
    found = (
        (text, units(predictor.tokenizer, text), label)
        for text, label in zip_longest(texts, labels)
    )
    return list(chain.from_iterable(_explained(predictor, some) for some in _rounds(found)))


def _rounds(found: Iterable[_Found]) -> Iterator[list[_Found]]:
    """Yield texts that together need no more than about _ROWS rows."""
    some: list[_Found] = []
    rows = 0
    for each in found:
        some.append(each)
        rows += _rows_of(each[1])
        if rows >= _ROWS:
            yield some
            some, rows = [], 0
    if some:
        yield some


def _explained(predictor: Predictor, some: Sequence[_Found]) -> Iterator[Explanation]:
    """Yield the explanations of texts whose rows are run together."""
    logits = predictor.logits([row for _, its, _ in some for row in _rows(its)], _BATCH_SIZE)
    scaled = logits.astype(np.float64) / predictor.manifest.temperature
    end = 0
    for text, its, label in some:
        start, end = end, end + _rows_of(its)
        if label in predictor.labels:
            number = predictor.labels.index(label)
        else:
            number = 0 if len(predictor.labels) == 2 else int(scaled[start].argmax())
        odds = _log_odds(scaled[start:end], number)
        (whole, nothing), replaced, alone = np.split(odds, (2, 2 + len(its)))
        added = _IN_THE_TEXT * (whole - replaced) + (1 - _IN_THE_TEXT) * (alone - nothing)
        yield Explanation(
            predictor.labels[number],
            tuple(
                Contribution(unit.start, unit.end, text[unit.start : unit.end], contribution)
                for unit, contribution in zip(its, added.tolist(), strict=True)
            ),
        )


def _rows(its: Sequence[Unit]) -> Iterator[list[int]]:
    """Yield token ids: the text, as many unknown words, the text without each unit, each alone."""
    ids = list(chain.from_iterable(unit.ids for unit in its)) or [EMPTY]
    unknown = [UNKNOWN] * len(ids)
    places = list(accumulate((len(unit.ids) for unit in its), initial=0))
    yield from (ids, unknown)
    for start, end in pairwise(places):
        yield ids[:start] + unknown[start:end] + ids[end:]
    for start, end in pairwise(places):
        yield unknown[:start] + ids[start:end] + unknown[end:]


def _rows_of(its: Sequence[Unit]) -> int:
    return 2 + 2 * len(its)


def _log_odds(logits: _Floats, number: int) -> _Floats:
    """Return ln(p / (1 - p)) of one label by row, from logits, so that p = 1 stays finite."""
    others = np.delete(logits, number, axis=1)
    highest = others.max(axis=1)
    of_others: _Floats = highest + np.log(np.exp(others - highest[:, None]).sum(axis=1))
    return logits[:, number] - of_others
