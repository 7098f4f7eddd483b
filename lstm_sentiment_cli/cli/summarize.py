"""`lstm-sentiment summarize`."""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import OUTPUT, SUMMARY, option
from lstm_sentiment_cli.cli.predict import InputFormat, OutputFile, notes
from lstm_sentiment_cli.cli.terminal import Terminal, counting, is_terminal, print_json
from lstm_sentiment_cli.errors import ExitCode, SentimentError
from lstm_sentiment_cli.figures import PERIODS
from lstm_sentiment_cli.records.formats import (
    OUTPUT_FORMATS,
    either,
    output_format,
)

if TYPE_CHECKING:
    from lstm_sentiment_cli.cli.scoring import Output
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.manifest import Manifest
    from lstm_sentiment_cli.summary.summary import Compared, Summary

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        help="Files of texts, or of texts that predict has scored; - for stdin.",
        show_default=False,
    ),
]
By = Annotated[
    list[str] | None,
    option("--by COLUMN", "A share for each value of this column. Repeatable.", SUMMARY),
]
Over = Annotated[str | None, option("--over COLUMN", "Shares over the times it holds.", SUMMARY)]
Every = Annotated[
    str | None,
    option("--every PERIOD", f"{either(PERIODS)}.", SUMMARY, default="day", values=PERIODS),
]
Timezone = Annotated[
    str,
    option("--timezone NAME", "Time zone of the periods, and of times that name none.", SUMMARY),
]
DayFirst = Annotated[bool, option("--day-first", "Read 3/4/2018 as the third of April.", SUMMARY)]
Compare = Annotated[
    str | None,
    option("--compare COLUMN=A,B", "Show how two values of a column differ.", SUMMARY),
]
Top = Annotated[
    int, option("--top N", "Show the N groups with most texts, the others as the rest.", SUMMARY)
]
Naive = Annotated[
    bool, option("--naive", "Also show the shares that counting the answers gives.", SUMMARY)
]
OutputFormat = Annotated[
    str | None,
    option(
        "--format -f FORMAT",
        f"table, {either(OUTPUT_FORMATS)}.",
        OUTPUT,
        default="by file extension; table for stdout",
        values=("table", *OUTPUT_FORMATS),
    ),
]
Report = Annotated[Path | None, option("--report FILE", "Write an HTML report.", OUTPUT)]


def summarize(
    context: typer.Context,
    files: Files = None,
    *,
    input_format: InputFormat = None,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    model: options.Model = options.DEFAULT_MODEL,
    by: By = None,
    over: Over = None,
    every: Every = None,
    timezone: Timezone = "UTC",
    day_first: DayFirst = False,
    compare: Compare = None,
    top: Top = 20,
    naive: Naive = False,
    output: OutputFile = "-",
    format: OutputFormat = None,  # noqa: A002  # the option's name
    as_json: options.AsJson = False,
    report: Report = None,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Tell how positive files are, by group and over time.

    The share of each label is estimated from how sure the model is of each text, because counting
    the answers finds too much of what is rare. 95% intervals say how far off it may be, and which
    groups differ beyond chance. Texts are scored, unless the files have probabilities, as predict
    writes them.

    Examples:
      lstm-sentiment summarize tweets.csv
      lstm-sentiment summarize tweets.csv --by airline --over date --every week
      lstm-sentiment summarize tweets.csv --compare airline=United,Delta
    """
    if not files and is_terminal(sys.stdin):
        typer.echo(context.get_help())
        return
    from lstm_sentiment_cli.cli.scoring import Output
    from lstm_sentiment_cli.records.reader import InputFile
    from lstm_sentiment_cli.report.writing import Places
    from lstm_sentiment_cli.summary.reading import Split, read
    from lstm_sentiment_cli.summary.summary import read_comparison, summarized
    from lstm_sentiment_cli.summary.times import Periods, zone

    terminal = Terminal(quiet, no_color)
    paths = files or ["-"]
    compared = read_comparison(compare) if compare else None
    _need_over(over, {"every": every, "day_first": day_first})
    periods = Periods(every or "day", zone(timezone), day_first=day_first)
    split = Split(_groups(by or [], compared), over, periods if over else None)
    if top < 1:
        raise SentimentError(f"--top must be 1 or more, got {top}", "top")
    chosen = Output(path=output, format=_format(output, format, as_json=as_json), force=force)
    chosen.check()
    places = Places(report, None, force)
    places.check()
    for note in notes((), () if input_format or delimiter else paths):
        terminal.say(note)
    inputs = [InputFile(path, input_format, text_column, encoding, delimiter) for path in paths]
    with counting(terminal, "texts", shown=paths != ["-"]) as on_progress:
        load, scored_by = partial(_predictor, model), partial(_manifest, model)
        reading = read(inputs, split, load, on_progress, scored_by=scored_by)
        summary = summarized(reading, compared, top)
    for remark in summary.remarks():
        terminal.say(remark)
    _show(summary, chosen, terminal, naive=naive, as_json=as_json)
    if report:
        from lstm_sentiment_cli.report.summary_page import summary_page

        places.write_page(summary_page(summary, naive=naive))
    if reading.broken:
        raise SentimentError(reading.broken)
    if reading.unreadable:
        raise typer.Exit(ExitCode.UNREADABLE_RECORDS)


def _need_over(over: str | None, given: Mapping[str, object]) -> None:
    """Raise SentimentError for options that mean nothing without times."""
    for name, value in given.items():
        if value and not over:
            flag = f"--{name.replace('_', '-')}"
            raise SentimentError(f"{flag} needs --over COLUMN, the column of the times", name)


def _groups(by: Sequence[str], compared: "Compared | None") -> tuple[str, ...]:
    """Return the columns that make the groups; SentimentError if --compare names another."""
    columns = tuple(dict.fromkeys(by))
    if compared and columns not in {(), (compared.column,)}:
        raise SentimentError(
            f"--compare makes the groups by {compared.column}; leave out --by", ("compare", "by")
        )
    return (compared.column,) if compared else columns


def _format(output: str, chosen: str | None, *, as_json: bool) -> str:
    if as_json and (chosen or output != "-"):
        raise SentimentError(
            "--json goes to standard output as a whole; leave out --format and --output, "
            "or choose --format jsonl for rows",
            ("as_json", "format", "output"),
        )
    return chosen or ("table" if output == "-" else output_format(output))


def _predictor(model: str) -> "Predictor":
    from lstm_sentiment_cli.inference.predictor import Predictor, bulk_processes
    from lstm_sentiment_cli.model.locations import find_model

    return Predictor.load(find_model(model), children=bulk_processes())


def _manifest(model: str) -> "Manifest":
    from lstm_sentiment_cli.model.folder import read_manifest
    from lstm_sentiment_cli.model.locations import find_model

    return read_manifest(find_model(model))


def _show(
    summary: "Summary", output: "Output", terminal: Terminal, *, naive: bool, as_json: bool
) -> None:
    if as_json:
        print_json(summary.to_json(naive=naive))
    elif output.format == "table":
        from lstm_sentiment_cli.rendering.summaries import summary_parts

        console = terminal.stdout()
        display = terminal.display(console)
        console.print(summary_parts(summary, display, naive=naive), soft_wrap=True)
    else:
        from lstm_sentiment_cli.cli.scoring import harmless
        from lstm_sentiment_cli.records.record import map_values
        from lstm_sentiment_cli.records.writer import write_rows

        columns, rows = summary.to_rows(naive=naive)
        if output.path == "-" and is_terminal(sys.stdout):
            columns, rows = map_values([columns, rows], harmless)
        write_rows(output, columns, rows)
