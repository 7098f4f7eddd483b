"""`lstm-sentiment label`."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import DATA, OUTPUT, option
from lstm_sentiment_cli.cli.settings import given_by
from lstm_sentiment_cli.cli.terminal import Terminal, is_terminal
from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import PICKS, counted
from lstm_sentiment_cli.records.formats import is_uri
from lstm_sentiment_cli.rendering.style import Display, is_dumb, visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.labelling.labeller import Labeller

File = Annotated[Path, typer.Argument(metavar="FILE", help="Texts to label.", show_default=False)]
LabelsFile = Annotated[str, option("--output -o FILE", "The csv file of labels.", OUTPUT)]
Pick = Annotated[
    str,
    option(
        "--pick WHICH",
        "Which texts are asked: random, uncertain (to the model), or mixed, half of each.",
        DATA,
        values=PICKS,
    ),
]
Except = Annotated[
    list[Path] | None,
    option("--except FILE", "Ask none of the texts in this file. Repeatable.", DATA),
]
Seed = Annotated[int, option("--seed N", "Seed of the order in which texts are asked.", DATA)]
Show = Annotated[bool, option("--show", "Show the model's answer before yours.", OUTPUT)]


def label(
    context: typer.Context,
    file: File,
    *,
    output: LabelsFile,
    pick: Pick = "mixed",
    excluded: Except = None,
    seed: Seed = 1,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    model: options.Model = options.DEFAULT_MODEL,
    show: Show = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Label texts by hand, one key for each.

    Each answer is saved before the next text appears; the same command goes on later. Half of the
    texts are drawn at random, and tell how often the model is right on your texts; the others are
    those it is least sure of. Train on the file with train --from. Without a terminal that can be
    drawn on, answers are lines of stdin.

    Examples:
      lstm-sentiment label tweets.csv --output labels.csv
      lstm-sentiment label tweets.csv --except labels.csv --output check.csv
    """
    from lstm_sentiment_cli.labelling.advice import Session, closing
    from lstm_sentiment_cli.labelling.candidates import read_candidates, same, texts_in
    from lstm_sentiment_cli.labelling.label_file import open_labels
    from lstm_sentiment_cli.labelling.labeller import Labeller, label_keys
    from lstm_sentiment_cli.labelling.picking import Scorer
    from lstm_sentiment_cli.model.folder import read_manifest
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import AT_RANDOM, DataFile
    from lstm_sentiment_cli.records.reader import InputFile

    _check(file, output, pick)
    path = Path(output)
    terminal = Terminal(quiet, no_color)
    folder = find_model(model)
    labels = read_manifest(folder).labels
    label_keys(labels)  # that there are enough keys
    texts = DataFile(file, None, text_column, encoding, delimiter, label_column=label_column)
    # Texts inside of other fields stand in a column of their own in what this command writes.
    of_labels = None if text_column and "." in text_column else text_column
    others = (InputFile(path, text_column=of_labels) for path in excluded or ())
    not_asked = {same(text) for other in others for text in texts_in(other)}
    candidates = read_candidates(texts, labels, seed, not_asked)
    for remark in candidates.remarks:
        terminal.say(remark)
    with open_labels(path, candidates.columns) as labels_file:
        labels_file.require(labels, model)
        if not (candidates.drawn or candidates.pool or labels_file.asked):
            raise SentimentError(f"{file} has no text without a label; name another", "input")
        answered = [each.text for each in labels_file.asked]
        # Nothing is picked from the pool if all is drawn at random.
        pool = [] if pick == AT_RANDOM else [each.text for each in candidates.pool]
        with Scorer(partial(_load, folder), pool, answered) as scorer:
            labeller = Labeller(labels, candidates, labels_file, scorer, picks=pick, seed=seed)
            _converse(labeller, show=show, no_color=no_color)
        session = Session(_typed(context), str(file), model, measuring=bool(excluded))
        for line in () if quiet else closing(labeller, session):
            typer.echo(visible(line))


def _check(file: Path, output: str, pick: str) -> None:
    """Raise SentimentError for options that cannot be."""
    if pick not in PICKS:
        raise SentimentError(
            f"unknown --pick '{pick}'{suggestion(pick, PICKS)}; choose from {', '.join(PICKS)}",
            "pick",
        )
    if str(file) == "-":
        raise SentimentError("answers come from stdin, so texts cannot; name a file")
    if is_uri(output):
        raise SentimentError(f"{output}: labels are written on this machine; name a file", "output")
    if file.exists() and Path(output).exists() and file.samefile(output):
        raise SentimentError(
            f"{output} is the file of the texts; name another with --output", "output"
        )


def _load(folder: Path) -> "Predictor":
    from lstm_sentiment_cli.inference.predictor import Predictor  # slow: while texts are read

    return Predictor.load(folder)


def _converse(labeller: "Labeller", *, show: bool, no_color: bool) -> None:
    """Ask on a screen, or in a pipe or a terminal that only appends lines in lines."""
    from lstm_sentiment_cli.labelling.conversation import Conversation, converse_in_lines

    before = counted(len(labeller.file.asked), "answer")
    said = f"going on after {before}" if labeller.file.asked else ""
    talk = Conversation(labeller, show=show, said=said)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    if is_terminal(sys.stdin) and is_terminal(sys.stdout) and not is_dumb():
        from lstm_sentiment_cli.labelling.screen import converse_on_screen

        converse_on_screen(talk, no_color=no_color)
    else:
        converse_in_lines(talk, Display.of(80, sys.stdout.encoding))


def _typed(context: typer.Context) -> tuple[str, ...]:
    """Return the arguments and options as they were given after the command's name."""
    words: list[str] = []
    for parameter in context.command.params:
        name = str(parameter.name)
        value = context.params.get(name)
        if not given_by(context, name).startswith("-"):
            words += [str(value)] if parameter.param_type_name == "argument" else []
            continue
        for each in value if isinstance(value, list | tuple) else [value]:
            words += [max(parameter.opts, key=len), *([] if each is True else [str(each)])]
    return tuple(words)
