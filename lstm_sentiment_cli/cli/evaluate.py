"""`lstm-sentiment evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.errors import blaming

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.measurement import Measurement

# Typer exports no name for the error whose exit code is 2.
_UsageError: Any = typer.BadParameter.__base__

Data = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="DATA",
        help="Labelled files: csv, tsv, jsonl or parquet, plain or .gz .zip .bz2 .xz.",
        show_default=False,
    ),
]
Behaviour = Annotated[
    bool,
    typer.Option("--behaviour", help="Ask cases for single capabilities instead of DATA."),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="MODEL|vader|majority",
        help="Compare on the same rows with another model, VADER, or the most frequent label.",
    ),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write all of it as one HTML page."),
]
Plots = Annotated[
    Path | None, typer.Option("--plots", metavar="DIR", help="Write the plots as SVG files.")
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under",
        metavar="NAME=VALUE",
        help="Exit with 4 when a figure is lower, as in accuracy=0.8. Repeatable.",
    ),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-over",
        metavar="NAME=VALUE",
        help="Exit with 4 when a loss is higher: log_loss, brier, ece. Repeatable.",
    ),
]
Record = Annotated[
    str | None,
    typer.Option("--record", metavar="NAME", help="Write the figures into the model's card."),
]


def evaluate(
    context: typer.Context,
    data: Data = None,
    *,
    behaviour: Behaviour = False,
    model: options.Model = options.DEFAULT_MODEL,
    against: Against = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    report: Report = None,
    plots: Plots = None,
    fail_under: FailUnder = None,
    fail_over: FailOver = None,
    record: Record = None,
    force: options.Force = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Measure a model on labelled examples.

    --json gives one object: model; files; fingerprint (sha256 of the examples); left_out (label →
    rows); unreadable; rows; labels; accuracy, average_recall, macro_precision, macro_f1, roc_auc,
    pr_auc, log_loss, brier, ece (calibration error), each with value, low and high (95% interval),
    or null where examples of one label define none; interval_method; by_label (label → precision,
    recall, f1, likewise, and support); confusion (a list for each right label, in it a count for
    each predicted one); slices (kinds of texts, the worst first: name, rows, accuracy, that of the
    rest, and whether it is worse); mistakes (the 20 surest: text, label, predicted, probability,
    file, line); comparison (with --against: peer, both_right, only_first, only_second, both_wrong,
    difference of accuracy, McNemar's p, verdict, figures of the peer; else null).

    --behaviour asks a suite of small cases that comes with the program: negation, emoji, names and
    two dozen other capabilities. Its --json gives model; suite (sha256 of the cases); not_asked
    (cases of labels the model does not have); passed, asked, rate, and the same in by_kind and
    by_capability; failures (all of them: capability, kind, text, other, expected, and of each text
    what was predicted, and the probabilities); comparison. --fail-under takes behaviour=0.7 and
    behaviour.negation=0.6.
    """
    terminal = Terminal(quiet, no_color)
    if behaviour:
        from lstm_sentiment_cli.cli.measuring import check_options, evaluate_suite

        check_options(context)
        evaluate_suite(model, against, fail_under or (), record, terminal, as_json=as_json)
        return
    if not data:
        raise _UsageError("Missing argument 'DATA'.", ctx=context)
    from lstm_sentiment_cli.cli.measuring import measure
    from lstm_sentiment_cli.cli.wanted import end_with, misses, read_wanted
    from lstm_sentiment_cli.evaluation.comparison import open_peer
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files

    _check_places(report, plots, force=force)
    folder = find_model(model)
    predictor = Predictor.load(folder)
    wanted = read_wanted(fail_under or (), fail_over or (), predictor.labels)
    peer = None if against is None else open_peer(against, predictor)
    measured = measure(
        predictor,
        data_files(data, text_column, label_column, encoding),
        terminal,
        peer,
        skip_unreadable=skip_unreadable,
    )
    if record:
        from lstm_sentiment_cli.evaluation.measurement import record_evaluation

        record_evaluation(folder, record, measured)
    _write(measured, folder, report, plots, force=force)
    _show(measured, terminal, as_json=as_json)
    end_with(misses(wanted, measured.evaluation))


def _check_places(report: Path | None, plots: Path | None, *, force: bool) -> None:
    """Raise SentimentError for what cannot be written, before minutes of scoring."""
    if report or plots:
        from lstm_sentiment_cli.report.report import check_plots, check_report, require

        require()
        if report:
            with blaming("report"):
                check_report(report, force=force)
        if plots:
            check_plots(plots, force=force)


def _write(
    measured: "Measurement", folder: Path, report: Path | None, plots: Path | None, *, force: bool
) -> None:
    if report or plots:
        from lstm_sentiment_cli.model.folder import load_artifact
        from lstm_sentiment_cli.report.report import write_plots, write_report

        artifact = load_artifact(folder)
        if report:
            write_report(report, measured, artifact.manifest, artifact.history, force=force)
        if plots:
            write_plots(plots, measured, artifact.history, force=force)


def _show(measured: "Measurement", terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(measured.to_json(), indent=2))
    else:
        from lstm_sentiment_cli.cli.measuring import show

        show(measured, terminal)
