"""`lstm-sentiment evaluate`."""

from typing import Annotated

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.counting import counting
from lstm_sentiment_cli.cli.terminal import Terminal

Record = Annotated[
    str | None,
    typer.Option("--record", metavar="NAME", help="Write the figures into the model's card."),
]


def evaluate(
    data: options.DataFiles,
    *,
    model: options.Model = options.DEFAULT_MODEL,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    record: Record = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Measure a model on labelled examples.

    --json gives one object: model; files; fingerprint (sha256 of the examples); left_out (label →
    rows); unreadable; rows; labels; accuracy, with value, low and high (95% interval);
    average_recall; macro_precision; macro_f1; log_loss; brier; ece (calibration error); by_label
    (label → precision and recall with intervals, f1, support); confusion (a list for each right
    label, in it a count for each predicted one).
    """
    from lstm_sentiment_cli.evaluation.run import evaluate_files
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.examples import DataFile
    from lstm_sentiment_cli.rendering.metrics import confusion_table, label_table, metrics_table

    terminal = Terminal(quiet, no_color)
    files = [
        DataFile(path, text_column=text_column, label_column=label_column, encoding=encoding)
        for path in data
    ]
    folder = find_model(model)
    predictor = Predictor.load(folder)
    with counting(terminal, "examples") as on_progress:
        measured = evaluate_files(
            predictor, files, skip_unreadable=skip_unreadable, on_progress=on_progress
        )
    for remark in measured.remarks():
        terminal.say(remark)
    if record:
        from lstm_sentiment_cli.evaluation.record import record_evaluation

        record_evaluation(folder, record, measured)
    if as_json:
        import json

        typer.echo(json.dumps(measured.to_json(), indent=2))
    else:
        figures = measured.evaluation
        tables = (metrics_table(figures), label_table(figures), confusion_table(figures))
        terminal.stdout().print(*tables)
