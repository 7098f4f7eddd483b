"""The behaviour suites: which capabilities a model has, by small cases of our own.

The kinds of cases are those of M. T. Ribeiro, T. Wu, C. Guestrin, S. Singh, "Beyond accuracy:
behavioral testing of NLP models with CheckList", ACL 2020; behaviour.csv has cases for some
twenty-five capabilities, reversals.csv more for those that turn the tone of the words.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison, Peer
from lstm_sentiment_cli.evaluation.metrics import BoolVector, Interval, wilson
from lstm_sentiment_cli.evaluation.people import (
    NEGATIVE,
    POSITIVE,
    PeopleResult,
    changes,
    evaluate_people,
    people_names,
)
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix

SUITES = BEHAVIOUR, REVERSALS = "behaviour", "reversals"
MINIMUM, INVARIANCE, DIRECTION = "minimum functionality", "invariance", "direction"
# Smaller differences are ignored: the last digits depend on the batch that a text is in.
_EQUAL = 1e-6

Answer = Mapping[str, float]  # label → probability


class Case(NamedTuple):
    """One row of the suite: a text or a pair of texts, and what is expected of the answer."""

    capability: str
    kind: str
    text: str
    other: str  # the second text of a pair, else ""
    expected: str  # a label; for a pair "same", "up" or "down"


class Suite(NamedTuple):
    """The cases, and the sha256 that tells them from those of another version."""

    name: str
    cases: tuple[Case, ...]
    sha256: str

    def asked_of(self, labels: Sequence[str]) -> list[Case]:
        """Return the cases for these labels, which must include positive and negative."""
        if missing := {POSITIVE, NEGATIVE} - set(labels):
            raise SentimentError(
                f"the behaviour suite needs the labels positive and negative; the model has "
                f"{', '.join(labels)}, without {' and '.join(sorted(missing))}",
                "model",
            )
        return [case for case in self.cases if case.kind != MINIMUM or case.expected in labels]


def read_suite(name: str) -> Suite:
    """Read a suite that comes with the package, one of SUITES."""
    text = (files("lstm_sentiment_cli.evaluation") / f"{name}.csv").read_text(encoding="utf-8")
    cases = tuple(Case(**row) for row in csv.DictReader(StringIO(text)))
    return Suite(name, cases, hashlib.sha256(text.encode()).hexdigest())


def behaviour_names(labels: Sequence[str]) -> list[str]:
    """Return the names of all figures, as --fail-under takes them: "behaviour.negation"."""
    suites = {name: read_suite(name).asked_of(labels) for name in SUITES}
    capabilities = ((name, case.capability) for name, cases in suites.items() for case in cases)
    by_capability = dict.fromkeys(map(".".join, capabilities))
    return [*SUITES, *by_capability, *people_names(labels)]


class Outcome(NamedTuple):
    """A case, and the answers to it."""

    case: Case
    answers: list[Answer]  # one answer, or those to both texts of a pair

    @property
    def passed(self) -> bool:
        """Whether the answers are as expected."""
        if self.case.kind == MINIMUM:
            return self.predicted == [self.case.expected]
        if self.case.kind == INVARIANCE:
            return not changes(np.array([list(answer.values()) for answer in self.answers]))
        before, after = self.tones
        return after - before > _EQUAL if self.case.expected == "up" else before - after > _EQUAL

    @property
    def predicted(self) -> list[str]:
        """The predicted label of each text; of equally probable ones the first, as everywhere."""
        return [max(answer, key=answer.__getitem__) for answer in self.answers]

    @property
    def tones(self) -> list[float]:
        """How much more probable positive is than negative, for each text: 0.7, 0.2 → 0.5."""
        return [answer[POSITIVE] - answer[NEGATIVE] for answer in self.answers]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; `predicted` and `probabilities` are lists, one item for each text."""
        return self.case._asdict() | {
            "other": self.case.other or None,
            "predicted": self.predicted,
            "probabilities": self.answers,
        }


