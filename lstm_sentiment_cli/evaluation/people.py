"""Words for people: how far an answer depends on the group or the name that a text mentions.

Each template of people.toml is filled with words that must not matter, as for the counterfactual
token fairness of S. Garg, V. Perot, N. Limtiaco, A. Taly, E. H. Chi, A. Beutel, "Counterfactual
fairness in text classification through robustness", AIES 2019.
"""

import hashlib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import compress
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison, Peer
from lstm_sentiment_cli.evaluation.metrics import BoolVector, FloatVector, Interval, wilson
from lstm_sentiment_cli.figures import PEOPLE_METRICS
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.labelled import TONES

POSITIVE, NEGATIVE, _ = TONES
# Probabilities of texts that mean the same may differ by this much, even if the label changes.
_MAY_MOVE = 0.1
_SMALLEST = float(np.finfo(np.float32).eps)  # a probability of 0 is only known to be below this


class TextSet(NamedTuple):
    """A template filled with every word of a kind."""

    kind: str  # of the words: "religion", "names"
    tone: str  # of the template: "neutral", "positive" or "negative"
    words: tuple[str, ...]  # the adjective or the name in each text, even if the text has a plural
    texts: tuple[str, ...]


class TextSets(NamedTuple):
    """All sets, and the sha256 that tells them from those of another version."""

    sets: tuple[TextSet, ...]
    sha256: str


def read_people() -> TextSets:
    """Read the templates and words that come with the package, and fill all templates."""
    text = (files("lstm_sentiment_cli.evaluation") / "people.toml").read_text(encoding="utf-8")
    facts = tomllib.loads(text)

    def filled(kind: str, templates: str, forms: Mapping[str, str]) -> Iterator[TextSet]:
        for tone, patterns in facts["templates"][templates].items():
            for pattern in patterns:
                texts = (pattern.format(word=form, a=_article(form)) for form in forms.values())
                yield TextSet(kind, tone, tuple(forms), tuple(texts))

    sets: list[TextSet] = []
    for kind, plurals in facts["groups"].items():
        sets += filled(kind, "adjective", {word: word for word in plurals})
        sets += filled(kind, "plural", plurals)
    sets += filled("names", "name", {name: name for name in facts["names"]})
    return TextSets(tuple(sets), hashlib.sha256(text.encode()).hexdigest())


def _article(word: str) -> str:
    """Return "a" or "an"; a u at the beginning is that of "Ukrainian"."""
    return "an" if word[0] in "aeio" else "a"


def changes(probabilities: FloatMatrix) -> bool:
    """Whether the answers to texts that mean the same differ: (n, labels), a row for each text.

    They do if two texts get different labels and some probability differs by more than 0.1.
    """
    predicted = probabilities.argmax(axis=1)
    moved = np.abs(probabilities[:, None] - probabilities).max(axis=2) > _MAY_MOVE
    return bool((moved & (predicted[:, None] != predicted)).any())


class Changed(NamedTuple):
    """In how many sets the answer changes with the word."""

    changed: int
    sets: int

    @property
    def share(self) -> Interval:
        """The share of the sets, with Wilson's interval."""
        return wilson(self.changed, self.sets)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: {"changed": 8, "sets": 10, "share": {"value": 0.8, …}}."""
        return self._asdict() | {"share": self.share.to_json()}


class Shift(NamedTuple):
    """How a word moves the answer: in log-odds of positive, from the mean of its kind's words."""

    word: str
    log_odds: float  # the mean over all templates


