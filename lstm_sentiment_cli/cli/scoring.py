"""What `predict`, and `repl` without a terminal, do: open, score, write, and say what happened."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count, repeat
from typing import Protocol

from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.prediction import Scores
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.score import Counts, Sink, score
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.read import open_records
from lstm_sentiment_cli.records.record import Record, RecordReader
from lstm_sentiment_cli.records.write import Writer, open_writer


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be scored, how, and where to."""

    texts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ("-",)
    input_format: str | None = None
    text_column: str | None = None
    encoding: str = "utf-8"
    output: str = "-"
    format: str = "tsv"
    header: bool = False
    prefix: str = ""
    threshold: float | None = None
    uncertain: str | None = None
    model: str = "default"
    force: bool = False


def run(request: Request, terminal: Terminal) -> Counts:
    """Score everything the request names; say on stderr what could not be read or was cut."""
    decision = Decision(request.threshold, parse_band(request.uncertain))
    readers = _readers(request)
    predictor = Predictor.load(find_model(request.model))
    decision.check(predictor.labels)
    with _sink(request, readers, predictor, terminal) as sink, _progress(request, terminal) as tell:
        counts = score(predictor, _Together(readers), sink, decision, tell)
    for number, what in (
        (counts.unreadable, "could not be read; its prediction is empty"),
        (
            sum(reader.undecodable for reader in readers),
            f"held bytes that are not {request.encoding}",
        ),
        (counts.truncated, f"was cut after {predictor.tokenizer.max_tokens} tokens"),
    ):
        if number:
            terminal.say(f"{number:,} of {counts.records:,} records: {what}")
    return counts


def parse_band(band: str | None) -> tuple[float, float] | None:
    """Read the uncertain band: "0.4,0.6" → (0.4, 0.6)."""
    if band is None:
        return None
    try:
        low, high = map(float, band.split(","))
    except ValueError:
        raise SentimentError(f"--uncertain wants LOW,HIGH, as 0.4,0.6; got '{band}'") from None
    return low, high


class _Reader(Protocol):
    columns: list[str]
    text_column: str

    @property
    def undecodable(self) -> int: ...

    def windows(self, size: int) -> Iterator[list[Record]]: ...


class _Arguments:
    """Texts of the command line, as the records of plain lines."""

    text_column = "text"
    undecodable = 0

    def __init__(self, texts: Sequence[str]) -> None:
        self.columns: list[str] = []
        # Bytes of no character come from the shell as lone surrogates, which no one can print.
        self._texts = [text.encode(errors="replace").decode() for text in texts]

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield all of them: the shell bounds how many there can be."""
        del size
        yield list(map(Record, self._texts, repeat(None), count(1), repeat(None)))


@dataclass(frozen=True, slots=True)
class _Together:
    """Several inputs, one after the other."""

    readers: Sequence[_Reader]

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield the windows of each."""
        return chain.from_iterable(reader.windows(size) for reader in self.readers)


def _readers(request: Request) -> Sequence[_Reader]:
    if request.texts:
        return [_Arguments(request.texts)]
    readers: list[RecordReader] = [
        open_records(
            path,
            format=request.input_format,
            text_column=request.text_column,
            encoding=request.encoding,
        )
        for path in request.paths
    ]
    for path, reader in zip(request.paths, readers, strict=True):
        if request.format != "tsv" and reader.columns != readers[0].columns:
            raise SentimentError(
                f"'{path}' has other columns than '{request.paths[0]}'; score them one by one, "
                "or with --format tsv"
            )
    return readers


@dataclass(frozen=True, slots=True)
class _WriterSink:
    writer: Writer

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Write one window."""
        self.writer.write(records, predicted, scores.probabilities)


@contextmanager
def _sink(
    request: Request, readers: Sequence[_Reader], predictor: Predictor, terminal: Terminal
) -> Iterator[Sink]:
    if request.format == "table":
        if request.output != "-":
            raise SentimentError(
                "a table is for the terminal; a file is tsv, csv, jsonl or parquet"
            )
        from lstm_sentiment_cli.cli.table import TableSink

        yield TableSink(terminal.stdout(), predictor)
        return
    with open_writer(
        request.format,
        request.output,
        labels=predictor.labels,
        reader_columns=readers[0].columns,
        text_column=readers[0].text_column,
        header=request.header,
        prefix=request.prefix,
        force=request.force,
    ) as writer:
        yield _WriterSink(writer)


@contextmanager
def _progress(request: Request, terminal: Terminal) -> Iterator[Callable[[Counts], None]]:
    """Show on stderr how far a file is, unless the answers run over the same terminal."""
    files = not request.texts and request.paths != ("-",)
    if not (files and terminal.animated and terminal.data_elsewhere(request.output)):
        yield lambda _counts: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} texts"), TimeElapsedColumn())
    with Progress(*columns, console=terminal.stderr(), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda counts: progress.update(task, completed=counts.records)
