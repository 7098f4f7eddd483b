"""`lstm-sentiment tune`."""

from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

from lstm_sentiment_cli.cli import options
from lstm_sentiment_cli.cli.options import SEARCH, option
from lstm_sentiment_cli.cli.terminal import Terminal, print_json, print_paths
from lstm_sentiment_cli.cli.training_options import TrainingOptions, with_training_options

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.fitting import Estimate
    from lstm_sentiment_cli.tuning.plan import Plan
    from lstm_sentiment_cli.tuning.selection import Tuned


SpaceFile = Annotated[
    Path | None,
    option("--space FILE", "TOML file with the values to try, by hyperparameter.", SEARCH),
]
Folds = Annotated[int, option("--folds N", "Folds of the cross-validation.", SEARCH)]
Trials = Annotated[
    int | None,
    option(
        "--trials N",
        "Maximum number of combinations to try.",
        SEARCH,
        default="30, or as many as fit in --time-budget",
    ),
]
TimeBudget = Annotated[
    str | None,
    option("--time-budget 2h|45m|90s", "Start no trial that is expected to end later.", SEARCH),
]


def _algorithms() -> Iterable[str]:
    from lstm_sentiment_cli.tuning.search import Algorithm

    return get_args(Algorithm)


def _objectives() -> Iterable[str]:
    from lstm_sentiment_cli.tuning.search import OBJECTIVES

    return [name.replace("_", "-") for name in OBJECTIVES]


AlgorithmName = Annotated[
    str, option("--algorithm NAME", "bayesian, random or grid.", SEARCH, values=_algorithms)
]
ObjectiveName = Annotated[
    str, option("--objective NAME", "log-loss or accuracy.", SEARCH, values=_objectives)
]
Holdout = Annotated[
    float,
    option("--holdout X", "Share of the rows held out for a final comparison; 0 for none.", SEARCH),
]
Workers = Annotated[int, option("--workers N", "Processes that train in parallel.", SEARCH)]
NoPrune = Annotated[bool, option("--no-prune", "Train hopeless trials on all folds too.", SEARCH)]
DryRun = Annotated[
    bool, option("--dry-run", "Show space, plan and time needed; write nothing.", SEARCH)
]


@partial(with_training_options, without={"validation_fraction", "rehearsal"})
def tune(
    given: TrainingOptions,
    *,
    space: SpaceFile = None,
    folds: Folds = 5,
    trials: Trials = None,
    time_budget: TimeBudget = None,
    algorithm: AlgorithmName = "bayesian",
    objective: ObjectiveName = "log-loss",
    holdout: Holdout = 0.1,
    workers: Workers = 1,
    no_prune: NoPrune = False,
    dry_run: DryRun = False,
    as_json: options.AsJson = False,
) -> None:
    """Choose hyperparameters, then train with the best.

    The first trial of the cross-validation is the reference network, with which the best is
    compared on held-out rows. A hyperparameter given here is fixed. The search is kept in
    FOLDER-search, beside the model, with a best.toml for train --config.

    Press Ctrl-C once to end the search and train with the best so far; twice to stop, and
    continue later with --resume.

    Examples:
      lstm-sentiment tune tweets.csv --output models/tuned --time-budget 2h
      lstm-sentiment tune tweets.csv --output models/tuned --trials 30 --workers 2
      lstm-sentiment tune tweets.csv --output models/tuned --dry-run
    """
    from lstm_sentiment_cli.cli.live_progress import search_progress
    from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS
    from lstm_sentiment_cli.tuning.journal import is_search, search_folder
    from lstm_sentiment_cli.tuning.plan import SearchOptions, plan_of
    from lstm_sentiment_cli.tuning.selection import check_places, start, start_tensorflow
    from lstm_sentiment_cli.tuning.space import read_space

    recipe = given.recipe()
    asked = SearchOptions(
        folds, trials, time_budget, objective, algorithm, holdout, not no_prune, workers
    )
    flags = given.hyperparameters
    search = asked.search(read_space(space, recipe, flags), recipe.labels or DEFAULT_LABELS)
    place = given.place()
    if not dry_run:
        check_places(place)
    with (
        search_progress(given.terminal, search) as listener,
        given.said_when_stopped(
            "use --resume to continue; finished folds are kept",
            resumable=lambda: is_search(search_folder(place.folder)),
        ),
    ):
        listener.stage("reading examples")
        named = recipe.named.union(search.space.dimensions)
        data = given.reader(recipe.data, named=named)(search.labels)
        listener.stage("holding out")
        plan = plan_of(search, data, holdout, recipe.hyperparameters)
        if dry_run:
            start_tensorflow(search, listener)
            from lstm_sentiment_cli.tuning.fitting import estimated

            listener.stage("training on a small sample")
            time = estimated(plan)
        else:
            tuned = start(plan, place, listener)
    if dry_run:
        _show_plan(plan, time, given.terminal, as_json=as_json)
    else:
        _show_tuned(tuned, plan, place.folder, given.terminal, as_json=as_json)


def _show_plan(plan: "Plan", time: "Estimate", terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        print_json(plan.to_json() | {"estimate": asdict(time)})
        return
    from rich.text import Text

    from lstm_sentiment_cli.rendering.trainings import plan_lines, space_table

    console = terminal.stdout()
    console.print(space_table(plan.search.space))
    for line in plan_lines(plan, time):
        console.print(Text(line))


def _show_tuned(
    tuned: "Tuned", plan: "Plan", output: Path, terminal: Terminal, *, as_json: bool
) -> None:
    """Report on stderr which trials were the best, and what that is worth; print the data."""
    from rich.text import Text

    from lstm_sentiment_cli.model.card import how_chosen
    from lstm_sentiment_cli.rendering.style import visible
    from lstm_sentiment_cli.rendering.trainings import leaderboard_lines, moved_lines, not_complete
    from lstm_sentiment_cli.tuning.journal import search_folder
    from lstm_sentiment_cli.tuning.search import leaderboard, leaderboard_json

    facts: Any = tuned.artifact.manifest.provenance["search"]
    trials, search = tuned.trials, plan.search
    if not terminal.quiet:
        ranked = leaderboard(trials, search.objective)
        reference = search.space.reference_hyperparameters()
        differing = [trial.hyperparameters.differing_from(reference) for trial in ranked]
        console = terminal.stderr()
        board = leaderboard_lines(ranked, differing, search.objective, console.width)
        ended = [f"the search ended: {facts['stopped']}"] if facts["stopped"] else []
        notes = (*not_complete(trials), *ended, *moved_lines(plan.moved), *how_chosen(facts))
        for line in (*board, *notes):
            console.print(Text(visible(line)))
    if as_json:
        folders = {"folder": str(output), "search_folder": str(search_folder(output))}
        print_json(folders | facts | {"leaderboard": leaderboard_json(trials, search)})
    else:
        print_paths(output)
