"""What a session ends with: what was labelled, and what to do next."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted
from lstm_sentiment_cli.labelling.conversation import accuracy_line
from lstm_sentiment_cli.labelling.label_file import SKIPPED, Columns
from lstm_sentiment_cli.labelling.labeller import Labeller
from lstm_sentiment_cli.records.profile import FEWEST_EXAMPLES
from lstm_sentiment_cli.records.record import find_label_column, find_text_column

# Labels, until training is advised; benchmarks/adaptation.py tells what they are worth.
ENOUGH = 100


class Session(NamedTuple):
    """How the command was called."""

    arguments: tuple[str, ...]  # after `lstm-sentiment label`
    file: str
    model: str
    measuring: bool  # whether texts that a model was trained on are left out


def closing(labeller: Labeller, session: Session) -> Iterator[str]:
    """Yield lines: what the file holds, how often the model is right, and the next command."""
    counts = labeller.by_label()
    skipped = counts.pop(SKIPPED, 0)
    spread = f" ({', '.join(f'{label} {count:,}' for label, count in counts.items())})"
    tail = f", {skipped:,} skipped" if skipped else ""
    texts = counted(labeller.labelled, "text")
    yield f"{labeller.file.path}: {texts} labelled{spread if counts else ''}{tail}"
    if said := accuracy_line(labeller):
        yield said
    what, words = _next(labeller, session)
    yield f"{what}:" if words else what
    if words:
        yield f"  {shlex.join(['lstm-sentiment', *words])}"


def _next(labeller: Labeller, session: Session) -> tuple[str, Sequence[str]]:
    """Return what to do next and its command."""
    path, model = str(labeller.file.path), session.model
    columns = _column_options(labeller.file.columns)
    again = ("label", *session.arguments)
    if not labeller.labelled:
        return "to go on", again
    if session.measuring:
        against = () if model == "default" else ("--against", "default")
        measure = ("evaluate", path, *columns, "--only-random", "--model", model, *against)
        return "to measure the model on them", measure
    if labeller.was_learnt():
        check = ("--except", path, "--pick", "random", "--model", model, "--output", "check.csv")
        return "to measure the model, label texts that it has not seen", (
            "label",
            session.file,
            *check,
        )
    counts = Counter(each.label for each in labeller.file.asked)
    rarest = min(labeller.labels, key=lambda label: counts[label])
    few = counts[rarest] < FEWEST_EXAMPLES
    if labeller.question is None and not labeller.waiting:
        if few:
            return f"no text is left; to train, {FEWEST_EXAMPLES} texts must be {rarest}", ()
    elif few or labeller.labelled < ENOUGH:
        until = f"to {ENOUGH} labels or more"
        if labeller.labelled >= ENOUGH:
            until = f"until {FEWEST_EXAMPLES} texts are {rarest}"
        return f"to go on, {until}", again
    trained = ("train", path, *columns, "--from", model, "--output", _free_folder())
    return "to train a model on them", trained


def _column_options(columns: Columns) -> tuple[str, ...]:
    """Return the options without which other commands would not find the columns."""
    names = columns.names
    given: tuple[str, ...] = ()
    for find, option, name in (
        (find_text_column, "--text-column", columns.text),
        (find_label_column, "--label-column", columns.label),
    ):
        try:
            found = find(names, None, "")
        except SentimentError:
            found = ""
        given += () if found == name else (option, name)
    return given


def _free_folder() -> str:
    """Return a folder for a new model."""
    folders = ("models/mine", *(f"models/mine-{number}" for number in range(2, 1000)))
    return next((each for each in folders if not Path(each).exists()), folders[0])
