"""`lstm-sentiment find-threshold`."""

from typing import Annotated

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import SEARCH, option
from lstm_sentiment_cli.cli.terminal import Terminal, print_json
from lstm_sentiment_cli.figures import OBJECTIVES
from lstm_sentiment_cli.records.formats import either

Precision = Annotated[
    float | None,
    option("--precision P", "Precision that the answers of both labels must have.", SEARCH),
]
Label = Annotated[
    str | None, option("--label NAME", "Require the --precision of this label only.", SEARCH)
]
Coverage = Annotated[
    float | None, option("--coverage C", "Share of the rows to answer, the most confident.", SEARCH)
]
Objective = Annotated[
    str | None,
    option(
        "--objective NAME",
        f"{either(OBJECTIVES)}.",
        SEARCH,
        default=OBJECTIVES[0],
        values=OBJECTIVES,
    ),
]


def find_threshold(
    data: options.DataFiles,
    *,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    delimiter: options.Delimiter = None,
    skip_unreadable: options.SkipUnreadable = False,
    model: options.Model = options.DEFAULT_MODEL,
    precision: Precision = None,
    label: Label = None,
    coverage: Coverage = None,
    objective: Objective = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Choose a --threshold or --uncertain band for predict.

    With --precision: the band that answers the most rows while both labels reach that precision;
    with --label too, the threshold for that label alone. With --coverage: the band around 0.5 that
    leaves out the least confident rows. Otherwise: the threshold that is best by --objective. The
    model must have two labels.

    Examples:
      lstm-sentiment find-threshold tweets.csv
      lstm-sentiment find-threshold tweets.csv --precision 0.9
      lstm-sentiment find-threshold tweets.csv --coverage 0.8 --json
    """
    from lstm_sentiment_cli.evaluation import threshold
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files

    terminal = Terminal(quiet, no_color)
    goal = threshold.ThresholdGoal(precision, label, coverage, objective)
    predictor = Predictor.load(find_model(model))
    goal.check(predictor.labels)
    files = data_files(data, text_column, label_column, encoding, delimiter)
    measured = options.measure(predictor, files, terminal, skip_unreadable=skip_unreadable)
    choice = threshold.find_threshold(measured.predictions, goal)
    if as_json:
        print_json(measured.source() | choice.to_json())
    else:
        from lstm_sentiment_cli.rendering.evaluations import answers_table, figures_table, to_paste

        console = terminal.stdout()
        console.print(to_paste(choice.decision), soft_wrap=True)
        console.print(figures_table(choice), answers_table(choice))
    for remark in choice.remarks():
        terminal.say(remark)
