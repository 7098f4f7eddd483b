"""`lstm-sentiment predict`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.command_class import DATA, MODEL, OUTPUT
from lstm_sentiment_cli.cli.terminal import Terminal, is_terminal
from lstm_sentiment_cli.errors import ExitCode, SentimentError
from lstm_sentiment_cli.records.formats import INPUT_FORMATS, OUTPUT_FORMATS, either, format_of

Texts = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT", help="Texts to score.", show_default=False),
]
Input = Annotated[
    list[str] | None,
    typer.Option(
        *("--input", "-i"),
        metavar="FILE",
        help="File to score, - for stdin. Repeatable.",
        rich_help_panel=DATA,
    ),
]
InputFormat = Annotated[
    str | None,
    typer.Option(
        "--input-format",
        metavar="FORMAT",
        help=f"{either(INPUT_FORMATS)}.",
        show_default="by file ending; lines for stdin",
        rich_help_panel=DATA,
    ),
]
OutputFile = Annotated[
    str,
    typer.Option(
        *("--output", "-o"),
        metavar="FILE",
        help="File to write, - for stdout.",
        rich_help_panel=OUTPUT,
    ),
]
OutputFormat = Annotated[
    str | None,
    typer.Option(
        *("--format", "-f"),
        metavar="FORMAT",
        help=f"table, {either(OUTPUT_FORMATS)}.",
        show_default="by file ending; tsv in a pipe",
        rich_help_panel=OUTPUT,
    ),
]
Header = Annotated[
    bool, typer.Option("--header", help="Start tsv with column names.", rich_help_panel=OUTPUT)
]
Prefix = Annotated[
    str,
    typer.Option(
        "--prefix", metavar="TEXT", help="Prefix for the new columns.", rich_help_panel=OUTPUT
    ),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="P",
        help="Answer positive from this probability on.",
        rich_help_panel=MODEL,
    ),
]
Uncertain = Annotated[
    str | None,
    typer.Option(
        "--uncertain",
        metavar="LOW,HIGH",
        help="Answer uncertain if the probability of positive is in this band.",
        rich_help_panel=MODEL,
    ),
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain", help="Show what each word adds to the answer.", rich_help_panel=OUTPUT
    ),
]
Doubts = Annotated[
    bool,
    typer.Option(
        "--doubts",
        help="Add reasons not to trust an answer: few known words, not English, no words.",
        rich_help_panel=OUTPUT,
    ),
]


def predict(
    context: typer.Context,
    texts: Texts = None,
    *,
    input: Input = None,  # noqa: A002  # the option's name
    input_format: InputFormat = None,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = "utf-8",
    model: options.Model = options.DEFAULT_MODEL,
    threshold: Threshold = None,
    uncertain: Uncertain = None,
    output: OutputFile = "-",
    format: OutputFormat = None,  # noqa: A002  # the option's name
    explain: Explain = False,
    doubts: Doubts = False,
    header: Header = False,
    prefix: Prefix = "",
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Score texts as positive or negative.

    Texts are arguments, lines of stdin, or the rows of --input files. An answer is one line of
    tab-separated values: the predicted label, the probability of each label, and the text. Files
    keep their columns and gain those of the answer.

    Examples:
      lstm-sentiment predict 'best birthday ever'
      lstm-sentiment predict --input tweets.csv --output scored.csv
      lstm-sentiment predict --explain --format jsonl 'not bad at all'
    """
    if not texts and not input and is_terminal(sys.stdin):
        typer.echo(context.get_help())
        return
    if texts and input:
        raise SentimentError("give texts or --input, not both; repeat --input per file", "input")
    from lstm_sentiment_cli.cli.scoring import Inputs, Output, run
    from lstm_sentiment_cli.inference.decision import rule
    from lstm_sentiment_cli.records.reader import InputFile

    terminal = Terminal(quiet, no_color)
    for text in filter(os.path.isfile, texts or ()):
        terminal.say(f"note: '{text}' is scored as a text; to score the file, use --input")
        break  # one is enough for a user who typed *.txt
    files = (InputFile(path, input_format, text_column, encoding) for path in input or ("-",))
    counts = run(
        Inputs(tuple(texts or ()), tuple(files)),
        Output(
            path=output,
            format=format or _format(texts, output),
            explain=explain,
            doubts=doubts,
            header=header,
            prefix=prefix,
            force=force,
        ),
        model,
        rule(threshold, uncertain),
        terminal,
    )
    if counts.unreadable:
        raise typer.Exit(ExitCode.UNREADABLE_RECORDS)


def _format(texts: list[str] | None, output: str) -> str:
    """Choose what suits the reader: bars for a person who typed texts, tsv for a pipe."""
    if output == "-":
        return "table" if texts and is_terminal(sys.stdout) else "tsv"
    return format_of(Path(output).name) or "tsv"
