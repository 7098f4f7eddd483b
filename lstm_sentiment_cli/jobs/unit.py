"""One unit of a job: read, scored and written whole, then recorded as done."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor, Scores
from lstm_sentiment_cli.inference.stream import Counts, score
from lstm_sentiment_cli.jobs.job_plan import Options, Unit
from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.formats import OUTPUT_FORMATS, format_of
from lstm_sentiment_cli.records.reader import open_records
from lstm_sentiment_cli.records.record import Record, output_columns
from lstm_sentiment_cli.records.sources import BrokenInputError
from lstm_sentiment_cli.records.storage import join, make_folder, read_stored, size_of, write_stored
from lstm_sentiment_cli.records.writer import OutputFile, open_writer

RECORDS = "_lstm-sentiment"
DONE = f"{RECORDS}/done"
OTHERWISE = "and go on with --resume"


@dataclass(frozen=True, slots=True)
class Done:
    """What is known of a part that is whole."""

    part: str
    source: str
    bytes: int
    records: int
    unreadable: int  # records without an answer
    undecodable: int
    truncated: int
    wordless: int

    @classmethod
    def read(cls, output: str, part: str) -> "Done | None":
        """Read the record of a part; None if it is not done."""
        content = read_stored(record_path(output, part))
        try:
            return None if content is None else cls(**json.loads(content))
        except (ValueError, TypeError):
            return None  # of no use: the unit is scored again


@dataclass(frozen=True, slots=True)
class Scored:
    """So many records of a unit are scored so far."""

    unit: Unit
    records: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A unit that could not be scored, and why."""

    unit: Unit
    reason: str

    def __str__(self) -> str:
        """Return the file and the reason, which may name the file already."""
        path = self.unit.source.path
        return self.reason if self.reason.startswith(path) else f"{path}: {self.reason}"


Event = Done | Scored | Failed


def record_path(output: str, part: str) -> str:
    """Return where a part is recorded as done."""
    return join(output, f"{DONE}/{part}.json")


def score_unit(
    predictor: Predictor,
    unit: Unit,
    options: Options,
    output: str,
    on_progress: Callable[[int], None] = lambda _records: None,
) -> Done:
    """Write the part of a unit and then its record; SentimentError leaves neither."""
    reader = open_records(unit.input(options))
    place = join(output, unit.part)
    written_as = options.format or format_of(unit.part, OUTPUT_FORMATS) or "tsv"
    try:
        make_folder(place)
        columns = output_columns(
            predictor.labels,
            reader.columns,
            reader.text_column,
            prefix=options.prefix,
            header=reader.header,
            schema=reader.schema,
        )
        file = OutputFile(place, written_as, header=True, force=True)
        with open_writer(file, columns) as write:
            try:
                counts = score(predictor, reader, _Sink(write), options.decision, on_progress)
            except BrokenInputError as error:
                # What `predict` keeps is no whole part.
                raise SentimentError(str(error)) from None
    finally:
        reader.close()
    done = _done(unit, size_of(place), counts, reader.undecodable())
    content = json.dumps(asdict(done)).encode() + b"\n"
    write_stored(record_path(output, unit.part), content, OTHERWISE)
    return done


def answered(
    predictor: Predictor,
    unit: Unit,
    options: Options,
    output: str,
    tell: Callable[[Scored], None] = lambda _scored: None,
) -> Event:
    """Score a unit; what goes wrong with it is an answer, and stops no other."""
    try:
        return score_unit(predictor, unit, options, output, lambda done: tell(Scored(unit, done)))
    except SentimentError as error:
        return Failed(unit, str(error))
    except MemoryError:
        return Failed(unit, "out of memory; give fewer --workers")
    except Exception as error:
        return Failed(unit, f"unexpected {type(error).__name__}: {error}")


def _done(unit: Unit, size: int, counts: Counts, undecodable: int) -> Done:
    return Done(
        unit.part,
        unit.source.path,
        size,
        counts.records,
        counts.unreadable,
        undecodable,
        counts.truncated,
        counts.wordless,
    )


@dataclass(frozen=True, slots=True)
class _Sink:
    write: Callable[[Window], None]

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Write one window."""
        self.write(Window(records, predicted, scores.probabilities))
