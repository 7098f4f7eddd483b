"""models: list, show, verify, path."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import Command, option
from lstm_sentiment_cli.cli.terminal import Terminal, is_terminal, print_json, print_paths
from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.rendering.style import visible

app = options.command_group("List, inspect and verify models.")

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="A name or a folder; by default that of --model.",
        show_default=False,
        autocompletion=options.model_names,
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
        print_json([each.to_json() for each in found])
        return
    from lstm_sentiment_cli.rendering.cards import models_table

    terminal = Terminal(quiet, no_color)
    terminal.stdout().print(models_table(found))
    for each in found:
        if each.problem:
            terminal.say(each.problem)
        elif each.shadowed:
            terminal.say(f"another model is found first for '{each.name}'; use {each.folder}")


@app.command(cls=Command)
def show(
    name: Name = None,
    model: options.Model = options.DEFAULT_MODEL,
    *,
    full: Annotated[bool, option("--full", "Show the whole card, in a pager.")] = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Show a model's description, metrics and intended use.

    In a pipe, its whole card is printed, as Markdown.

    Examples:
      lstm-sentiment models show
      lstm-sentiment models show default --full
      lstm-sentiment models show three-class --json
    """
    from lstm_sentiment_cli.model.card import card, measured_on, objects_in, opening
    from lstm_sentiment_cli.model.folder import load_artifact

    with _folder(name, model) as folder:
        artifact = load_artifact(folder)
    title, manifest, metrics = folder.resolve().name, artifact.manifest, artifact.metrics
    if as_json:
        facts = {"manifest": asdict(manifest), "metrics": metrics}
        print_json({"name": title, "folder": str(folder)} | facts)
        return
    text = card(title, manifest, metrics, artifact.tokenizer)
    if not is_terminal(sys.stdout):
        typer.echo("\n".join(map(visible, text.split("\n"))), nl=False)
        return
    from lstm_sentiment_cli.rendering.cards import model_card, model_summary

    terminal = Terminal(quiet, no_color)
    console = terminal.stdout()
    if full:
        terminal.page(model_card(text, terminal.display(console)))
    else:
        about = opening(manifest).replace("`", "")
        measured = [*measured_on(metrics), *objects_in(metrics.get("behaviour"))]
        console.print(model_summary(about, measured, name or model))


@app.command(cls=Command)
def verify(
    name: Name = None,
    model: options.Model = options.DEFAULT_MODEL,
    as_json: options.AsJson = False,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Check that no file of a model has changed, and that it answers.

    Exit code 1 if any file has changed since the model was saved, or a word has no answer.

    Examples:
      lstm-sentiment models verify
      lstm-sentiment models verify three-class --json
    """
    from lstm_sentiment_cli.model.folder import verify_folder
    from lstm_sentiment_cli.model.manifest import REMEDY

    with _folder(name, model) as folder:
        checks = verify_folder(folder)
        if not any(check.problem for check in checks):
            from lstm_sentiment_cli.inference.predictor import Predictor

            Predictor.load(folder).check()
    if as_json:
        print_json([check._asdict() for check in checks])
    else:
        lines = [f"bad  {each.problem}" if each.problem else f"ok   {each.name}" for each in checks]
        typer.echo("\n".join(map(visible, lines)))
    bad = [check.name for check in checks if check.problem]
    if bad:
        have = "has" if len(bad) == 1 else "have"
        raise SentimentError(
            f"model folder {folder}: {len(bad)} of {len(checks)} files {have} changed: "
            f"{', '.join(bad)}; {REMEDY}",
            () if name else "model",
        )


@app.command(cls=Command)
def path(
    name: Name = None,
    model: options.Model = options.DEFAULT_MODEL,
    _quiet: options.Quiet = False,
    _no_color: options.NoColor = False,
) -> None:
    """Show the folder of a model.

    Examples:
      lstm-sentiment models path
      lstm-sentiment models path three-class
    """
    with _folder(name, model) as folder:
        print_paths(folder.absolute())


@contextmanager
def _folder(name: str | None, model: str) -> Iterator[Path]:
    """Give the folder of NAME or, without it, of --model; errors are about the one that counts."""
    from lstm_sentiment_cli.model.locations import find_model

    with blaming("name" if name else "model", instead_of="model"):
        yield find_model(name or model)
