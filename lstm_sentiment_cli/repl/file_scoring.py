"""A file scored for a summary: counts, histogram and surest lines, in constant memory."""

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.predictor import Predictor, Scores, score
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.reader import InputFile, RecordReader, open_records
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import BrokenInputError
from lstm_sentiment_cli.rendering.profiles import FileSummary, Line

LINES_PER_LABEL = 5
BINS = 10


class ScoredFile(NamedTuple):
    """How scoring a file ended."""

    summary: FileSummary
    broken: str | None  # why the input broke off, if it did


def score_file(
    predictor: Predictor, path: Path, decision: Decision, on_progress: Callable[[int], None]
) -> ScoredFile:
    """Score a file of any format; Ctrl-C ends it with the results so far."""
    tally = Tally(predictor.labels)
    stopped, broken = False, None
    reader = _open(path)
    try:
        score(predictor, reader, tally, decision, on_progress)
    except KeyboardInterrupt:
        stopped = True
    except BrokenInputError as error:
        broken = str(error)
    finally:
        reader.close()
    summary = FileSummary(
        path=str(path),
        labels=tally.labels,
        records=tally.records,
        counts=tally.counts(),
        histogram=tally.histogram(),
        surest={label: lines.ranked() for label, lines in tally.surest.items()},
        unreadable=tally.unreadable,
        undecodable=reader.undecodable,
        truncated=tally.truncated,
        max_tokens=predictor.tokenizer.max_tokens,
        stopped=stopped,
    )
    return ScoredFile(summary, broken)


def _open(path: Path) -> RecordReader:
    # Standard input is where the conversation is typed: here "-" is a file of that name.
    given = "./-" if str(path) == "-" else str(path)
    try:
        return open_records(InputFile(given))
    except SentimentError as error:
        # /file has no options, the command has.
        command = f"lstm-sentiment predict --input {quote(given)} --text-column NAME"
        raise SentimentError(str(error).replace("--text-column", command)) from None


@dataclass(slots=True)
class Tally:
    """Counts windows of scores, and keeps what the summary shows of them."""

    labels: tuple[str, ...]
    records: int = 0
    unreadable: int = 0
    truncated: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    bins: Counter[int] = field(default_factory=Counter)
    surest: dict[str, "SurestLines"] = field(init=False)

    def __post_init__(self) -> None:
        self.surest = {label: SurestLines() for label in self.labels}

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Count one window."""
        rows = [row for row, record in enumerate(records) if record.text is not None]
        probabilities = scores.probabilities[rows]
        self.answers.update(predicted[row] for row in rows)
        self.bins.update((probabilities[:, 0] * BINS).astype(int).tolist())
        readable = [records[row] for row in rows]
        likeliest = probabilities.argmax(axis=1)
        for column, lines in enumerate(self.surest.values()):
            mine = (likeliest == column).nonzero()[0]
            lines.take([readable[row] for row in mine], probabilities[mine, column])
        self.truncated += int(scores.truncated.sum())
        self.unreadable += len(records) - len(rows)
        self.records += len(records)

    def counts(self) -> dict[str, int]:
        """Return how many records got each answer: every label, and "uncertain" if there was."""
        others = [answer for answer in self.answers if answer not in self.labels]
        return {answer: self.answers[answer] for answer in [*self.labels, *others]}

    def histogram(self) -> list[int]:
        """Return how many records have a probability of the first label in each interval."""
        # A probability of 1 belongs to the last interval.
        last = self.bins[BINS - 1] + self.bins[BINS]
        return [*(self.bins[number] for number in range(BINS - 1)), last]


@dataclass(slots=True)
class SurestLines:
    """The records with the highest probabilities of one label, no text twice."""

    _heap: list[tuple[float, int, str]] = field(default_factory=list)  # the least probable first
    _texts: set[str] = field(default_factory=set)

    def take(self, records: Sequence[Record], probabilities: FloatMatrix) -> None:
        """Keep what is more probable than what is kept; of equally probable ones the first."""
        for row in (-probabilities).argsort(kind="stable").tolist():
            probability, (text, _, number, _) = float(probabilities[row]), records[row]
            if len(self._heap) == LINES_PER_LABEL and probability <= self._heap[0][0]:
                return
            if text is None or text in self._texts:
                continue
            self._texts.add(text)
            heapq.heappush(self._heap, (probability, -number, text))
            if len(self._heap) > LINES_PER_LABEL:
                self._texts.discard(heapq.heappop(self._heap)[2])

    def ranked(self) -> list[Line]:
        """Return them, the most probable first."""
        return [Line(chance, -number, text) for chance, number, text in sorted(self._heap)[::-1]]
