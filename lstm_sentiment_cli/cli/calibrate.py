"""`lstm-sentiment calibrate`."""

from typing import TYPE_CHECKING

import typer

from lstm_sentiment_cli.cli import options, training_options
from lstm_sentiment_cli.cli.terminal import Terminal

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.calibration import Recalibration


def calibrate(
    data: options.DataFiles,
    *,
    output: training_options.Output,
    model: options.Model = options.DEFAULT_MODEL,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Make a model's probabilities honest on labelled examples, as a new model folder.

    Only the temperature changes: no text gets another answer, but of the answers that are 90% sure
    nine in ten are right. It takes 200 examples or more, on which the model was not trained.
    """
    from lstm_sentiment_cli.cli.measuring import measure
    from lstm_sentiment_cli.evaluation.calibration import recalibrated, uncalibrated
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.folder import check_output, load_artifact, save_artifact
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files

    terminal = Terminal(quiet, no_color)
    check_output(output, force=force)
    folder = find_model(model)
    measured = measure(
        uncalibrated(Predictor.load(folder)),
        data_files(data, text_column, label_column, encoding),
        terminal,
        skip_unreadable=skip_unreadable,
    )
    recalibration = recalibrated(load_artifact(folder), measured)
    save_artifact(recalibration.artifact, output, force=force)
    _say(recalibration, terminal)
    typer.echo(output)


def _say(recalibration: "Recalibration", terminal: Terminal) -> None:
    before, after = recalibration.before, recalibration.after
    changes = (
        ("temperature", recalibration.temperature_before, recalibration.temperature_after),
        ("log loss", before.log_loss.value, after.log_loss.value),
        ("calibration error", before.ece.value, after.ece.value),
    )
    for name, old, new in changes:
        terminal.say(f"{name}: {old:.4f} before, {new:.4f} after")
    terminal.say(
        f"on the {after.rows:,} examples that it was fitted on: measure it on others with evaluate"
    )
