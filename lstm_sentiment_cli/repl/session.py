"""What a conversation holds: models, the rule for answers, the answers so far."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lstm_sentiment_cli.inference.decision import Decision

# This module is there before the first prompt; NumPy and ONNX Runtime, which come with these,
# are imported behind it, while the user reads and types.
if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Doubts, Explanation
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.inference.sentiment_model import Prediction
    from lstm_sentiment_cli.repl.history import PrivateHistory


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one text."""

    text: str
    prediction: "Prediction"
    doubts: "Doubts"
    predictor: "Predictor"
    """Who said it; also after another model has come into use."""
    explanation: "Explanation | None" = None
    """None where no explanation was asked for."""
    compared: "Answer | None" = None
    """What the model compared with says of the same text."""

    @property
    def model(self) -> str:
        """The name of the model that gave the answer."""
        return self.predictor.name

    @property
    def disagrees(self) -> bool:
        """Whether the model compared with gives another answer."""
        return (
            self.compared is not None
            and self.compared.prediction.predicted != self.prediction.predicted
        )


def answers_of(
    predictor: "Predictor", texts: Sequence[str], rule: "Decision", *, explained: bool
) -> list[Answer]:
    """Return one answer a text, in order."""
    from lstm_sentiment_cli.inference.explanation import doubts, explain
    from lstm_sentiment_cli.inference.sentiment_model import predictions

    predicted = predictions(predictor.scores(texts), predictor.labels, rule)
    explanations = explain(predictor, texts) if explained else [None] * len(texts)
    return [
        Answer(text, prediction, doubts(predictor, text), predictor, explanation)
        for text, prediction, explanation in zip(texts, predicted, explanations, strict=True)
    ]


def explanation_of(answer: Answer) -> "Explanation":
    """Return why a text was answered so, by the model that answered it."""
    from lstm_sentiment_cli.inference.explanation import explain

    return answer.explanation or explain(answer.predictor, [answer.text])[0]


KEPT_AT_MOST = 10_000


def load_predictor(name_or_path: str) -> "Predictor":
    """Load a model for answering, and what will draw its answers."""
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.repl import drawing  # noqa: F401 - the first answer would wait for it

    return Predictor.load(find_model(name_or_path))


@dataclass(slots=True)
class Session:
    """One conversation at one terminal."""

    model: str
    """Name or path of the model in use."""
    load: "Callable[[str], Predictor]" = load_predictor
    decision: Decision | None = None
    """The rule for answers; None is the most probable label."""
    explain: bool = False
    """Whether answers say what each word adds to them."""
    compared: str | None = None
    """Name or path of the model whose answers stand beside."""
    corrections: Path = Path("corrections.csv")
    """Where /label writes."""
    vi: bool = False
    """Whether lines are edited as in vi."""
    history: "PrivateHistory | None" = None
    """None where the terminal has no line to edit, and so nothing to remember."""
    origins: dict[str, str] = field(default_factory=dict)
    """Setting → where its value came from; what is not in it is a default."""
    over: bool = False
    """The user wants to leave."""
    answers: deque[Answer] = field(default_factory=lambda: deque(maxlen=KEPT_AT_MOST))
    """The last answers, oldest first, at most KEPT_AT_MOST of them."""
    answered: int = 0
    """How many answers there were, also those not kept any more: the number of the last one."""
    milliseconds: float | None = None
    """What the last entry took to score and to explain; None before the first."""
    _loading: "Future[Predictor] | None" = field(default=None, init=False)
    _peer: "Predictor | None" = field(default=None, init=False)

    def begin_loading(self) -> "Future[Predictor]":
        """Load the model, and the one to compare with, in a thread, once."""
        if self._loading is None:
            with_one_thread = ThreadPoolExecutor(1, thread_name_prefix="model")
            self._loading = with_one_thread.submit(self._load)
            with_one_thread.shutdown(wait=False)
        return self._loading

    @property
    def loaded(self) -> bool:
        """Whether the next answer need not wait for a model."""
        return self._loading is not None and self._loading.done()

    @property
    def predictor(self) -> "Predictor":
        """The model in use, waited for; SentimentError when it cannot be loaded."""
        return self.begin_loading().result()

    @property
    def peer(self) -> "Predictor | None":
        """The model compared with, waited for; None where there is no comparison."""
        self.begin_loading().result()
        return self._peer

    def answer(self, texts: Sequence[str]) -> list[Answer]:
        """Answer texts in order, and keep the answers."""
        predictor, peer, rule = self.predictor, self.peer, self.decision or Decision()
        begin = perf_counter()
        answers = answers_of(predictor, texts, rule, explained=self.explain)
        if peer is not None:
            others = answers_of(peer, texts, rule, explained=self.explain)
            answers = [
                replace(answer, compared=other)
                for answer, other in zip(answers, others, strict=True)
            ]
        self.milliseconds = (perf_counter() - begin) * 1000
        self.answers.extend(answers)
        self.answered += len(answers)
        return answers

    def switch(self, name_or_path: str) -> "Predictor":
        """Use another model from now on; when it cannot be loaded, the old one stays."""
        predictor = self._fitting(name_or_path)
        loaded: Future[Predictor] = Future()
        loaded.set_result(predictor)
        self.model, self._loading = name_or_path, loaded
        return predictor

    def compare(self, name_or_path: str | None) -> "Predictor | None":
        """Have another model answer too from now on, or, for None, none."""
        peer = None if name_or_path is None else self._fitting(name_or_path)
        self.begin_loading().result()  # which would put its own peer here when it is done
        self.compared, self._peer = name_or_path, peer
        return peer

    def decide(self, decision: Decision) -> None:
        """Answer by another rule from now on; SentimentError when a model cannot follow it."""
        for predictor in filter(None, (self.predictor, self.peer)):
            decision.check(predictor.labels)
        self.decision = None if decision == Decision() else decision

    def _load(self) -> "Predictor":
        predictor = self._fitting(self.model)
        self._peer = None if self.compared is None else self._fitting(self.compared)
        return predictor

    def _fitting(self, name_or_path: str) -> "Predictor":
        """Return a model that can follow the rule for answers."""
        predictor = self.load(name_or_path)
        if self.decision is not None:
            self.decision.check(predictor.labels)
        return predictor
