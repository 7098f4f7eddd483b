"""`lstm-sentiment calibrate`."""

from typing import TYPE_CHECKING

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal, print_paths

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.calibration import Recalibration


def calibrate(
    data: options.DataFiles,
    *,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    skip_unreadable: options.SkipUnreadable = False,
    model: options.Model = options.DEFAULT_MODEL,
    output: options.ModelFolder,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Fit a model's probabilities to labelled files.

    Writes a new model that differs in its temperature alone: its answers stay the same, but of the
    answers given with probability 0.9, nine in ten are right. Needs 200 examples or more that the
    model was not trained on.

    Examples:
      lstm-sentiment calibrate tweets.csv --output models/calibrated
      lstm-sentiment calibrate tweets.csv --model mine --output models/mine --force
    """
    from lstm_sentiment_cli.evaluation.calibration import recalibrated, uncalibrated
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.folder import check_output, load_artifact, reserved, save_artifact
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files

    terminal = Terminal(quiet, no_color)
    with reserved(output):
        check_output(output, force=force)
        folder = find_model(model)
        measured = options.measure(
            uncalibrated(Predictor.load(folder)),
            data_files(data, text_column, label_column, encoding, delimiter),
            terminal,
            skip_unreadable=skip_unreadable,
        )
        recalibration = recalibrated(load_artifact(folder), measured)
        save_artifact(recalibration.artifact, output, force=force)
    _report(recalibration, terminal)
    print_paths(output)


def _report(recalibration: "Recalibration", terminal: Terminal) -> None:
    before, after = recalibration.before, recalibration.after
    changes = (
        ("temperature", recalibration.temperature_before, recalibration.temperature_after),
        ("log loss", before.metrics["log_loss"].value, after.metrics["log_loss"].value),
        ("calibration error", before.metrics["ece"].value, after.metrics["ece"].value),
    )
    for name, old, new in changes:
        terminal.say(f"{name}: {old:.4f} before, {new:.4f} after")
    terminal.say(f"measured on the {after.rows:,} examples used for fitting; evaluate it on others")
