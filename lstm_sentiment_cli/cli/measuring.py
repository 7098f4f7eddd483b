"""Labelled files through a model, as several commands ask for it."""

import json
from collections.abc import Sequence

import typer

from lstm_sentiment_cli.cli.settings import NEARER
from lstm_sentiment_cli.cli.terminal import Terminal, counting
from lstm_sentiment_cli.cli.wanted import (
    behaviour_figures,
    end_with,
    misses_of,
    read_wanted_of_behaviour,
)
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.behaviour import BehaviourResult, evaluate_behaviour, read_suite
from lstm_sentiment_cli.evaluation.comparison import Peer, open_peer
from lstm_sentiment_cli.evaluation.measurement import Measurement, evaluate_files, record_behaviour
from lstm_sentiment_cli.figures import verdict
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.labelled import DataFile
from lstm_sentiment_cli.rendering.evaluations import (
    behaviour_table,
    comparison_table,
    confusion_table,
    failure_lines,
    label_table,
    metrics_table,
    mistake_lines,
    slice_table,
    some_failures,
)
from lstm_sentiment_cli.rendering.style import visible


def measure(
    predictor: Predictor,
    files: Sequence[DataFile],
    terminal: Terminal,
    against: Peer | None = None,
    *,
    skip_unreadable: bool,
) -> Measurement:
    """Measure a model on labelled files; say how far it is, and what was left out.

    A peer is measured on the same rows.
    """
    with counting(terminal, "examples") as on_progress:
        measured = evaluate_files(
            predictor, files, against, skip_unreadable=skip_unreadable, on_progress=on_progress
        )
    for remark in measured.remarks():
        terminal.say(remark)
    return measured


_MOST_MISTAKES = 10


def show(measured: Measurement, terminal: Terminal) -> None:
    """Print the figures, what was mistaken for what, where it goes wrong, and the comparison."""
    console = terminal.stdout()
    figures, comparison = measured.evaluation, measured.comparison
    if comparison:
        console.print(comparison_table(measured.model, figures, comparison))
    else:
        console.print(metrics_table(figures))
    console.print(label_table(figures), confusion_table(figures), slice_table(measured.slices))
    if measured.mistakes:
        lines = mistake_lines(
            measured.mistakes[:_MOST_MISTAKES],
            terminal.display(console),
            several_files=len(measured.files) > 1,
        )
        console.print(lines, soft_wrap=True)
    if comparison:
        console.print()
        said = verdict(measured.model, comparison.peer, comparison.paired.to_json())
        console.print(visible(said))


_MOST_FAILURES = 10
# Options that speak of DATA, or of what is written about it.
_OF_DATA = (
    *("text_column", "label_column", "encoding", "skip_unreadable"),
    *("report", "plots", "fail_over", "force"),
)


def check_options(context: typer.Context) -> None:
    """Raise SentimentError for what was typed beside --behaviour and would do nothing.

    What a settings file says of DATA is passed over: it is meant for the other runs.
    """
    for name in _OF_DATA:
        source = context.get_parameter_source(name)
        if source is not None and source.name in NEARER:
            flag = "--" + name.replace("_", "-")
            raise SentimentError(f"{flag} has no meaning with --behaviour; leave one of them out")
    if data := context.params["data"]:
        raise SentimentError(
            f"--behaviour asks cases of its own, not {data[0]}; leave one of them out"
        )


def evaluate_suite(
    model: str,
    against: str | None,
    fail_under: Sequence[str],
    record: str | None,
    terminal: Terminal,
    *,
    as_json: bool,
) -> None:
    """Ask a model the behaviour suite, show what it passes, and record that if it is wanted."""
    folder = find_model(model)
    predictor = Predictor.load(folder)
    suite = read_suite()
    asked = suite.asked_of(predictor.labels)
    wanted = read_wanted_of_behaviour(fail_under, {case.capability: None for case in asked})
    peer = None if against is None else open_peer(against, predictor)
    behaviour = evaluate_behaviour(predictor, peer, suite)
    if behaviour.not_asked:
        terminal.say(f"not asked: {behaviour.not_asked:,} cases of labels that the model has not")
    if record:
        record_behaviour(folder, record, behaviour)
    if as_json:
        typer.echo(json.dumps(behaviour.to_json(), indent=2))
    else:
        _show(behaviour, terminal)
    end_with(misses_of(wanted, behaviour_figures(behaviour.rates)))


def _show(behaviour: BehaviourResult, terminal: Terminal) -> None:
    console = terminal.stdout()
    console.print(behaviour_table(behaviour))
    if failures := some_failures(behaviour, _MOST_FAILURES):
        console.print(failure_lines(failures, terminal.display(console)), soft_wrap=True)
        if more := len(behaviour.failures) - len(failures):
            console.print(f"and {more:,} more failures: --json has all of them")
    if comparison := behaviour.comparison:
        facts = comparison.paired.to_json()
        said = verdict(behaviour.model, comparison.peer, facts, of="pass rate", rows="cases")
        console.print()
        console.print(visible(said))
