"""`lstm-sentiment evaluate`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.command_class import DATA, MODEL, OUTPUT
from lstm_sentiment_cli.cli.settings import NEARER
from lstm_sentiment_cli.cli.terminal import Terminal, print_json
from lstm_sentiment_cli.errors import SentimentError, blaming

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.behaviour import BehaviourResult
    from lstm_sentiment_cli.evaluation.measurement import Measurement

# Typer exports no name for the error whose exit code is 2.
_UsageError: Any = typer.BadParameter.__base__

Behaviour = Annotated[
    bool,
    typer.Option(
        "--behaviour",
        help="Test single capabilities on built-in cases, in place of DATA.",
        rich_help_panel=DATA,
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="MODEL|vader|majority",
        help="Compare with another model, VADER or the most frequent label, on the same rows.",
        rich_help_panel=MODEL,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="Write an HTML report.", rich_help_panel=OUTPUT),
]
Plots = Annotated[
    Path | None,
    typer.Option(
        "--plots", metavar="DIR", help="Write the plots as SVG files.", rich_help_panel=OUTPUT
    ),
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under",
        metavar="NAME=VALUE",
        help="Exit with 4 if a metric is lower, as in accuracy=0.8. Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
FailOver = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-over",
        metavar="NAME=VALUE",
        help="Exit with 4 if log_loss, brier or ece is higher. Repeatable.",
        rich_help_panel=OUTPUT,
    ),
]
Record = Annotated[
    str | None,
    typer.Option(
        "--record",
        metavar="NAME",
        help="Add the metrics to the model's card, under this name.",
        rich_help_panel=OUTPUT,
    ),
]


def evaluate(
    context: typer.Context,
    data: options.OptionalDataFiles = None,
    *,
    behaviour: Behaviour = False,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: options.Encoding = "utf-8",
    skip_unreadable: options.SkipUnreadable = False,
    model: options.Model = options.DEFAULT_MODEL,
    against: Against = None,
    report: Report = None,
    plots: Plots = None,
    record: Record = None,
    fail_under: FailUnder = None,
    fail_over: FailOver = None,
    force: options.Force = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Measure a model on labelled files.

    Shows metrics with 95% intervals, the confusion matrix, the kinds of text the model is worse
    on, and its most confident mistakes. --behaviour needs no data: it tests negation, emoji,
    names and two dozen other capabilities on small cases; --fail-under then takes behaviour=0.7
    and behaviour.negation=0.6.

    Examples:
      lstm-sentiment evaluate tweets.csv
      lstm-sentiment evaluate tweets.csv --against majority
      lstm-sentiment evaluate --behaviour --fail-under behaviour=0.7
    """
    terminal = Terminal(quiet, no_color)
    if behaviour:
        _check_options(context)
        _evaluate_behaviour(model, against, fail_under or (), record, terminal, as_json=as_json)
        return
    if not data:
        raise _UsageError("Missing argument 'DATA'.", ctx=context)
    from lstm_sentiment_cli.cli.requirements import enforce, metrics_of, read_requirements
    from lstm_sentiment_cli.evaluation.comparison import open_peer
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model
    from lstm_sentiment_cli.records.labelled import data_files

    _check_places(report, plots, force=force)
    folder = find_model(model)
    predictor = Predictor.load(folder)
    requirements = read_requirements(fail_under or (), fail_over or (), predictor.labels)
    peer = None if against is None else open_peer(against, predictor)
    files = data_files(data, text_column, label_column, encoding)
    measured = options.measure(predictor, files, terminal, peer, skip_unreadable=skip_unreadable)
    if record:
        from lstm_sentiment_cli.evaluation.measurement import record_evaluation

        record_evaluation(folder, record, measured)
    _write(measured, folder, report, plots, force=force)
    if as_json:
        print_json(measured.to_json())
    else:
        _show(measured, terminal)
    enforce(requirements, metrics_of(measured.evaluation))


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


_MOST_MISTAKES = 10


