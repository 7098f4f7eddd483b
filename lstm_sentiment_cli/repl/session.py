"""A conversation: its models, the rule for answers, the answers so far, and its screen."""

import shutil
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.rendering.style import Display, visible
from lstm_sentiment_cli.repl.history import PrivateHistory

# This module is imported before the first prompt; NumPy, ONNX Runtime and Rich, which these bring,
# are imported in the background, while the user reads and types.
if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.inference.sentiment_model import Answer

MOST_ANSWERS = 10_000


@dataclass(slots=True)
class Session:
    """One conversation at one terminal."""

    model: str  # name or path of the model in use
    load: "Callable[[str], Predictor]"  # loads the model of a name or path
    decision: Decision = field(default_factory=Decision)  # the rule for answers
    explain: bool = False  # whether answers show what each word adds to them
    compared: str | None = None  # name or path of the model that answers as well
    corrections: Path = Path("corrections.csv")  # where /label writes
    vi: bool = False  # whether lines are edited as in vi
    history: PrivateHistory | None = None  # None in a terminal that cannot edit lines
    origins: dict[str, str] = field(default_factory=dict)
    """Setting → where its value comes from; the others have their defaults."""
    over: bool = False  # whether the user wants to leave
    answers: "deque[Answer]" = field(default_factory=lambda: deque(maxlen=MOST_ANSWERS))
    """The last answers, oldest first."""
    answered: int = 0
    """The number of the last answer: how many there were, including those no longer kept."""
    milliseconds: float | None = None  # what the last entry took to score and explain
    _loading: "Future[tuple[Predictor, Predictor | None]] | None" = field(default=None, init=False)

    def begin_loading(self) -> "Future[tuple[Predictor, Predictor | None]]":
        """Load the model, and the one to compare with, in a thread, once."""
        if self._loading is None:
            with_one_thread = ThreadPoolExecutor(1, thread_name_prefix="model")
            self._loading = with_one_thread.submit(self._load)
            with_one_thread.shutdown(wait=False)
        return self._loading

    @property
    def predictor(self) -> "Predictor":
        """The model in use; waits for it, and raises SentimentError if it cannot be loaded."""
        return self.begin_loading().result()[0]

    @property
    def peer(self) -> "Predictor | None":
        """The model to compare with, if any; waits for it."""
        return self.begin_loading().result()[1]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the model in use; none while it loads, or if it cannot be loaded."""
        loading = self._loading
        if loading is None or not loading.done() or loading.exception():
            return ()
        return self.predictor.labels

    def answer(self, texts: Sequence[str]) -> "list[Answer]":
        """Answer texts in order, and keep the answers."""
        from lstm_sentiment_cli.inference.sentiment_model import answer_texts, compare_answers

        predictor, peer = self.begin_loading().result()
        begin = perf_counter()
        answers = answer_texts(predictor, texts, self.decision, explained=self.explain)
        if peer is not None:
            answers = compare_answers(answers, peer, self.decision)
        self.milliseconds = (perf_counter() - begin) * 1000
        self.answers.extend(answers)
        self.answered += len(answers)
        return answers

    def switch(self, name_or_path: str) -> "Predictor":
        """Use another model from now on; if it cannot be loaded, the old one stays."""
        predictor = self._load_fitting(name_or_path)
        self._use(predictor, self.peer)
        self.model = name_or_path
        return predictor

    def compare(self, name_or_path: str | None) -> None:
        """Have a second model answer as well from now on; None: stop comparing."""
        peer = None if name_or_path is None else self._load_fitting(name_or_path)
        self._use(self.predictor, peer)
        self.compared = name_or_path

    def decide(self, decision: Decision) -> None:
        """Use another rule from now on; SentimentError if it does not fit a model's labels."""
        for predictor in filter(None, self.begin_loading().result()):
            decision.check(predictor.labels)
        self.decision = decision

    def _use(self, predictor: "Predictor", peer: "Predictor | None") -> None:
        self._loading = Future()
        self._loading.set_result((predictor, peer))

    def _load(self) -> "tuple[Predictor, Predictor | None]":
        predictor = self._load_fitting(self.model)
        return predictor, None if self.compared is None else self._load_fitting(self.compared)

    def _load_fitting(self, name_or_path: str) -> "Predictor":
        """Load a model whose labels fit the rule for answers; SentimentError otherwise."""
        predictor = self.load(name_or_path)
        self.decision.check(predictor.labels)
        return predictor


@dataclass(frozen=True)
class Screen:
    """Answers go to stdout, messages and errors to stderr."""

    open_console: "Callable[[], Console]"
    """Called for the first answer: Rich is not needed before the first prompt."""
    say: Callable[[str], None]  # writes a message, unless messages are not wanted
    counting: Callable[[str], AbstractContextManager[Callable[[int], None]]]
    """Shows how many of a unit ("texts") are done, while something long runs."""

    @cached_property
    def _console(self) -> "Console":
        return self.open_console()

    @property
    def width(self) -> int:
        """How many cells a line has now; the user may resize the window between answers."""
        return shutil.get_terminal_size().columns

    @property
    def display(self) -> Display:
        """What the terminal can show now."""
        return Display.of(self.width, sys.stdout.encoding, self._console.color_system)

    def show(self, answer: "Text") -> None:
        """Show an answer that fits the width, then an empty line."""
        self._console.print(answer, soft_wrap=True)
        self._console.print()

    def show_lines(self, lines: Iterable[str]) -> None:
        """Show lines, made harmless, then an empty line."""
        from rich.text import Text

        self.show(Text("\n".join(map(visible, lines))))

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show rows as aligned columns, then an empty line."""
        from lstm_sentiment_cli.rendering.cells import listing

        self.show(listing(rows, self.width))

    def error(self, message: str) -> None:
        """Show an error, even if quiet, then an empty line."""
        sys.stderr.write(f"error: {visible(message)}\n\n")
        sys.stderr.flush()
