"""A file scored for a summary: counts, histogram and surest lines, in constant memory."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.predictor import Predictor, Scores, score
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import BrokenInputError
from lstm_sentiment_cli.rendering.profiles import FileSummary, Line

_OPTION = re.compile("--(text-column|delimiter|input-format)")
LINES_PER_LABEL = 5
BINS = 10


def score_file(
    predictor: Predictor, path: Path, decision: Decision, on_progress: Callable[[int], None]
) -> tuple[FileSummary, str | None]:
    """Score a file of any format; return the summary, and why the input broke off if it did.

    Ctrl-C ends it with the results so far.
    """
    # Standard input is where the conversation is typed: here "-" is a file of that name.
    given = "./-" if str(path) == "-" else str(path)
    try:
        reader = open_records(InputFile(given))
    except SentimentError as error:
        # /file has no options, the command has.
        command = f"lstm-sentiment predict --input {quote(given)}"
        said = _OPTION.sub(lambda option: f"{command} {option[0]}", str(error))
        raise SentimentError(said.replace("--text-column)", "--text-column NAME)")) from None
    tally = Tally(predictor.labels)
    stopped, broken = False, None
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
        labels=predictor.labels,
        records=tally.records,
        counts=tally.counts,
        histogram=[tally.bins[number] for number in range(BINS)],
        surest=tally.surest,
        unreadable=tally.unreadable,
        undecodable=reader.undecodable(),
        truncated=tally.truncated,
        max_tokens=predictor.tokenizer.max_tokens,
        stopped=stopped,
    )
    return summary, broken


class Tally:
    """Counts windows of scores, and keeps what the summary shows of them."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.records = self.unreadable = self.truncated = 0
        # Every label is counted, and "uncertain" if it occurs.
        self.counts = Counter(dict.fromkeys(labels, 0))
        self.bins: Counter[int] = Counter()
        self.surest: dict[str, list[Line]] = {label: [] for label in labels}

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Count one window."""
        rows = [row for row, record in enumerate(records) if record.text is not None]
        probabilities = scores.probabilities[rows]
        self.counts.update(predicted[row] for row in rows)
        # A probability of 1 belongs to the last interval.
        self.bins.update((probabilities[:, 0] * BINS).astype(int).clip(max=BINS - 1).tolist())
        likeliest = probabilities.argmax(axis=1)
        for column, lines in enumerate(self.surest.values()):
            mine = (likeliest == column).nonzero()[0]
            keep_surest(lines, [records[rows[row]] for row in mine], probabilities[mine, column])
        self.truncated += int(scores.truncated.sum())
        self.unreadable += len(records) - len(rows)
        self.records += len(records)


def keep_surest(kept: list[Line], records: Sequence[Record], probabilities: FloatMatrix) -> None:
    """Keep what is more probable than what is kept, no text twice; of equals, the first."""
    for row in (-probabilities).argsort(kind="stable").tolist():
        probability, (text, _, number, _) = float(probabilities[row]), records[row]
        if len(kept) == LINES_PER_LABEL and probability <= kept[-1].probability:
            return
        if text is not None and all(text != line.text for line in kept):
            kept.append(Line(probability, number, text))
            kept.sort(key=lambda line: (-line.probability, line.number))
            del kept[LINES_PER_LABEL:]