def _show(measured: "Measurement", terminal: Terminal) -> None:
    """Print the metrics, the confusion matrix, slices, mistakes and the comparison."""
    from lstm_sentiment_cli.figures import verdict
    from lstm_sentiment_cli.rendering import evaluations as tables
    from lstm_sentiment_cli.rendering.style import visible

    console = terminal.stdout()
    evaluation, comparison = measured.evaluation, measured.comparison
    if comparison:
        console.print(tables.comparison_table(measured.model, evaluation, comparison))
    else:
        console.print(tables.metrics_table(evaluation))
    console.print(
        tables.label_table(evaluation),
        tables.confusion_table(evaluation),
        tables.slice_table(measured.slices),
    )
    if measured.mistakes:
        lines = tables.mistake_lines(
            measured.mistakes[:_MOST_MISTAKES],
            terminal.display(console),
            several_files=len(measured.files) > 1,
        )
        console.print(lines, soft_wrap=True)
    if comparison:
        console.print()
        facts = comparison.paired.to_json()
        console.print(visible(verdict(measured.model, comparison.peer, facts)))


# Options that are about DATA, or about what is written of it.
_OF_DATA = (
    *("text_column", "label_column", "encoding", "skip_unreadable"),
    *("report", "plots", "fail_over", "force"),
)


def _check_options(context: typer.Context) -> None:
    """Raise SentimentError for what was typed beside --behaviour and would have no effect.

    What a settings file says about DATA is passed over: it is meant for other runs.
    """
    for name in _OF_DATA:
        source = context.get_parameter_source(name)
        if source is not None and source.name in NEARER:
            flag = "--" + name.replace("_", "-")
            raise SentimentError(f"{flag} has no effect with --behaviour; leave one of them out")
    if data := context.params["data"]:
        raise SentimentError(
            f"--behaviour tests built-in cases, not {data[0]}; leave one of them out"
        )


def _evaluate_behaviour(
    model: str,
    against: str | None,
    fail_under: Sequence[str],
    record: str | None,
    terminal: Terminal,
    *,
    as_json: bool,
) -> None:
    """Run the behaviour suite, show what the model passes, and record it if asked to."""
    from lstm_sentiment_cli.cli import requirements
    from lstm_sentiment_cli.evaluation.behaviour import evaluate_behaviour, read_suite
    from lstm_sentiment_cli.evaluation.comparison import open_peer
    from lstm_sentiment_cli.evaluation.measurement import record_behaviour
    from lstm_sentiment_cli.inference.predictor import Predictor
    from lstm_sentiment_cli.model.locations import find_model

    folder = find_model(model)
    predictor = Predictor.load(folder)
    suite = read_suite()
    capabilities = dict.fromkeys(case.capability for case in suite.asked_of(predictor.labels))
    required = requirements.read_behaviour_requirements(fail_under, capabilities)
    peer = None if against is None else open_peer(against, predictor)
    behaviour = evaluate_behaviour(predictor, peer, suite)
    if behaviour.not_asked:
        terminal.say(f"skipped {behaviour.not_asked:,} cases of labels that the model lacks")
    if record:
        record_behaviour(folder, record, behaviour)
    if as_json:
        print_json(behaviour.to_json())
    else:
        _show_behaviour(behaviour, terminal)
    requirements.enforce(required, requirements.behaviour_metrics(behaviour.rates))


_MOST_FAILURES = 10


def _show_behaviour(behaviour: "BehaviourResult", terminal: Terminal) -> None:
    from lstm_sentiment_cli.figures import verdict
    from lstm_sentiment_cli.rendering import evaluations as tables
    from lstm_sentiment_cli.rendering.style import visible

    console = terminal.stdout()
    console.print(tables.behaviour_table(behaviour))
    if failures := tables.some_failures(behaviour, _MOST_FAILURES):
        console.print(tables.failure_lines(failures, terminal.display(console)), soft_wrap=True)
        if more := len(behaviour.failures) - len(failures):
            console.print(f"and {more:,} more failures: --json lists all of them")
    if comparison := behaviour.comparison:
        facts = comparison.paired.to_json()
        said = verdict(behaviour.model, comparison.peer, facts, of="pass rate", rows="cases")
        console.print()
        console.print(visible(said))
