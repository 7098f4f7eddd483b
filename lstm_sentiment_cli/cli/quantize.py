"""`lstm-sentiment quantize`."""

from typing import TYPE_CHECKING

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import SentimentError

if TYPE_CHECKING:
    from lstm_sentiment_cli.training.quantization import Quantisation


def quantize(
    data: options.DataFiles,
    *,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    model: options.Model = options.DEFAULT_MODEL,
    output: options.ModelFolder,
    force: options.Force = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Make a model four times smaller, and faster in bulk.

    Writes a new model with weights in int8, provided that hardly an answer changes on 1,000
    labelled examples or more. An int8 model cannot be trained further.

    Examples:
      lstm-sentiment quantize tweets.csv --output models/small
      lstm-sentiment quantize tweets.csv --model mine --output models/mine-int8
    """
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.folder import check_output, load_artifact, save_artifact
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.training.quantization import Original, checked, quantised
    from lstm_sentiment_cli.training.targets import predictor_of

    terminal = Terminal(quiet, no_color)
    check_output(output, force=force)
    folder = find_model(model)
    if output.resolve() == folder.resolve():
        raise SentimentError(
            f"{output} is the model to quantize, which could then not be trained further; "
            "choose another --output"
        )
    original = Original(Predictor.load(folder))
    reduced = quantised(load_artifact(folder))
    measured = options.measure(
        predictor_of(output.name, reduced),
        data_files(data, text_column, label_column, encoding),
        terminal,
        original.as_peer(),
        skip_unreadable=skip_unreadable,
    )
    quantisation = checked(reduced, measured, original)
    save_artifact(quantisation.artifact, output, force=force)
    _report(quantisation, terminal)
    typer.echo(output)


def _report(quantisation: "Quantisation", terminal: Terminal) -> None:
    before, after = quantisation.before.accuracy.value, quantisation.after.accuracy.value
    terminal.say(f"accuracy: {before:.4f} before, {after:.4f} after")
    terminal.say(
        f"{quantisation.changed:.2%} of {quantisation.after.rows:,} answers changed, "
        f"no probability by more than {quantisation.largest:.3f}"
    )
