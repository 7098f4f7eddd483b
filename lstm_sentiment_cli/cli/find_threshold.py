"""`lstm-sentiment find-threshold`."""

from typing import TYPE_CHECKING, Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.measurement import Measurement
    from lstm_sentiment_cli.evaluation.threshold import ThresholdChoice

Precision = Annotated[
    float | None,
    typer.Option("--precision", metavar="P", help="Share of right answers wanted of either label."),
]
Label = Annotated[
    str | None,
    typer.Option("--label", metavar="NAME", help="Want the --precision of this label only."),
]
Coverage = Annotated[
    float | None,
    typer.Option(
        "--coverage",
        metavar="C",
        help="Share of the rows to be answered: the surest.",
    ),
]
Objective = Annotated[
    str | None,
    typer.Option(
        "--objective",
        metavar="NAME",
        help="accuracy, average-recall or macro-f1.",
        show_default="accuracy",
    ),
]


def find_threshold(
    data: options.DataFiles,
    *,
    precision: Precision = None,
    label: Label = None,
    coverage: Coverage = None,
    objective: Objective = None,
    model: options.Model = options.DEFAULT_MODEL,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Find the --threshold or the --uncertain band for what you want of a model of two labels.

    With --precision, the band outside of which the answers of either label are so precise, and
    most rows are answered; with --label too, the threshold at which the answers of that label are.
    With --coverage, the band around 0.5 that leaves out the rows the model is least sure of.
    Otherwise the threshold with most of the --objective.

    --json gives one object: model; files; fingerprint; left_out; unreadable; wanted; threshold and
    uncertain, as predict takes them, or null; rows; answered; coverage; accuracy of what is
    answered; by_label (label → answers, precision, recall); gain over threshold 0.5 (objective,
    before, after, difference), or null.
    """
    from lstm_sentiment_cli.cli.measuring import measure
    from lstm_sentiment_cli.evaluation import threshold
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files

    terminal = Terminal(quiet, no_color)
    wanted = threshold.ThresholdGoal(precision, label, coverage, objective)
    predictor = Predictor.load(find_model(model))
    wanted.check(predictor.labels)
    measured = measure(
        predictor,
        data_files(data, text_column, label_column, encoding),
        terminal,
        skip_unreadable=skip_unreadable,
    )
    found = threshold.find_threshold(measured.predictions, wanted)
    if as_json:
        _echo_json(measured, found)
    else:
        _show(found, terminal)
    for remark in found.remarks():
        terminal.say(remark)


def _echo_json(measured: "Measurement", found: "ThresholdChoice") -> None:
    import json

    rows = {
        "model": measured.model,
        "files": measured.files,
        "fingerprint": measured.fingerprint,
        "left_out": measured.left_out,
        "unreadable": measured.unreadable,
    }
    typer.echo(json.dumps(rows | found.to_json(), indent=2))


def _show(found: "ThresholdChoice", terminal: Terminal) -> None:
    from lstm_sentiment_cli.rendering.evaluations import answers_table, figures_table, to_paste

    console = terminal.stdout()
    console.print(to_paste(found.decision), soft_wrap=True)
    console.print(figures_table(found), answers_table(found))
