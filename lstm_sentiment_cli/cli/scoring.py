"""What `predict`, and `repl` without a terminal, do: open, score, write, report."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_sentiment_cli.cli.terminal import Terminal, counting, is_terminal
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.predictor import Predictor, Scores, bulk_processes
from lstm_sentiment_cli.inference.stream import Counts, Sink, score
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.formats import (
    CONTAINERS,
    FORMATS,
    OUTPUT_FORMATS,
    check_format,
    either,
    ending_of,
)
from lstm_sentiment_cli.records.reader import InputFile, RecordReader, open_records, other_encoding
from lstm_sentiment_cli.records.record import OutputColumns, Record, map_values, output_columns
from lstm_sentiment_cli.records.writer import OutputFile, open_writer
from lstm_sentiment_cli.rendering.style import Display, visible

if TYPE_CHECKING:
    from rich.console import Console

    from lstm_sentiment_cli.inference.explanation import Doubts, Explanation


def argument_reader(arguments: Sequence[str]) -> RecordReader:
    """Return texts of the command line as the records of plain lines, all in one window."""
    texts = [_decoded(argument) for argument in arguments]
    pairs = zip(arguments, texts, strict=True)
    undecodable = sum("\ufffd" in text and text != argument for argument, text in pairs)
    records = list(map(Record, texts, repeat(None), count(1), repeat(None)))
    return RecordReader([], "text", lambda _: iter([records]), undecodable=lambda: undecodable)


def _chained(files: Sequence[InputFile], *, same_columns: bool) -> RecordReader:
    """Read several inputs, one after the other, with the columns of the first.

    All are opened to see that they are there. Files are opened again when their turn comes: only
    one of many is open, and read ahead, at a time.
    """
    readers: list[RecordReader] = []
    closed = [Path(file.path).is_file() for file in files]
    for number, file in enumerate(files):
        readers.append(open_records(file))
        if closed[number]:
            readers[number].close()
        if same_columns and readers[number].columns != readers[0].columns:
            raise SentimentError(
                f"{file.path} has different columns from {files[0].path}; score them one by "
                "one, or with --format tsv",
                ("format", "input"),
            )

    def read(size: int) -> Iterator[Sequence[Record]]:
        for number, file in enumerate(files):
            if closed[number]:
                readers[number] = open_records(file)
            yield from readers[number].windows(size)

    def close() -> None:
        for reader in readers:
            reader.close()

    def undecodable() -> int:
        return sum(reader.undecodable() for reader in readers)

    def likely_encoding() -> str | None:
        return next(filter(None, (reader.likely_encoding() for reader in readers)), None)

    alike = all(reader.schema == readers[0].schema for reader in readers)
    return replace(
        readers[0],
        read=read,
        close=close,
        undecodable=undecodable,
        likely_encoding=likely_encoding,
        schema=readers[0].schema if alike else None,
    )


@dataclass(frozen=True, slots=True)
class Inputs:
    """What to score: texts, or else files, "-" for standard input."""

    texts: tuple[str, ...] = ()
    files: tuple[InputFile, ...] = (InputFile("-"),)

    def open(self, *, same_columns: bool) -> RecordReader:
        """Open everything before the first record is read: all files must be there."""
        if self.texts:
            return argument_reader(self.texts)
        if [file.path for file in self.files].count("-") > 1:
            raise SentimentError(
                "standard input can be read only once; name it once with --input -"
            )
        if len(self.files) > 1:
            return _chained(self.files, same_columns=same_columns)
        return open_records(self.files[0])


def _decoded(argument: str) -> str:
    r"""Replace what is not a character: "caf\udce9" → "caf\ufffd"."""
    try:
        # Python hides bytes of no character in lone surrogates; if it was started without UTF-8,
        # those of good characters too.
        return argument.encode(errors="surrogateescape").decode(errors="replace")
    except UnicodeEncodeError:  # half a character, as Windows allows
        return argument.encode(errors="surrogatepass").decode(errors="replace")


_TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(OutputFile):
    """Where answers go, and in which form."""

    explain: bool = False
    doubts: bool = False
    prefix: str = ""

    def check(self) -> None:
        """Raise SentimentError for what is known to fail before anything is opened."""
        check_format(self.format, (_TABLE, *OUTPUT_FORMATS), "format")
        if self.path == "-":
            return
        if self.format == _TABLE:
            raise SentimentError(
                f"--format table is for terminals only; a file can be {either(OUTPUT_FORMATS)}",
                "format",
            )
        compression = ending_of(self.path)
        if compression in CONTAINERS:
            raise SentimentError(
                f"{self.path}: compressed output is not supported; leave out {compression} and "
                "compress it afterwards"
            )


def run(
    inputs: Inputs, output: Output, model: str, decision: Decision, terminal: Terminal
) -> Counts:
    """Score all inputs; report on stderr what could not be read or was cut."""
    output.check()
    format_ = FORMATS.get(output.format)
    reader = inputs.open(same_columns=format_ is not None and format_.same_columns)
    predictor = Predictor.load(find_model(model), children=bulk_processes())
    decision.check(predictor.labels)
    from_files = not inputs.texts and [file.path for file in inputs.files] != ["-"]
    # Progress is not drawn over the answers when both go to the same terminal.
    shown = from_files and terminal.data_elsewhere(output.path)
    with (
        _sink(inputs, output, reader, predictor, terminal) as sink,
        counting(terminal, "texts", shown=shown) as on_progress,
    ):
        counts = score(predictor, reader, sink, decision, on_progress)
    max_tokens = predictor.tokenizer.max_tokens
    for remark in _remarks(counts, reader, inputs, output, max_tokens):
        terminal.say(remark)
    return counts


def _remarks(
    counts: Counts, reader: RecordReader, inputs: Inputs, output: Output, max_tokens: int
) -> Iterator[str]:
    """Yield what a user should know of records that were not scored as they are."""
    of_all = f"of {counted(counts.records, 'record')}"
    if first := counts.first_unreadable:
        which = f"line {first.line}" + (" of its file" if len(inputs.files) > 1 else "")
        yield (
            f"{counts.unreadable:,} {of_all} could not be read and have no prediction, "
            f"the first at {which}: {first.problem}"
        )
    if undecodable := reader.undecodable():
        encoding = inputs.files[0].encoding
        way_on = "" if inputs.texts else f"; {other_encoding(encoding, reader.likely_encoding())}"
        yield f"{undecodable:,} {of_all} had bytes that are not {encoding}, read as U+FFFD{way_on}"
    if counts.wordless and not _bars(inputs, output):  # which say so themselves, as a table does
        yield f"{counts.wordless:,} {of_all} had no words to go by: do not rely on such answers"
    if counts.truncated and output.format != _TABLE:
        yield f"{counts.truncated:,} {of_all} had more than the {max_tokens} tokens that are read"


def _bars(inputs: Inputs, output: Output) -> bool:
    """Whether answers are drawn as bars: one text, for a person."""
    return output.format == _TABLE and len(inputs.texts) == 1


@contextmanager
def _sink(
    inputs: Inputs, output: Output, reader: RecordReader, predictor: Predictor, terminal: Terminal
) -> Iterator[Sink]:
    if output.format == _TABLE:
        console = terminal.stdout()
        yield _TableSink(
            console, terminal.display(console), predictor, output, _bars(inputs, output)
        )
        return
    shown = output.path == "-" and is_terminal(sys.stdout)
    columns = output_columns(
        predictor.labels,
        reader.columns,
        reader.text_column,
        prefix=output.prefix,
        explained=output.explain,
        doubted=output.doubts,
        header=[visible(name) if shown else name for name in reader.header],
        schema=reader.schema,
    )
    if shown:
        columns = OutputColumns(*map_values([*columns], harmless))
    with open_writer(output, columns, terminal.say) as write:
        yield _WriterSink(write, predictor, output, shown)


@dataclass(frozen=True, slots=True)
class _WriterSink:
    """Writes records with their answers and the optional columns: explanation, doubts."""

    write: Callable[[Window], None]
    predictor: Predictor
    output: Output
    shown: bool  # whether a terminal shows it; control characters, which it acts on, are replaced

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Write one window."""
        added = self._added(records) if self.output.explain or self.output.doubts else []
        if self.shown:
            records = [Record(*map_values([*record], harmless)) for record in records]
            added = map_values(added, harmless)
            predicted = map_values(predicted, harmless)
        self.write(Window(records, predicted, scores.probabilities, added))

    def _added(self, records: Sequence[Record]) -> list[list[object]]:
        """Return the values of the columns on demand by record; none where there is no text.

        They are [units, reasons to doubt], and of more than two labels [label, units, reasons].
        """
        added = []
        for explanation, doubts in _on_demand(records, self.predictor, self.output):
            values: list[object] = []
            if explanation:
                values += [explanation.label] if len(self.predictor.labels) > 2 else []
                values.append([each.to_json() for each in explanation.contributions])
            added.append([*values, doubts.reasons()] if doubts else values)
        return added


