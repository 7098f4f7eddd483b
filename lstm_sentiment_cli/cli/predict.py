"""`lstm-sentiment predict`."""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import DATA, MODEL, OUTPUT, option
from lstm_sentiment_cli.cli.terminal import Terminal, is_terminal
from lstm_sentiment_cli.errors import ExitCode, SentimentError
from lstm_sentiment_cli.records.formats import (
    INPUT_FORMATS,
    OUTPUT_FORMATS,
    either,
    output_format,
    tells_format,
)

Texts = Annotated[
    list[str] | None, typer.Argument(metavar="TEXT", help="Texts to score.", show_default=False)
]
Input = Annotated[
    list[str] | None, option("--input -i FILE", "File to score, - for stdin. Repeatable.", DATA)
]
InputFormat = Annotated[
    str | None,
    option(
        "--input-format FORMAT",
        f"{either(INPUT_FORMATS)}.",
        DATA,
        default="by file extension; lines for stdin",
        values=INPUT_FORMATS,
    ),
]
OutputFile = Annotated[str, option("--output -o FILE", "File to write, - for stdout.", OUTPUT)]
OutputFormat = Annotated[
    str | None,
    option(
        "--format -f FORMAT",
        f"table, {either(OUTPUT_FORMATS)}.",
        OUTPUT,
        default="by file extension; tsv in a pipe",
        values=("table", *OUTPUT_FORMATS),
    ),
]
Header = Annotated[bool, option("--header", "Start tsv with column names.", OUTPUT)]
Prefix = Annotated[str, option("--prefix TEXT", "Prefix for the new columns.", OUTPUT)]
Threshold = Annotated[
    float | None,
    option("--threshold P", "Answer positive if its probability is at least P.", MODEL),
]
Uncertain = Annotated[
    str | None,
    option(
        "--uncertain LOW,HIGH",
        "Answer uncertain if the probability of positive is in this band.",
        MODEL,
    ),
]
Explain = Annotated[bool, option("--explain", "Show what each word adds to the answer.", OUTPUT)]
Doubts = Annotated[
    bool,
    option(
        "--doubts",
        "Add reasons not to trust an answer: few known words, not English, no words.",
        OUTPUT,
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
    delimiter: options.Delimiter = None,
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
    for note in notes(texts or (), () if input_format or delimiter else input or ()):
        terminal.say(note)
    files = (
        InputFile(path, input_format, text_column, encoding, delimiter) for path in input or ("-",)
    )
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


def notes(texts: Sequence[str], guessed: Sequence[str]) -> Iterator[str]:
    """Yield what may not be meant: files as texts, and files whose names tell no format."""
    for text in filter(os.path.isfile, texts):
        yield f"note: '{text}' is scored as a text; to score the file, use --input"
        break  # one is enough for a user who typed *.txt
    for path in guessed:
        if path != "-" and not tells_format(path, INPUT_FORMATS):
            yield f"note: {path} is read as plain lines; --input-format names another format"


def _format(texts: list[str] | None, output: str) -> str:
    """Choose what suits the reader: bars for a person who typed texts, tsv for a pipe."""
    if output == "-":
        return "table" if texts and is_terminal(sys.stdout) else "tsv"
    return output_format(output)
