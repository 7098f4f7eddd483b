"""`lstm-sentiment tune`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lstm_sentiment_cli.cli import options, training_options
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.cli.training_options import with_knobs

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.fitting import Estimate
    from lstm_sentiment_cli.tuning.plan import Plan
    from lstm_sentiment_cli.tuning.search import Search, SearchListener, TrialResult
    from lstm_sentiment_cli.tuning.selection import Tuned

SpaceFile = Annotated[
    Path | None,
    typer.Option("--space", metavar="FILE", help="TOML: the values that are tried, by knob."),
]
Folds = Annotated[int, typer.Option("--folds", metavar="N", help="Parts of cross-validation.")]
Trials = Annotated[
    int | None,
    typer.Option(
        "--trials",
        metavar="N",
        help="Points of the space to try, at most.",
        show_default="30, or as many as --time-budget allows",
    ),
]
TimeBudget = Annotated[
    str | None,
    typer.Option(
        "--time-budget", metavar="2h|45m|90s", help="Begin no trial that would end later."
    ),
]
Chooser = Annotated[
    str, typer.Option("--algorithm", metavar="NAME", help="bayesian, random or grid.")
]
Measure = Annotated[
    str, typer.Option("--objective", metavar="NAME", help="What is compared: log-loss or accuracy.")
]
Holdout = Annotated[
    float,
    typer.Option(
        "--holdout", metavar="X", help="Share that no trial sees, for an honest comparison; or 0."
    ),
]
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", help="Processes that train at the same time.")
]
NoPrune = Annotated[
    bool, typer.Option("--no-prune", help="Train prune_reason trials on all folds, too.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show space, plan and time it takes; write nothing.")
]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on with a tuning that was stopped or killed.")
]


@partial(with_knobs, without={"validation_fraction"})
def tune(
    data: training_options.Data = None,
    *,
    output: training_options.Output,
    config: training_options.Config = None,
    data_folder: training_options.DataFolder = None,
    preset: training_options.Preset = None,
    labels: training_options.Labels = None,
    weight: training_options.Weight = None,
    text_column: options.TextColumn = None,
    label_column: options.LabelColumn = None,
    encoding: training_options.Encoding = None,
    skip_unreadable: options.SkipUnreadable = False,
    space: SpaceFile = None,
    folds: Folds = 5,
    trials: Trials = None,
    time_budget: TimeBudget = None,
    algorithm: Chooser = "bayesian",
    objective: Measure = "log-loss",
    holdout: Holdout = 0.1,
    workers: Workers = 1,
    no_prune: NoPrune = False,
    dry_run: DryRun = False,
    resume: Resume = False,
    force: options.Force = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
    knobs: dict[str, Any],
) -> None:
    """Choose hyperparameters by cross-validation, and train a model with the best.

    The first trial is the reference network, which the best is compared with on held-out rows.
    A knob given here is the same in all trials. The search is kept beside the model, in
    FOLDER-search, with best.toml for train --config.

    Ctrl-C once ends the search and trains with the best so far; twice stops, and --resume goes on.

    --json gives one object: folder; search_folder; what was asked (algorithm, objective, folds);
    trials, complete (how many were measured on all folds), seconds, stopped (why it ended early,
    or null); trial (the best) and its score, reference and reference_score (mean, deviation,
    folds); comparison on the rows held out (or null); leaderboard (all trials, the best first).
    """
    from lstm_sentiment_cli.records.labelled import data_files
    from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS, read_recipe
    from lstm_sentiment_cli.tuning.launch import check_places, estimate, planned, start
    from lstm_sentiment_cli.tuning.plan import check_holdout, checked_search
    from lstm_sentiment_cli.tuning.space import read_space

    terminal = Terminal(quiet, no_color)
    asked = read_recipe(config, folder=data_folder, preset_name=preset, knobs=knobs, labels=labels)
    search = checked_search(
        read_space(space, asked, knobs),
        asked.labels or DEFAULT_LABELS,
        folds=folds,
        trials=trials,
        time_budget=time_budget,
        objective=objective,
        algorithm=algorithm,
        prune=not no_prune,
        workers=workers,
    )
    check_holdout(holdout)
    named = partial(
        data_files, text_column=text_column, label_column=label_column, encoding=encoding
    )
    chosen = training_options.chosen_files((*asked.data, *named(data or ())), weight)
    read = training_options.reader(chosen, (), skip_unreadable=skip_unreadable, terminal=terminal)
    if not dry_run:
        check_places(output, force=force, resume=resume)
    with _listener(search, terminal) as listener, _stopped(output, terminal):
        plan = planned(read, search, holdout, asked.hyperparameters, listener)
        if dry_run:
            time = estimate(plan, listener)
        else:
            tuned = start(plan, output, force=force, resume=resume, listener=listener)
    if dry_run:
        _show_plan(plan, time, terminal, as_json=as_json)
    else:
        _show_tuned(tuned, plan, output, terminal, as_json=as_json)


def _show_plan(plan: "Plan", time: "Estimate", terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        _echo_json(plan.to_json() | {"estimate": time.to_json()})
        return
    from rich.text import Text

    from lstm_sentiment_cli.rendering.searches import plan_lines, space_table

    console = terminal.stdout()
    console.print(space_table(plan.search.space))
    for line in plan_lines(plan, time):
        console.print(Text(line))


def _show_tuned(
    tuned: "Tuned", plan: "Plan", output: Path, terminal: Terminal, *, as_json: bool
) -> None:
    from lstm_sentiment_cli.tuning.leaderboard import leaderboard_json
    from lstm_sentiment_cli.tuning.plan import search_folder

    facts: Any = tuned.artifact.manifest.provenance["search"]
    if not terminal.quiet:
        _say_result(tuned.trials, plan, facts, terminal)
    if as_json:
        board = leaderboard_json(tuned.trials, plan.search)
        folders = {"folder": str(output), "search_folder": str(search_folder(output))}
        _echo_json(folders | facts | {"leaderboard": board})
    else:
        typer.echo(output)


def _say_result(trials: "list[TrialResult]", plan: "Plan", facts: Any, terminal: Terminal) -> None:
    """Say on stderr which trials were the best, and what that is worth."""
    from rich.text import Text

    from lstm_sentiment_cli.model.card import how_chosen
    from lstm_sentiment_cli.rendering.searches import leaderboard_lines, moved_lines, not_complete
    from lstm_sentiment_cli.rendering.style import visible
    from lstm_sentiment_cli.tuning.leaderboard import differing
    from lstm_sentiment_cli.tuning.search import leaderboard

    search = plan.search
    ranked = leaderboard(trials, search.objective)
    reference = search.space.hyperparameters(search.space.reference())
    knobs = [differing(trial.hyperparameters, reference) for trial in ranked]
    console = terminal.stderr()
    board = leaderboard_lines(ranked, knobs, search.objective, console.width)
    ended = [f"the search ended: {facts['stopped']}"] if facts["stopped"] else []
    notes = (*not_complete(trials), *ended, *moved_lines(plan.moved), *how_chosen(facts))
    for line in (*board, *notes):
        console.print(Text(visible(line)))


def _echo_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, indent=2))


@contextmanager
def _stopped(output: Path, terminal: Terminal) -> Iterator[None]:
    from lstm_sentiment_cli.tuning.plan import search_folder
    from lstm_sentiment_cli.tuning.search_folder import is_search

    try:
        yield
    except KeyboardInterrupt:
        if is_search(search_folder(output)):
            terminal.say("stopped; --resume goes on after what has ended")
        raise


@contextmanager
def _listener(search: "Search", terminal: Terminal) -> "Iterator[SearchListener]":
    from lstm_sentiment_cli.cli.tuning_progress import live, plain

    with (live if terminal.animated else plain)(terminal, search) as listener:
        yield listener
