"""models: list, show, verify, path."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.command_class import Command
from lstm_sentiment_cli.cli.terminal import Terminal, print_json
from lstm_sentiment_cli.errors import SentimentError, blaming

if TYPE_CHECKING:
    from rich.table import Table

    from lstm_sentiment_cli.model.overview import Overview

app = options.command_group("List, inspect and verify models.")

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="A name or a folder; by default that of --model.",
        show_default=False,
    ),
]


@app.command("list", cls=Command)
def list_models(
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """List the available models.

    Models are found in ./models first, then in your user data folder, then in the package.

    Examples:
      lstm-sentiment models list
      lstm-sentiment models list --json
    """
    from lstm_sentiment_cli.model.overview import overviews

    found = overviews()
    if as_json:
        print_json([asdict(each) for each in found])
        return
    terminal = Terminal(quiet, no_color)
    terminal.stdout().print(_table(found))
    for each in found:
        if each.problem:
            terminal.say(each.problem)
        elif each.shadowed:
            terminal.say(f"another model is found first for '{each.name}'; use {each.folder}")


@app.command(cls=Command)
def show(
    name: Name = None,
    model: options.Model = options.DEFAULT_MODEL,
    as_json: options.AsJson = False,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Show a model's card and metrics.

    Examples:
      lstm-sentiment models show
      lstm-sentiment models show three-class --json
    """
    from lstm_sentiment_cli.model.card import card
    from lstm_sentiment_cli.model.folder import load_artifact
    from lstm_sentiment_cli.rendering.style import visible

    with _folder(name, model) as folder:
        artifact = load_artifact(folder)
    if as_json:
        facts = {"manifest": asdict(artifact.manifest), "metrics": artifact.metrics}
        print_json({"name": folder.resolve().name, "folder": str(folder)} | facts)
    else:
        text = card(folder.resolve().name, artifact.manifest, artifact.metrics, artifact.tokenizer)
        typer.echo("\n".join(map(visible, text.split("\n"))), nl=False)


@app.command(cls=Command)
def verify(
    name: Name = None,
    model: options.Model = options.DEFAULT_MODEL,
    as_json: options.AsJson = False,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Check that no file of a model has changed.

    Exit code 1 if one is not as it was when the model was saved.

    Examples:
      lstm-sentiment models verify
      lstm-sentiment models verify three-class --json
    """
    from lstm_sentiment_cli.model.folder import verify_folder
    from lstm_sentiment_cli.rendering.style import visible

    with _folder(name, model) as folder:
        checks = verify_folder(folder)
    if as_json:
        print_json([check._asdict() for check in checks])
    else:
        lines = [f"bad  {each.problem}" if each.problem else f"ok   {each.name}" for each in checks]
        typer.echo("\n".join(map(visible, lines)))
    bad = [check.name for check in checks if check.problem]
    if bad:
        raise SentimentError(
            f"model folder {folder}: {len(bad)} of {len(checks)} files are not as they were: "
            f"{', '.join(bad)}; copy the folder again or train the model anew",
            () if name else "model",
        )


@app.command(cls=Command)
def path(
    name: Name = None,
    model: options.Model = options.DEFAULT_MODEL,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Show which folder a model's name stands for.

    Examples:
      lstm-sentiment models path
      lstm-sentiment models path three-class
    """
    with _folder(name, model) as folder:
        # As bytes: a file's name need not be text, and `cd "$(…)"` needs it as it is.
        typer.echo(os.fsencode(folder.absolute()))


@contextmanager
def _folder(name: str | None, model: str) -> Iterator[Path]:
    """Give the folder of NAME or, without it, of --model; errors are about the one that counts."""
    from lstm_sentiment_cli.model.locations import find_model

    with blaming("name" if name else "model", instead_of="model"):
        yield find_model(name or model)


def _table(found: "list[Overview]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from lstm_sentiment_cli.rendering.style import visible

    table = Table("name", "labels", "accuracy", "rows", "trained", "from", box=None, pad_edge=False)
    for each in found:
        cells = (
            each.name,
            ", ".join(each.labels or ("damaged",)),
            "" if each.accuracy is None else f"{each.accuracy:.3f}",
            "" if each.rows is None else f"{each.rows:,}",
            (each.created or "")[:10],
            f"{each.source} (shadowed)" if each.shadowed else each.source,
        )
        table.add_row(*(Text(visible(cell), overflow="fold") for cell in cells))
    return table
