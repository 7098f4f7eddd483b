"""`lstm-sentiment train`."""

from pathlib import Path
from typing import Annotated

from lstm_sentiment_cli.cli.options import DATA, TRAINING, model_names, option
from lstm_sentiment_cli.cli.terminal import print_paths
from lstm_sentiment_cli.cli.training_options import TrainingOptions, with_training_options
from lstm_sentiment_cli.training.hyperparameters import CONTINUING

Validation = Annotated[
    list[Path] | None,
    option("--validation FILE", "Validate on this file instead of a part of DATA.", DATA),
]
Share = Annotated[float, option("--share X", "Use this share of the rows of each file.", DATA)]
_STEPS = ", ".join(f"--{name.replace('_', '-')} {value}" for name, value in CONTINUING.items())
Parent = Annotated[
    str | None,
    option(
        "--from NAME|PATH",
        f"Continue from the weights of this model; unless given, {_STEPS}.",
        TRAINING,
        values=model_names,
    ),
]


@with_training_options
def train(
    given: TrainingOptions,
    *,
    validation: Validation = None,
    share: Share = 1.0,
    parent: Parent = None,
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
    files = with_share(recipe.data, share)
    read = given.reader(files, given.files(validation or ()), recipe.named)
    place = given.place()
    check_place(place)
    from lstm_sentiment_cli.cli.live_progress import show_result, training_progress
    from lstm_sentiment_cli.training.preflight import start

    with (
        training_progress(given.terminal) as listener,
        given.said_when_stopped(
            "use --resume to continue after the last finished epoch",
            resumable=place.checkpoint.exists,
        ),
    ):
        trained = start(read, recipe, place, parent=parent, listener=listener)
    show_result(trained, given.terminal)
    print_paths(place.folder)
