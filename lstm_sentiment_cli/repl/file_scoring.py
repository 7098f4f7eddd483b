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
from lstm_sentiment_cli.rendering.file_summary import FileSummary, Line

SUREST = 5
BINS = 10
_OPTION = "(name the text's with --text-column)"
"""What is advised where there is no column of texts: an option that commands have, not /file."""


@dataclass(slots=True)
class Tally:
    """Takes windows of scores, and keeps of them what a summary says."""

    labels: tuple[str, ...]
    records: int = 0
    unreadable: int = 0
    truncated: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    bins: Counter[int] = field(default_factory=Counter)
    surest: list["Surest"] = field(init=False)

    def __post_init__(self) -> None:
        self.surest = [Surest() for _ in self.labels]

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Count one window."""
        rows = [row for row, record in enumerate(records) if record.text is not None]
        probabilities = scores.probabilities[rows]
        self.answers.update(predicted[row] for row in rows)
        self.bins.update((probabilities[:, 0] * BINS).astype(int).tolist())
        readable = [records[row] for row in rows]
        likeliest = probabilities.argmax(axis=1)
        for column, surest in enumerate(self.surest):
            mine = (likeliest == column).nonzero()[0]
            surest.take([readable[row] for row in mine], probabilities[mine, column])
        self.truncated += int(scores.truncated.sum())
        self.unreadable += len(records) - len(rows)
        self.records += len(records)


@dataclass(slots=True)
class Surest:
    """The records whose likeliest label is the surest, no text twice."""

    _heap: list[tuple[float, int, str]] = field(default_factory=list)  # the least sure first
    _texts: set[str] = field(default_factory=set)

    def take(self, records: Sequence[Record], probabilities: FloatMatrix) -> None:
        """Keep what is surer than what is kept; of equally sure ones the first."""
        for row in (-probabilities).argsort(kind="stable").tolist():
            probability, (text, _, number, _) = float(probabilities[row]), records[row]
            if len(self._heap) == SUREST and probability <= self._heap[0][0]:
                return
            if text is None or text in self._texts:
                continue
            self._texts.add(text)
            heapq.heappush(self._heap, (probability, -number, text))
            if len(self._heap) > SUREST:
                self._texts.discard(heapq.heappop(self._heap)[2])

    def lines(self) -> list[Line]:
        """Return them, the surest first."""
        return [Line(chance, -number, text) for chance, number, text in sorted(self._heap)[::-1]]


class Scored(NamedTuple):
    """How scoring a file ended."""

    summary: FileSummary
    broken: str | None
    """Why the input broke off, if it did."""


def score_file(
    predictor: Predictor, path: Path, decision: Decision, on_progress: Callable[[int], None]
) -> Scored:
    """Score a file of any format; Ctrl-C ends it with what there is so far."""
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
    undecodable = reader.undecodable
    return Scored(_summary(tally, predictor, path, undecodable, stopped=stopped), broken)


def _open(path: Path) -> RecordReader:
    """Open a file; its text must be in a column of a usual name, as no other can be named here."""
    # Standard input is where the conversation is typed: here "-" is a file of that name.
    given = "./-" if str(path) == "-" else str(path)
    try:
        return open_records(InputFile(given))
    except SentimentError as error:
        told = str(error)
        if not told.endswith(_OPTION):
            raise
        command = f"lstm-sentiment predict --input {quote(given)} --text-column NAME"
        raise SentimentError(f"{told.removesuffix(_OPTION)}(say which: {command})") from None


def _summary(
    tally: Tally, predictor: Predictor, path: Path, undecodable: int, *, stopped: bool
) -> FileSummary:
    others = [answer for answer in tally.answers if answer not in tally.labels]
    return FileSummary(
        path=str(path),
        labels=tally.labels,
        records=tally.records,
        counts={answer: tally.answers[answer] for answer in [*tally.labels, *others]},
        # A probability of 1 belongs to the last interval.
        histogram=[tally.bins[number] for number in range(BINS - 1)]
        + [tally.bins[BINS - 1] + tally.bins[BINS]],
        surest={
            label: surest.lines() for label, surest in zip(tally.labels, tally.surest, strict=True)
        },
        unreadable=tally.unreadable,
        undecodable=undecodable,
        truncated=tally.truncated,
        max_tokens=predictor.tokenizer.max_tokens,
        stopped=stopped,
    )
