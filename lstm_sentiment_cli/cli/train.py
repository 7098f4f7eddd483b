"""`lstm-sentiment train`."""

from pathlib import Path
from typing import Annotated

import typer

from lstm_sentiment_cli.cli.training_options import (
    TrainingOptions,
    data_option,
    training_option,
    with_training_options,
)

Validation = Annotated[
    list[Path] | None,
    data_option(
        "--validation", metavar="FILE", help="Validate on this file instead of a part of DATA."
    ),
]
Share = Annotated[
    float, data_option("--share", metavar="X", help="Use this share of the rows of each file.")
]
Parent = Annotated[
    str | None,
    training_option("--from", metavar="NAME|PATH", help="Continue from the weights of this model."),
]
Teacher = Annotated[
    list[str] | None,
    training_option(
        "--teacher", metavar="NAME|PATH", help="Learn the answers of this model too. Repeatable."
    ),
]


@with_training_options
def train(
    given: TrainingOptions,
    *,
    validation: Validation = None,
    share: Share = 1.0,
    parent: Parent = None,
    teacher: Teacher = None,
) -> None:
    """Train a model on labelled files.

    Press Ctrl-C once to finish with the best epoch so far; twice to stop, and continue later with
    --resume.

    Examples:
      lstm-sentiment train tweets.csv --output models/mine
      lstm-sentiment train corrections.csv --from default --output models/corrected
      lstm-sentiment train --config best.toml --epochs 4 --output models/mine
    """
    from lstm_sentiment_cli.training.recipe import check_place, with_share

    recipe = given.recipe()
    read = given.reader(with_share(recipe.data, share), given.files(validation or ()))
    place = given.place()
    check_place(place)
    from lstm_sentiment_cli.cli.live_progress import show_result, training_progress
    from lstm_sentiment_cli.training.preflight import start

    with (
        training_progress(given.terminal) as listener,
        given.said_when_stopped(
            "continue after the last finished epoch with --resume",
            resumable=place.checkpoint.exists,
        ),
    ):
        trained = start(
            read, recipe, place, parent=parent, teachers=teacher or (), listener=listener
        )
    show_result(trained, given.terminal)
    typer.echo(place.folder)
