"""Explanations: what each word adds to a prediction, and reasons to doubt it."""

from collections.abc import Iterator, Sequence
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
    """What a reader of a prediction should know about its text."""

    words: int  # units that the model read: words, runs of emoji, punctuation; 0 if there are none
    known: int  # how many of them are in its vocabulary, with all their parts
    truncated: bool  # the text is longer than the model reads
    english: bool  # false if the text is plainly in another language

    def reasons(self) -> list[str]:
        """Return why not to rely on the answer, in fixed words: ["knows 3 of 7 words"]."""
        if not self.words:
            return ["no words"]
        reasons = {
            f"knows {self.known} of {self.words} words": 3 * self.known <= 2 * self.words,
            "not English": not self.english,
            "truncated": self.truncated,
        }
        return [reason for reason, holds in reasons.items() if holds]


def doubts(predictor: Predictor, text: str) -> Doubts:
    """Return the reasons to doubt the prediction for a text."""
    tokenizer = predictor.tokenizer
    words = units(tokenizer, text)
    known = sum(UNKNOWN not in word.ids for word in words)
    # Of an endless text, look at no more than the model could read.
    read = text[: tokenizer.max_tokens * CHARACTERS_PER_TOKEN]
    truncated = tokenizer.encode(text).truncated
    return Doubts(len(words), known, truncated, english=not plainly_not_english(read))


# Rows that are run at once: a text of 64 words needs 130 of them, so many texts take many rounds.
_ROWS = 8192
# Small enough that the rows of one text are shared between two cores.
_BATCH_SIZE = 24
# The weight of what a unit changes in its text; the rest is that of what it says alone.
# Measured by deletion curves, see benchmarks/explanation.py.
_IN_THE_TEXT = 0.25


class Contribution(NamedTuple):
    """What a unit of a text (a word, a run of emoji) adds to the log-odds of a label."""

    start: int
    end: int
    text: str  # the characters of the original text, from start up to end
    contribution: float  # in natural log-odds, calibrated; below 0 it speaks against the label

    def to_json(self) -> dict[str, object]:
        """Return {"start": 2, "end": 6, "text": "love", "contribution": 1.2204}."""
        # Adding zero turns "-0.0" into "0.0".
        return self._asdict() | {"contribution": round(self.contribution, 4) + 0.0}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a label was predicted."""

    label: str  # the one explained: by default the first of two, the predicted one of more
    contributions: tuple[Contribution, ...]  # in the order of the text; what is not read has none


_Parsed = tuple[str, list[Unit], str | None]  # a text, and the label to explain if not the default


def explain(
    predictor: Predictor, texts: Sequence[str], labels: Sequence[str] = ()
) -> list[Explanation]:
    """Return one explanation for each text, holding the rows of a few texts at once.

    `labels` are those to explain, one for each text; one that the model lacks is ignored.

    Two differences of log-odds are averaged: what changes when a unit's tokens are replaced by the
    unknown word, and what changes when, in a text of unknown words, that unit alone is known. They
    are the last and the first term of its Shapley value (1953): in "not bad", each word gets a part
    of what only both together say.
    """
    explanations: list[Explanation] = []
    parsed: list[_Parsed] = []
    rows: list[list[int]] = []
    for text, label in zip_longest(texts, labels):
        words = units(predictor.tokenizer, text)
        parsed.append((text, words, label))
        rows += _rows(words)
        if len(rows) >= _ROWS:
            explanations += _explained(predictor, parsed, rows)
            parsed, rows = [], []
    return [*explanations, *_explained(predictor, parsed, rows)]


def _explained(
    predictor: Predictor, parsed: Sequence[_Parsed], rows: Sequence[list[int]]
) -> Iterator[Explanation]:
    """Yield the explanations of texts whose rows are run together."""
    logits = predictor.logits(rows, _BATCH_SIZE)
    scaled = logits.astype(np.float64) / predictor.manifest.temperature
    end = 0
    for text, words, label in parsed:
        start, end = end, end + 2 + 2 * len(words)
        if label in predictor.labels:
            number = predictor.labels.index(label)
        else:
            number = 0 if len(predictor.labels) == 2 else int(scaled[start].argmax())
        odds = _log_odds(scaled[start:end], number)
        (whole, nothing), replaced, alone = np.split(odds, (2, 2 + len(words)))
        added = _IN_THE_TEXT * (whole - replaced) + (1 - _IN_THE_TEXT) * (alone - nothing)
        yield Explanation(
            predictor.labels[number],
            tuple(
                Contribution(word.start, word.end, text[word.start : word.end], contribution)
                for word, contribution in zip(words, added.tolist(), strict=True)
            ),
        )


def _rows(words: Sequence[Unit]) -> Iterator[list[int]]:
    """Yield token ids: the text, as many unknown words, the text without each unit, each alone."""
    ids = list(chain.from_iterable(word.ids for word in words)) or [EMPTY]
    unknown = [UNKNOWN] * len(ids)
    places = list(accumulate((len(word.ids) for word in words), initial=0))
    yield from (ids, unknown)
    for start, end in pairwise(places):
        yield ids[:start] + unknown[start:end] + ids[end:]
    for start, end in pairwise(places):
        yield unknown[:start] + ids[start:end] + unknown[end:]


def _log_odds(logits: npt.NDArray[np.float64], number: int) -> npt.NDArray[np.float64]:
    """Return ln(p / (1 - p)) of one label by row, from logits, so that p = 1 remains finite."""
    others = np.delete(logits, number, axis=1)
    highest = others.max(axis=1)
    of_others = highest + np.log(np.exp(others - highest[:, None]).sum(axis=1))
    return np.asarray(logits[:, number] - of_others)
