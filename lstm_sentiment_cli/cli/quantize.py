"""`lstm-sentiment quantize`."""

from collections.abc import Sequence
from typing import Any

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal, print_paths
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import counted


def quantize(
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
    """Make a model four times smaller, and faster in bulk.

    Writes a new model with weights in int8, provided that hardly any answers change on 1,000
    labelled examples or more. An int8 model cannot be trained further.

    Examples:
      lstm-sentiment quantize tweets.csv --output models/small
      lstm-sentiment quantize tweets.csv --model mine --output models/mine-int8
    """
    from lstm_sentiment_cli.evaluation.comparison import Peer
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.folder import check_output, load_artifact, reserved, save_artifact
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.training.quantization import checked, quantised
    from lstm_sentiment_cli.training.targets import predictor_of

    terminal = Terminal(quiet, no_color)
    with reserved(output):
        check_output(output, force=force)
        folder = find_model(model)
        if output.resolve() == folder.resolve():
            raise SentimentError(
                f"{output} is the model to quantise, which could then no longer be trained; "
                "choose another --output"
            )
        original, answers = Predictor.load(folder), []

        def answer(texts: Sequence[str]) -> Any:
            answers.append(original.scores(texts).probabilities)
            return answers[-1]

        reduced = quantised(load_artifact(folder))
        measured = options.measure(
            predictor_of(output.name, reduced),
            data_files(data, text_column, label_column, encoding, delimiter),
            terminal,
            Peer(original.name, answer),
            skip_unreadable=skip_unreadable,
        )
        artifact = checked(reduced, measured, answers)
        save_artifact(artifact, output, force=force)
    _report(artifact.manifest.provenance["quantisation"], terminal)
    print_paths(output)


def _report(facts: Any, terminal: Terminal) -> None:
    before, after = facts["accuracy_before"], facts["accuracy_after"]
    terminal.say(f"accuracy: {before:.4f} before, {after:.4f} after")
    terminal.say(
        f"{facts['flipped']:.2%} of {counted(facts['rows'], 'answer')} changed, "
        f"no probability by more than {facts['largest_difference']:.4f}"
    )
