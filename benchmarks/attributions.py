"""Ways to say what each unit of a text adds to an answer, to be compared with the package's."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from gradients import BASELINES, IntegratedGradients

from lstm_sentiment_cli.inference.explanation import explain
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.text.tokenizer import UNKNOWN

Floats = npt.NDArray[np.float64]
OURS = "the package's"


class Subject(NamedTuple):
    """A text, as its units, and the number of the label that is predicted."""

    text: str
    units: list[tuple[int, ...]]
    label: int


Removed = Sequence[int]
"""Numbers of units."""
Delete = Callable[[Subject, Removed], list[int]]
Attribute = Callable[[Subject], Floats]
"""Returns what each unit adds to the log-odds of the predicted label."""


def left_out(subject: Subject, removed: Removed) -> list[int]:
    """Return the ids of the other units, an unknown word where there are none."""
    gone = set(removed)
    kept = [ids for number, ids in enumerate(subject.units) if number not in gone]
    return [token for ids in kept for token in ids] or [UNKNOWN]


def replaced(subject: Subject, removed: Removed) -> list[int]:
    """Return the ids, those of removed units replaced by the unknown word."""
    gone = set(removed)
    return [
        UNKNOWN if number in gone else token
        for number, ids in enumerate(subject.units)
        for token in ids
    ]


DELETIONS = {"left out": left_out, "replaced": replaced}


def log_odds(predictor: Predictor, rows: Sequence[Sequence[int]], label: int) -> Floats:
    """Return ln(p / (1 - p)) of a label by row."""
    logits = predictor.logits(rows).astype(np.float64) / predictor.manifest.temperature
    others = np.logaddexp.reduce(np.delete(logits, label, axis=1), axis=1)
    odds: Floats = logits[:, label] - others
    return odds


def shipped(predictor: Predictor) -> Attribute:
    """Return the explanation of the package."""

    def attribute(subject: Subject) -> Floats:
        (explanation,) = explain(predictor, [subject.text])
        sign = 1 if explanation.label == predictor.labels[subject.label] else -1
        return sign * np.array([each.contribution for each in explanation.contributions])

    return attribute


def in_the_text(predictor: Predictor, delete: Delete) -> Attribute:
    """Return the difference that deleting a unit makes to the whole text."""

    def attribute(subject: Subject) -> Floats:
        rows = [delete(subject, gone) for gone in ([], *singles(subject))]
        odds = log_odds(predictor, rows, subject.label)
        return odds[0] - odds[1:]

    return attribute


def alone(predictor: Predictor, delete: Delete) -> Attribute:
    """Return the difference between a unit alone and nothing."""

    def attribute(subject: Subject) -> Floats:
        every = range(len(subject.units))
        gone = [list(every), *([other for other in every if other != one] for one in every)]
        odds = log_odds(predictor, [delete(subject, each) for each in gone], subject.label)
        return odds[1:] - odds[0]

    return attribute


def weighed(first: Attribute, second: Attribute, share: float) -> Attribute:
    """Return the weighted mean of two, the first's weight being its share."""
    return lambda subject: share * first(subject) + (1 - share) * second(subject)


def with_neighbours(predictor: Predictor, delete: Delete) -> Attribute:
    """Return the mean difference with a neighbour there and with it deleted (pairs' Shapley)."""

    def attribute(subject: Subject) -> Floats:
        count = len(subject.units)
        pairs = [[first, first + 1] for first in range(count - 1)]
        rows = [delete(subject, gone) for gone in ([], *singles(subject), *pairs)]
        odds = log_odds(predictor, rows, subject.label)
        single, pair = odds[1 : count + 1], odds[count + 1 :]
        found = [[odds[0] - each] for each in single]
        for first in range(count - 1):
            found[first].append(single[first + 1] - pair[first])
            found[first + 1].append(single[first] - pair[first])
        return np.array([np.mean(each) for each in found])

    return attribute


def sampled(predictor: Predictor, delete: Delete, orders: int) -> Attribute:
    """Return Shapley values estimated from orders of deletion, each walked both ways."""
    chance = np.random.default_rng(0)

    def attribute(subject: Subject) -> Floats:
        count = len(subject.units)
        found = np.zeros(count)
        for _ in range(orders // 2):
            order = chance.permutation(count)
            for way in (order, order[::-1]):
                rows = [delete(subject, way[:gone].tolist()) for gone in range(count + 1)]
                odds = log_odds(predictor, rows, subject.label)
                found[way] += (odds[:-1] - odds[1:]) / orders
        return found

    return attribute


def by_gradients(gradients: IntegratedGradients, baseline: str) -> Attribute:
    """Return integrated gradients, summed over the tokens of each unit."""

    def attribute(subject: Subject) -> Floats:
        ids = [token for unit in subject.units for token in unit]
        by_token = gradients(ids, subject.label, baseline)
        ends = np.cumsum([len(unit) for unit in subject.units])
        return np.array([part.sum() for part in np.split(by_token, ends[:-1])])

    return attribute


def singles(subject: Subject) -> list[list[int]]:
    """Return each unit as what is removed."""
    return [[number] for number in range(len(subject.units))]


def attributions(
    predictor: Predictor, gradients: IntegratedGradients
) -> Iterator[tuple[str, Attribute]]:
    """Yield what is compared, by name."""
    yield OURS, shipped(predictor)
    for baseline in BASELINES:
        yield f"integrated gradients from {baseline}", by_gradients(gradients, baseline)
    for name, delete in DELETIONS.items():
        here, apart = in_the_text(predictor, delete), alone(predictor, delete)
        near = with_neighbours(predictor, delete)
        yield f"{name}: in the text", here
        yield f"{name}: alone", apart
        for share in (0.25, 0.33, 0.5):
            yield f"{name}: {share:.0%} in the text", weighed(here, apart, share)
        yield f"{name}: with neighbours", near
        yield f"{name}: 25% with neighbours", weighed(near, apart, 0.25)
        for orders in (4, 16):
            yield f"{name}: Shapley of {orders} orders", sampled(predictor, delete, orders)
