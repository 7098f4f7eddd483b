"""What keys do and what is said, whatever the terminal can do; and all of it in plain lines."""

import sys
from collections.abc import Callable, Iterator
from time import sleep

from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.labelling.label_file import SKIPPED
from lstm_sentiment_cli.labelling.labeller import HELP, QUIT, SKIP, UNDO, Labeller, label_keys
from lstm_sentiment_cli.rendering.style import Display, visible

POLL_SECONDS = 0.02  # how often it is looked whether the model is as far as the next text needs

_NONE_LEFT = f"No text is left: {QUIT} ends, {UNDO} takes the last answer back."
_READING = "One moment: the model is reading."
_LOADING = "the model is loading …"
_NOTHING_TO_UNDO = "there is no answer to take back"


class Conversation:
    """A labeller, and the person who presses keys."""

    def __init__(self, labeller: Labeller, *, show: bool = False, said: str = "") -> None:
        """With `show` the model's answer is shown before one's own; `said` is the first remark."""
        self.labeller = labeller
        self.keys = label_keys(labeller.labels)
        self.helping = False
        self._show = show
        self._said = said
        self._answered: tuple[str, str] | None = None  # the text before, and what it was labelled

    def press(self, key: str) -> bool:
        """Do what a key asks for; False if it ends the session."""
        key = key.casefold()
        if self.helping:  # any key leaves the help, and does no more
            self.helping = False
        elif key == QUIT:
            return False
        elif key == HELP:
            self.helping = True
        elif key == UNDO:
            self._answered = None
            self._said = "" if self.labeller.undo() else _NOTHING_TO_UNDO
        elif self.labeller.question and (label := self.label(key)):
            self._answered = (self.labeller.question.text, label)
            self.labeller.answer(label)
        return True

    def label(self, typed: str) -> str | None:
        """Return the label that a key, or a label's name, stands for."""
        names = {label.casefold(): label for label in self.labeller.labels}
        return SKIPPED if typed == SKIP else self.keys.get(typed, names.get(typed))

    def text(self) -> str:
        """Return the text to label, or why there is none."""
        if self.labeller.question:
            return self.labeller.question.text
        return _READING if self.labeller.waiting else _NONE_LEFT

    def title(self) -> str:
        """Return which text this is, and where its label is written."""
        done, name = len(self.labeller.file.asked), self.labeller.file.path.name
        which = f"text {done + 1:,}" if self.labeller.question else counted(done, "text")
        return f"{which} · {name}"

    def remark(self) -> tuple[str, bool]:
        """Return what there is to say of the last answer, and whether to think it over."""
        if self._answered is None:
            return self._said, False
        text, label = self._answered
        answer = self.labeller.scorer.answer(text)
        you = f"{'last text · ' if self._show else ''}you: {label}"
        if label == SKIPPED or answer is None:
            return you, False
        predicted, probability = answer
        if predicted == label:
            return f"{you} · the model too, {probability:.0%}", False
        return f"{you} · the model: {predicted}, {probability:.0%} · {UNDO} to change", True

    def model_answer(self) -> str:
        """Return the model's answer to the text that is asked; "" unless it is wanted."""
        if not (self._show and self.labeller.question):
            return ""
        answer = self.labeller.scorer.answer(self.labeller.question.text)
        return "this text · the model: {}, {:.0%}".format(*answer) if answer else _LOADING

    def figures(self) -> list[str]:
        """Return how often the model is right, and how the labels are spread, as far as known."""
        counts = self.labeller.by_label()
        spread = " · ".join(f"{label} {count:,}" for label, count in counts.items())
        return list(filter(None, (accuracy_line(self.labeller), spread)))

    def consult(self) -> None:
        """Have the model answer what is shown next: its errors must not come while it is drawn."""
        self.remark()
        self.model_answer()
        self.figures()

    def legend(self) -> list[tuple[str, str]]:
        """Return each key and what it does."""
        return [*self.keys.items(), (SKIP, "skip"), (UNDO, "undo"), (HELP, "help"), (QUIT, "end")]

    def help(self) -> list[str]:
        """Return paragraphs on the keys and on what is shown."""
        keys = ", ".join(f"{key} for {label}" for key, label in self.keys.items())
        return [
            f"{keys}; {SKIP} if it is none of these, or cannot be told.",
            f"{UNDO} takes the last answer back, then the one before, up to the first.",
            "An answer is saved before the next text appears: end whenever you like, and go on "
            "later with the same command.",
            "Some texts are drawn at random. They tell how often the model is right; in brackets "
            "is where that share may be among all texts. The others are those that the model is "
            "least sure of, from which it learns most.",
            "The arrows up and down scroll a text that is longer than the screen.",
        ]


def accuracy_line(labeller: Labeller) -> str:
    """Return how often the model is right on texts drawn at random; "" while that is unknown."""
    if labeller.was_learnt():
        name = labeller.file.path.name
        return f"the model has learnt from {name}, which cannot tell how often it is right"
    if not (found := labeller.accuracy()):
        return ""
    texts, (value, low, high) = found
    return (
        f"on {counted(texts, 'text')} drawn at random the model is right on {value:.0%} "
        f"({100 * low:.0f} to {100 * high:.0f})"
    )


def drawable(text: str, display: Display) -> str:
    """Return a line of ours, made harmless, with signs that the terminal has."""
    text = visible(text)
    return text if display.unicode else text.replace("·", "-").replace("…", "...")


def converse_in_lines(talk: Conversation, display: Display) -> None:
    """Ask on stdout, and read answers from stdin, each ended by Enter; its end ends the session."""

    def say(*lines: str) -> None:
        sys.stdout.write("".join(f"{drawable(line, display)}\n" for line in lines))
        sys.stdout.flush()

    try:
        for typed in _typed(talk, say):
            if typed and not _press(talk, typed, say):
                return
    except KeyboardInterrupt:
        say("")


def _typed(talk: Conversation, say: Callable[..., None]) -> Iterator[str]:
    """Ask each question, and yield what is answered."""
    legend = ", ".join(f"{key} {what}" for key, what in talk.legend())
    while _next_text(talk):
        say("", talk.title(), talk.text(), *filter(None, [talk.model_answer()]), legend)
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.buffer.readline()
        if not line:
            say("")
            return
        yield line.decode(errors="replace").strip().casefold()


def _next_text(talk: Conversation) -> bool:
    """Wait for the next text, and for the model, which is asked about it; False if none is left."""
    labeller = talk.labeller
    while labeller.waiting or labeller.scorer.predictor is None:
        sleep(POLL_SECONDS)
        labeller.advance()
    return labeller.question is not None


def _press(talk: Conversation, typed: str, say: Callable[..., None]) -> bool:
    """Do what was typed, and say what came of it; False if it ends the session."""
    if typed not in {key for key, _ in talk.legend()} and talk.label(typed) is None:
        say(f"'{typed[:20]}' is no answer")
        return True
    if not talk.press(typed):
        return False
    if talk.helping:
        talk.press(HELP)
        say(*talk.help())
    else:
        say(*filter(None, [talk.remark()[0]]), *talk.figures())
    return True
