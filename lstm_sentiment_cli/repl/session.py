"""The state of a conversation: its models, the rule for answers, and the answers so far."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lstm_sentiment_cli.inference.decision import Decision

# This module is imported before the first prompt; NumPy and ONNX Runtime, which these bring, are
# imported in the background, while the user reads and types.
if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.inference.sentiment_model import Answer
    from lstm_sentiment_cli.repl.history import PrivateHistory

MOST_ANSWERS = 10_000


@dataclass(slots=True)
class Session:
    """One conversation at one terminal."""

    model: str  # name or path of the model in use
    load: "Callable[[str], Predictor]"  # loads the model of a name or path
    decision: Decision | None = None  # the rule for answers; None is the most probable label
    explain: bool = False  # whether answers show what each word adds to them
    compared: str | None = None  # name or path of the model that answers as well
    corrections: Path = Path("corrections.csv")  # where /label writes
    vi: bool = False  # whether lines are edited as in vi
    history: "PrivateHistory | None" = None
    """None if the terminal cannot edit lines, and so needs no history."""
    origins: dict[str, str] = field(default_factory=dict)
    """Setting → where its value comes from; settings not in it have their default."""
    over: bool = False  # whether the user wants to leave
    answers: "deque[Answer]" = field(default_factory=lambda: deque(maxlen=MOST_ANSWERS))
    """The last answers, oldest first."""
    answered: int = 0
    """How many answers there were, including those no longer kept: the number of the last one."""
    milliseconds: float | None = None
    """How long the last entry took to score and explain; None before the first."""
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
        """The model in use; waits for it, and raises SentimentError if it cannot be loaded."""
        return self.begin_loading().result()

    @property
    def peer(self) -> "Predictor | None":
        """The model to compare with, if any; waits for it."""
        self.begin_loading().result()
        return self._peer

    def answer(self, texts: Sequence[str]) -> "list[Answer]":
        """Answer texts in order, and keep the answers."""
        from lstm_sentiment_cli.inference.sentiment_model import answer_texts, compare_answers

        predictor, peer, rule = self.predictor, self.peer, self.decision or Decision()
        begin = perf_counter()
        answers = answer_texts(predictor, texts, rule, explained=self.explain)
        if peer is not None:
            answers = compare_answers(answers, peer, rule)
        self.milliseconds = (perf_counter() - begin) * 1000
        self.answers.extend(answers)
        self.answered += len(answers)
        return answers

    def switch(self, name_or_path: str) -> "Predictor":
        """Use another model from now on; if it cannot be loaded, the old one stays."""
        predictor = self._load_fitting(name_or_path)
        loaded: Future[Predictor] = Future()
        loaded.set_result(predictor)
        self.model, self._loading = name_or_path, loaded
        return predictor

    def compare(self, name_or_path: str | None) -> None:
        """Have another model answer as well from now on, or, for None, none."""
        peer = None if name_or_path is None else self._load_fitting(name_or_path)
        self.begin_loading().result()  # which would put its own peer here when it is done
        self.compared, self._peer = name_or_path, peer

    def decide(self, decision: Decision) -> None:
        """Use another rule from now on; SentimentError if it does not fit a model's labels."""
        for predictor in filter(None, (self.predictor, self.peer)):
            decision.check(predictor.labels)
        self.decision = None if decision == Decision() else decision

    def _load(self) -> "Predictor":
        predictor = self._load_fitting(self.model)
        self._peer = None if self.compared is None else self._load_fitting(self.compared)
        return predictor

    def _load_fitting(self, name_or_path: str) -> "Predictor":
        """Load a model whose labels fit the rule for answers; SentimentError otherwise."""
        predictor = self.load(name_or_path)
        if self.decision is not None:
            self.decision.check(predictor.labels)
        return predictor