class Rate(NamedTuple):
    """How many of the cases asked were passed."""

    passed: int
    asked: int

    @property
    def share(self) -> Interval:
        """The share passed, with Wilson's interval."""
        return wilson(self.passed, self.asked)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: {"passed": 8, "asked": 10, "rate": {"value": 0.8, …}}."""
        return self._asdict() | {"rate": self.share.to_json()}


@dataclass(frozen=True, slots=True)
class Rates:
    """What one classifier passed: in all, of each kind, of each capability."""

    total: Rate
    by_kind: dict[str, Rate]
    by_capability: dict[str, Rate]

    @classmethod
    def of(cls, cases: Sequence[Case], passed: BoolVector) -> "Rates":
        """Count n cases and which of them were passed (n,)."""

        def by(field: str) -> dict[str, Rate]:
            names = [getattr(case, field) for case in cases]
            right = Counter(compress(names, passed))
            return {name: Rate(right[name], asked) for name, asked in Counter(names).items()}

        return cls(Rate(int(passed.sum()), len(cases)), by("kind"), by("capability"))

    def worst_first(self) -> list[tuple[str, Rate]]:
        """Return the capabilities, lowest share first; equal ones in the order of the suite."""
        return sorted(self.by_capability.items(), key=lambda item: item[1].share.value)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the total, then each kind and each capability by name."""
        return {
            **self.total.to_json(),
            "by_kind": {name: rate.to_json() for name, rate in self.by_kind.items()},
            "by_capability": {name: rate.to_json() for name, rate in self.worst_first()},
        }


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What a model passed of a suite, and how many cases do not apply to it."""

    name: str
    suite: str  # the sha256 of the suite: only rates of the same cases can be compared
    rates: Rates
    not_asked: int  # cases that expect a label which the model does not have
    failures: list[Outcome]  # in the order of the suite
    comparison: Comparison[Rates] | None

    def by_name(self) -> dict[str, Interval]:
        """Return every rate by its name in `behaviour_names`."""
        capabilities = self.rates.by_capability.items()
        rates = {f"{self.name}.{name}": rate.share for name, rate in capabilities}
        return {self.name: self.rates.total.share} | rates

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the rates, every failure, the comparison."""
        return {
            "suite": self.suite,
            "not_asked": self.not_asked,
            **self.rates.to_json(),
            "failures": [each.to_json() for each in self.failures],
            "comparison": self.comparison and self.comparison.to_json(),
        }


@dataclass(frozen=True, slots=True)
class BehaviourResult:
    """What a model passed of both suites, and how much words for people move it."""

    model: str
    suites: dict[str, SuiteResult]  # by name, in the order of SUITES
    people: PeopleResult
    people_comparison: Comparison[PeopleResult] | None

    def by_name(self) -> dict[str, Interval]:
        """Return every figure by its name in `behaviour_names`."""
        behaviour, reversals = (self.suites[name].by_name() for name in SUITES)
        return behaviour | reversals | self.people.by_name()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON: the first suite, the second one inside it, and people."""
        comparison = self.people_comparison and self.people_comparison.to_json()
        return {
            "model": self.model,
            **self.suites[BEHAVIOUR].to_json(),
            REVERSALS: self.suites[REVERSALS].to_json(),
            "people": self.people.to_json() | {"comparison": comparison},
        }


def evaluate_behaviour(predictor: Predictor, against: Peer | None = None) -> BehaviourResult:
    """Ask a model, and a peer, all cases of the suites and all texts about people."""
    suites = {name: evaluate_suite(read_suite(name), predictor, against) for name in SUITES}
    return BehaviourResult(predictor.name, suites, *evaluate_people(predictor, against))


def evaluate_suite(suite: Suite, predictor: Predictor, against: Peer | None = None) -> SuiteResult:
    """Ask a model all cases of a suite that its labels allow, and a peer the same ones."""
    labels = predictor.labels
    cases = suite.asked_of(labels)
    outcomes = _ask(lambda texts: predictor.scores(texts).probabilities, cases, labels)
    passed = np.array([each.passed for each in outcomes])
    comparison = None
    if against:
        gold = np.array([labels.index(case.expected) for case in cases if case.kind == MINIMUM])
        ask = against.answering(gold, len(labels))
        of_peer = np.array([each.passed for each in _ask(ask, cases, labels)])
        paired = PairedComparison.of(passed, of_peer)
        comparison = Comparison(against.name, Rates.of(cases, of_peer), paired)
    return SuiteResult(
        name=suite.name,
        suite=suite.sha256,
        rates=Rates.of(cases, passed),
        not_asked=len(suite.cases) - len(cases),
        failures=[each for each in outcomes if not each.passed],
        comparison=comparison,
    )


def _ask(
    ask: Callable[[Sequence[str]], FloatMatrix], cases: Sequence[Case], labels: Sequence[str]
) -> list[Outcome]:
    texts = [case.text for case in cases] + [case.other for case in cases if case.other]
    answers = iter(dict(zip(labels, row, strict=True)) for row in ask(texts).tolist())
    first = [next(answers) for _ in cases]
    return [
        Outcome(case, [answer, next(answers)] if case.other else [answer])
        for case, answer in zip(cases, first, strict=True)
    ]