@dataclass(frozen=True, slots=True)
class _TableSink:
    """Shows a line for each text, or bars for a single one, explained or doubted if asked."""

    console: "Console"
    display: Display
    predictor: Predictor
    output: Output
    bars: bool

    def take(self, records: Sequence[Record], predicted: list[str], scores: Scores) -> None:
        """Show one window."""
        from lstm_sentiment_cli.inference.sentiment_model import Answer, predictions
        from lstm_sentiment_cli.rendering.answers import answer_table, answered, doubts_of
        from lstm_sentiment_cli.rendering.cells import fitted_line

        shown = replace(self.output, doubts=self.output.doubts or self.bars)
        answers = [
            Answer(record.text, prediction, self.predictor, doubts, explanation)
            for record, prediction, (explanation, doubts) in zip(
                records,
                predictions(scores, self.predictor.labels, predicted),
                _on_demand(records, self.predictor, shown),
                strict=True,
            )
            if record.text is not None
        ]
        if not answers:
            return
        draw = answered if self.bars else answer_table
        self.console.print(draw(answers, self.display), soft_wrap=True)
        for answer in [] if self.bars else answers:
            if answer.doubts and (reasons := doubts_of(answer.doubts)):
                line = f"{', '.join(reasons)}: {answer.text}"
                self.console.print(fitted_line(line, self.display, "dim"), soft_wrap=True)


def _on_demand(
    records: Sequence[Record], predictor: Predictor, output: Output
) -> "Iterator[tuple[Explanation | None, Doubts | None]]":
    """Yield explanation and doubts of each record; None where not asked for, or without a text."""
    from lstm_sentiment_cli.inference.explanation import doubts, explain

    texts = [record.text for record in records if record.text is not None]
    explanations = iter(explain(predictor, texts) if output.explain else ())
    for record in records:
        if record.text is None:
            yield None, None
        else:
            doubted = doubts(predictor, record.text) if output.doubts else None
            yield next(explanations, None), doubted


def harmless(value: Any) -> Any:
    """Return a text with its control characters replaced, and other values as they are."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    return visible(text) if isinstance(text, str) else value
