"""Why a text was answered so: what each of its words adds to the answer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.tokenizer import UNKNOWN
from lstm_sentiment_cli.text.units import Unit, units

# Rows held at once: a long text takes 129 of them, so that a window of texts takes many rounds.
_ROWS = 8192
# Small enough that one text's rows are shared by two cores, and the words alone are not padded
# to the length of the whole text.
_BATCH_SIZE = 24
# A word that says nothing. The answer to an empty text would be no such zero: in training, empty
# are those texts that were nothing but an emoticon, which is their label.
_NOTHING = (UNKNOWN,)


class Contribution(NamedTuple):
    """What a unit of a text (a word, a run of emoji) adds to the log-odds of a label."""

    start: int
    end: int
    text: str
    """The characters of the original text, from start up to end."""
    contribution: float
    """Above 0: speaks for the label; below: against it. In natural log-odds, calibrated."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text was answered so."""

    label: str
    """Whose log-odds are explained: the first label of two, the predicted one of more."""
    contributions: tuple[Contribution, ...]
    """In the order of the text; what the model does not read has none."""


_Floats = npt.NDArray[np.float64]
_Found = tuple[str, list[Unit]]
"""A text and its units."""


def explain(predictor: Predictor, texts: Sequence[str]) -> list[Explanation]:
    """Return one explanation a text, in order, holding the rows of a few texts at once.

    A unit's contribution is the mean of two differences of log-odds: between the whole text and
    the text without the unit, and between the unit alone and nothing. Of two units that is the
    Shapley value (1953): what only both together say, as "not bad" does, is halved between them.
    """
    found = ((text, units(predictor.tokenizer, text)) for text in texts)
    return list(chain.from_iterable(_explained(predictor, some) for some in _rounds(found)))


def _rounds(found: Iterable[_Found]) -> Iterator[list[_Found]]:
    """Yield texts that together need no more than about _ROWS rows."""
    some: list[_Found] = []
    rows = 0
    for text, its in found:
        some.append((text, its))
        rows += _rows_of(its)
        if rows >= _ROWS:
            yield some
            some, rows = [], 0
    if some:
        yield some


def _explained(predictor: Predictor, some: Sequence[_Found]) -> Iterator[Explanation]:
    """Yield the explanations of texts whose rows are run together."""
    rows = [_NOTHING, *chain.from_iterable(_rows(its) for _, its in some)]
    logits = predictor.logits(rows, _BATCH_SIZE).astype(np.float64)
    logits /= predictor.manifest.temperature
    start = 1
    for text, its in some:
        end = start + _rows_of(its)
        # The text itself first, then nothing, then each unit left out, then each unit alone.
        number = 0 if len(predictor.labels) == 2 else int(logits[start].argmax())
        whole, nothing = _log_odds(logits[[start, 0]], number)
        left_out, alone = np.split(_log_odds(logits[start + 1 : end], number), 2)
        added = ((whole - left_out) + (alone - nothing)) / 2
        yield Explanation(
            predictor.labels[number],
            tuple(
                Contribution(unit.start, unit.end, text[unit.start : unit.end], contribution)
                for unit, contribution in zip(its, added.tolist(), strict=True)
            ),
        )
        start = end


def _rows(its: Sequence[Unit]) -> Iterator[Sequence[int]]:
    """Yield token ids: the text, the text without each of its units, each unit alone."""
    ids = tuple(chain.from_iterable(unit.ids for unit in its)) or _NOTHING
    yield ids
    place = 0
    for unit in its:
        yield ids[:place] + ids[place + len(unit.ids) :] or _NOTHING
        place += len(unit.ids)
    yield from (unit.ids for unit in its)


def _rows_of(its: Sequence[Unit]) -> int:
    return 1 + 2 * len(its)


def _log_odds(logits: _Floats, number: int) -> _Floats:
    """Return ln(p / (1 - p)) of one label by row, from logits, so that p = 1 stays finite."""
    others = np.delete(logits, number, axis=1)
    highest = others.max(axis=1)
    of_others: _Floats = highest + np.log(np.exp(others - highest[:, None]).sum(axis=1))
    return logits[:, number] - of_others
