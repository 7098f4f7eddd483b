"""Records in, records with their probabilities out, in constant memory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Protocol

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.prediction import Scores
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.record import Record

# Enough that sorting by length within it leaves little padding; few enough for memory.
WINDOW = 4096


class Sink(Protocol):
    """Takes records in order with what is answered and the scores it follows from."""

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Write or show one window."""


class Windows(Protocol):
    """Gives records in windows of what can be had without waiting."""

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield windows of at most `size` records."""


@dataclass(slots=True)
class Counts:
    """What there is to say after scoring."""

    records: int = 0
    unreadable: int = 0
    truncated: int = 0
    wordless: int = 0
    first_unreadable: Record | None = None


def score(
    predictor: Predictor,
    source: Windows,
    sink: Sink,
    decision: Decision,
    on_progress: Callable[[int], None] = lambda _records: None,
) -> Counts:
    """Score every record of the source into the sink, one out for each in, in order."""
    counts = Counts()
    for records, scores in predictor.stream(source.windows(WINDOW), attrgetter("text")):
        sink.take(records, decision.predicted(scores.probabilities, predictor.labels), scores)
        counts.records += len(records)
        unreadable = [record for record in records if record.text is None]
        counts.unreadable += len(unreadable)
        counts.first_unreadable = counts.first_unreadable or next(iter(unreadable), None)
        counts.truncated += int(scores.truncated.sum())
        # What could not be read has been scored as if it were empty.
        counts.wordless += int(scores.wordless.sum()) - len(unreadable)
        on_progress(counts.records)
    return counts
