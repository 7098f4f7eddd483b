"""`lstm-sentiment data describe`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.counting import counting
from lstm_sentiment_cli.cli.terminal import Terminal

if TYPE_CHECKING:
    from lstm_sentiment_cli.records.describe import Description

Labels = Annotated[
    str | None,
    typer.Option(
        "--labels", metavar="A,B[,C]", help="Labels to look at.", show_default="all there are"
    ),
]


def describe(
    files: options.DataFiles,
    *,
    labels: Labels = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Show what labelled files hold: labels, lengths, and the words that tell labels apart.

    The words are those of the highest z-scores of log-odds ratios (Monroe, Colaresi and Quinn
    2008); here and elsewhere count how often texts of this label, and of others, hold them.

    --json gives one object: rows; by_label, by_file, left_out (name → rows); unreadable; empties;
    duplicates; contradictions; with_signs (sign → texts); lengths (words in a text: mean, median,
    percentile_95, longest); histogram (a list of first, last, texts); max_tokens;
    over_max_tokens; telling_words (label → a list of word, z, here, elsewhere).
    """
    from lstm_sentiment_cli.records.data_file import DataFile
    from lstm_sentiment_cli.records.describe import describe as description_of
    from lstm_sentiment_cli.training.config import parse_labels
    from lstm_sentiment_cli.training.hyperparameters import preset

    terminal = Terminal(quiet, no_color)
    with counting(terminal, "texts") as on_progress:
        found = description_of(
            [
                DataFile(
                    path, text_column=text_column, label_column=label_column, encoding=encoding
                )
                for path in files
            ],
            parse_labels(labels) if labels else None,
            max_tokens=preset("default").max_tokens,
            on_progress=on_progress,
        )
    if as_json:
        import json
        from dataclasses import asdict

        typer.echo(json.dumps(asdict(found), indent=2))
    else:
        _show(found, terminal)


def _show(found: "Description", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering import description as shown
    from lstm_sentiment_cli.rendering.blocks import draws_blocks

    console = terminal.stdout()
    unicode = draws_blocks(console.encoding, os.environ.get("TERM"))
    console.print(
        shown.headline(found),
        shown.label_balance(found, console.width, unicode=unicode),
        "",
        shown.length_line(found),
        shown.length_histogram(found, console.width, unicode=unicode),
        shown.facts_table(found),
        shown.telling_tables(found, unicode=unicode),
        sep="\n",
    )
