"""`lstm-sentiment predict`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal, is_terminal
from lstm_sentiment_cli.errors import ExitCode, SentimentError

Texts = Annotated[
    list[str] | None,
    typer.Argument(metavar="TEXT", help="Texts to score.", show_default=False),
]
Input = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", metavar="FILE", help="File to score; - is stdin. Repeatable."),
]
InputFormat = Annotated[
    str | None,
    typer.Option(
        "--input-format",
        metavar="FORMAT",
        help="lines, csv, tsv, jsonl or parquet.",
        show_default="by ending; lines for stdin",
    ),
]
OutputFile = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Where answers go; - is stdout.")
]
OutputFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, tsv, csv, jsonl or parquet.",
        show_default="by ending; tsv in a pipe",
    ),
]
Header = Annotated[bool, typer.Option("--header", help="Begin tsv with the columns' names.")]
Prefix = Annotated[
    str, typer.Option("--prefix", metavar="TEXT", help="Put before the names of our columns.")
]
Threshold = Annotated[
    float | None,
    typer.Option("--threshold", metavar="P", help="Answer positive from this probability on."),
]
Uncertain = Annotated[
    str | None,
    typer.Option("--uncertain", metavar="LOW,HIGH", help="Answer uncertain in this band."),
]
Explain = Annotated[bool, typer.Option("--explain", help="Say what each word adds to the answer.")]


def predict(
    context: typer.Context,
    texts: Texts = None,
    *,
    input: Input = None,  # noqa: A002  # the option's name
    input_format: InputFormat = None,
    text_column: options.TextColumn = None,
    encoding: options.Encoding = "utf-8",
    output: OutputFile = "-",
    format: OutputFormat = None,  # noqa: A002  # the option's name
    header: Header = False,
    prefix: Prefix = "",
    threshold: Threshold = None,
    uncertain: Uncertain = None,
    explain: Explain = False,
    model: options.Model = options.DEFAULT_MODEL,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Give the probability that each text is positive, and negative.

    Texts come as arguments, from files with --input, or line by line from stdin.
    In a pipe an answer is one line: predicted, probabilities, text, with tabs between.
    """
    if not texts and not input and is_terminal(sys.stdin):
        typer.echo(context.get_help())
        return
    if texts and input:
        raise SentimentError(
            "give texts or --input, not both; each file has an --input of its own", "input"
        )
    from lstm_sentiment_cli.cli.scoring import Request, run
    from lstm_sentiment_cli.records.reader import InputFile

    terminal = Terminal(quiet, no_color)
    for text in filter(os.path.isfile, texts or ()):
        terminal.say(f"note: '{text}' is scored as a text; the file of that name: --input")
        break  # one is enough to tell who has typed *.txt
    request = Request(
        texts=tuple(texts or ()),
        files=tuple(
            InputFile(path, input_format, text_column, encoding) for path in input or ("-",)
        ),
        output=output,
        format=format or _format(texts, output),
        header=header,
        prefix=prefix,
        threshold=threshold,
        uncertain=uncertain,
        explain=explain,
        model=model,
        force=force,
    )
    if run(request, terminal).unreadable:
        raise typer.Exit(ExitCode.UNREADABLE_RECORDS)


def _format(texts: list[str] | None, output: str) -> str:
    """Choose what fits who reads: bars for a person who typed texts, tsv for a pipe."""
    if output == "-":
        return "table" if texts and is_terminal(sys.stdout) else "tsv"
    from lstm_sentiment_cli.records.formats import format_of

    return format_of(Path(output).name) or "tsv"