@dataclass(frozen=True, slots=True, eq=False)
class PeopleResult:
    """How much the answers of one classifier depend on words for people."""

    suite: str  # the sha256 of templates and words
    changed: BoolVector  # (sets,)
    by_kind: dict[str, Changed]
    by_tone: dict[str, Changed]
    shifts: dict[str, list[Shift]]  # of each kind, the largest first, whatever the direction
    right: dict[str, Interval]  # tone of templates → share of their texts that are answered with it

    @classmethod
    def of(
        cls, suite: TextSets, labels: Sequence[str], probabilities: FloatMatrix
    ) -> "PeopleResult":
        """Measure the answers (n, labels) to all n texts, in their order."""
        sizes = [len(each.texts) for each in suite.sets]
        borders = np.cumsum(sizes)[:-1]
        changed = np.array([changes(its) for its in np.split(probabilities, borders)])

        def by(names: Sequence[str]) -> dict[str, Changed]:
            of_changed = Counter(compress(names, changed))
            return {name: Changed(of_changed[name], sets) for name, sets in Counter(names).items()}

        tones = np.repeat([each.tone for each in suite.sets], sizes)
        predicted = np.array(labels)[probabilities.argmax(axis=1)]
        right = {tone: predicted[tones == tone] == tone for tone in TONES if tone in labels}
        return cls(
            suite=suite.sha256,
            changed=changed,
            by_kind=by([each.kind for each in suite.sets]),
            by_tone=by([each.tone for each in suite.sets]),
            shifts=_shifts(suite.sets, np.split(_log_odds(labels, probabilities), borders)),
            right={tone: wilson(int(its.sum()), len(its)) for tone, its in right.items()},
        )

    @property
    def total(self) -> Changed:
        """In how many of all sets the answer changes."""
        return Changed(int(self.changed.sum()), len(self.changed))

    @property
    def largest_shift(self) -> Shift:
        """The largest shift of all words."""
        return max((each[0] for each in self.shifts.values()), key=_size)

    def by_name(self) -> dict[str, Interval]:
        """Return every figure by its name in `people_names`."""
        size = _size(self.largest_shift)
        return {
            "people.changed": self.total.share,
            "people.shift": Interval(size, size, size),
        } | {f"people.right.{tone}": share for tone, share in self.right.items()}

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the changes and shifts in total and by kind, the changes by tone."""
        return {
            "suite": self.suite,
            **self.total.to_json(),
            "largest_shift": self.largest_shift._asdict(),
            "by_kind": {
                kind: its.to_json()
                | {
                    "largest_shift": self.shifts[kind][0]._asdict(),
                    "shifts": dict(self.shifts[kind]),
                }
                for kind, its in self.by_kind.items()
            },
            "by_tone": {tone: its.to_json() for tone, its in self.by_tone.items()},
            "right": {tone: share.to_json() for tone, share in self.right.items()},
        }


def people_names(labels: Sequence[str]) -> list[str]:
    """Return the names of all figures, as --fail-under and --fail-over take them."""
    return [*PEOPLE_METRICS, *(f"people.right.{tone}" for tone in TONES if tone in labels)]


def evaluate_people(
    predictor: Predictor, against: Peer | None = None, suite: TextSets | None = None
) -> tuple[PeopleResult, Comparison[PeopleResult] | None]:
    """Ask a model, and a peer, all texts about people."""
    suite, labels = suite or read_people(), predictor.labels
    texts = [text for each in suite.sets for text in each.texts]
    result = PeopleResult.of(suite, labels, predictor.scores(texts).probabilities)
    if against is None:
        return result, None
    ask = against.answering(np.zeros(1, int), len(labels))  # whatever label, always the same
    of_peer = PeopleResult.of(suite, labels, ask(texts))
    paired = PairedComparison.of(~result.changed, ~of_peer.changed)
    return result, Comparison(against.name, of_peer, paired)


def _log_odds(labels: Sequence[str], probabilities: FloatMatrix) -> FloatVector:
    """Return ln(positive / negative) of each row: (n, labels) → (n,)."""
    columns = [labels.index(POSITIVE), labels.index(NEGATIVE)]
    positive, negative = np.log(probabilities[:, columns].astype(np.float64).clip(_SMALLEST)).T
    return np.asarray(positive - negative)


def _shifts(sets: Sequence[TextSet], log_odds: Sequence[FloatVector]) -> dict[str, list[Shift]]:
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each, its in zip(sets, log_odds, strict=True):
        for word, shift in zip(each.words, (its - its.mean()).tolist(), strict=True):
            found[each.kind][word].append(shift)
    means = {
        kind: [Shift(word, fmean(its)) for word, its in words.items()]
        for kind, words in found.items()
    }
    return {kind: sorted(its, key=_size, reverse=True) for kind, its in means.items()}


def _size(shift: Shift) -> float:
    return abs(shift.log_odds)
