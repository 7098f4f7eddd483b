"""From a plan to a tuned model: search, compare, retrain the winner, save its folder.

What a user can get wrong is found before TensorFlow is imported, which takes seconds.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.calibration import temperature_for
from lstm_sentiment_cli.evaluation.comparison import PairedComparison, difference_of_means
from lstm_sentiment_cli.evaluation.metrics import IntVector, log_losses
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions
from lstm_sentiment_cli.inference.runtime import FloatMatrix, softmax
from lstm_sentiment_cli.model.folder import Artifact, check_output, save_artifact
from lstm_sentiment_cli.records.labelled import fingerprint
from lstm_sentiment_cli.training.backend import require_gensim, require_keras_tuner
from lstm_sentiment_cli.training.listener import Listener, catch_first_interrupt
from lstm_sentiment_cli.training.recipe import Output
from lstm_sentiment_cli.training.targets import predictor_of
from lstm_sentiment_cli.training.training_data import Split, metrics_name
from lstm_sentiment_cli.tuning.engine import Outcome, run_search
from lstm_sentiment_cli.tuning.journal import (
    Journal,
    begin,
    check_place,
    clear,
    out_of_fold,
    search_folder,
)
from lstm_sentiment_cli.tuning.plan import Plan
from lstm_sentiment_cli.tuning.search import (
    OBJECTIVES,
    REFITS,
    Search,
    SearchListener,
    TrialResult,
    end_of,
    leaderboard,
    write_results,
)


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """The result of a tuning."""

    artifact: Artifact
    trials: list[TrialResult]


def check_places(output: Output) -> None:
    """Raise SentimentError when the model cannot be written, or another search is in the way."""
    if output.resume and output.folder.exists() and not output.force:
        raise SentimentError(
            f"the tuning of {output.folder} is finished; --resume --force continues it with more "
            "--trials and replaces the model"
        )
    check_output(output.folder, force=output.force)
    if output.resume or not output.force:
        check_place(search_folder(output.folder), resume=output.resume)


def start(plan: Plan, output: Output, listener: SearchListener) -> Tuned:
    """Tune as planned; an earlier search is resumed or replaced."""
    folder = search_folder(output.folder)
    if output.resume:
        begin(folder, plan.search, plan.searched, resume=True)
    start_tensorflow(plan.search, listener)
    # Not earlier: where TensorFlow is missing, nothing is written and nothing is lost.
    if not output.resume:
        if output.force:
            clear(folder)
        begin(folder, plan.search, plan.searched, resume=False)
    return _tune(plan, output.folder, listener, force=output.force)


def start_tensorflow(search: Search, listener: Listener) -> None:
    """Import what a search needs, which takes seconds."""
    listener.stage("starting TensorFlow")
    require_keras_tuner()
    if search.space.fixed.embedding_epochs or "embedding_epochs" in search.space.dimensions:
        require_gensim()


def _tune(plan: Plan, output: Path, listener: SearchListener, *, force: bool) -> Tuned:
    """Search, compare winner and reference on rows that no trial saw, save the winner's model.

    The search must have been begun in its folder. A search that was stopped goes on; one that has
    ended is not repeated, and neither are the trainings after it.
    The winner is trained on all rows in the end, for as many epochs as were best on average over
    its folds; its temperature is fitted to the out-of-fold predictions.
    """
    from lstm_sentiment_cli.training.trainer import provenance
    from lstm_sentiment_cli.tuning.fitting import refit

    started = time.monotonic()
    folder = search_folder(output)
    outcome = _searched(plan, folder, listener)
    best = leaderboard(outcome.trials, plan.search.objective)[0]
    on_held_out, comparison = _compared(plan, best, outcome.trials[0], folder, listener)
    listener.stage(f"training trial {best.number} on all rows")
    labels, rows = plan.search.labels, plan.data.training
    logits, gold = out_of_fold(folder, best.number)
    temperature = _pooled_temperature(plan, folder, best)
    checkpoint = folder / REFITS / f"{best.number}-all.npz"
    loop, artifact = refit(
        best, rows, labels, temperature, checkpoint=checkpoint, listener=listener
    )
    listener.stage("measuring")
    facts = provenance(plan.data, Split(list(rows), []), loop)
    del facts["split"]["validation_rows"], facts["split"]["validation"]  # there was none
    facts |= {
        "seconds": round(time.monotonic() - started, 1),
        "search": _search_facts(plan, outcome, best, comparison),
    }
    metrics = {
        "name": metrics_name("cross-validation", plan.searched),
        "used_for_choosing": True,
        "folds": {"count": len(best.folds)}
        | {objective: best.spread(objective) for objective in OBJECTIVES},
        **evaluate_predictions(labels, gold, softmax(logits, temperature)).to_json(),
        "fingerprint": fingerprint(plan.searched),
        "evaluations": on_held_out,
    }
    manifest = replace(artifact.manifest, provenance=facts)
    artifact = replace(artifact, manifest=manifest, metrics=metrics)
    save_artifact(artifact, output, force=force)
    shutil.rmtree(folder / REFITS, ignore_errors=True)
    return Tuned(artifact, outcome.trials)


def _pooled_temperature(plan: Plan, folder: Path, trial: TrialResult) -> float:
    """Fit the temperature to a trial's out-of-fold predictions, if they are of labels."""
    return temperature_for(*out_of_fold(folder, trial.number), plan.searched, 1.0)


def _searched(plan: Plan, folder: Path, listener: SearchListener) -> Outcome:
    """Search, or read the results when only the trainings after the search are missing."""
    if end := end_of(folder, plan.search):
        return Outcome(Journal(folder, plan.search).trials(), end["stopped"])
    shutil.rmtree(folder / REFITS, ignore_errors=True)
    with catch_first_interrupt(listener.interrupted) as interrupt:
        outcome = run_search(plan.search, plan.searched, folder, interrupt, listener)
    write_results(folder, outcome.trials, plan.search, outcome.stopped)
    return outcome


def _compared(
    plan: Plan, best: TrialResult, reference: TrialResult, folder: Path, listener: SearchListener
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Train winner and reference on the rows searched, and measure both on the rows held out.

    Returned are the winner's metrics for metrics.json, and the comparison for the provenance.
    """
    if not plan.held_out:
        return [], None
    from lstm_sentiment_cli.tuning.fitting import refit

    labels = plan.search.labels

    def answers(trial: TrialResult) -> FloatMatrix:
        listener.stage(f"training trial {trial.number} on the rows searched")
        checkpoint = folder / REFITS / f"{trial.number}-searched.npz"
        temperature = _pooled_temperature(plan, folder, trial)
        _, artifact = refit(
            trial, plan.searched, labels, temperature, checkpoint=checkpoint, listener=listener
        )
        predictor = predictor_of("tuned", artifact)
        return predictor.scores([example.text for example in plan.held_out]).probabilities

    winner = answers(best)
    gold = np.array([labels.index(example.label) for example in plan.held_out], np.int64)
    measured = evaluate_predictions(labels, gold, winner)
    comparison = {
        "rows": measured.rows,
        "accuracy": measured.metrics["accuracy"].to_json(),
        "log_loss": measured.metrics["log_loss"].to_json(),
    }
    if reference.status == "complete" and reference is not best:
        comparison |= _differences(gold, labels, winner, answers(reference))
    metrics = {
        "name": metrics_name("hold-out", plan.held_out),
        "fingerprint": fingerprint(plan.held_out),
        **measured.to_json(),
    }
    return [metrics], comparison


def _differences(
    gold: IntVector, labels: Sequence[str], winner: FloatMatrix, reference: FloatMatrix
) -> dict[str, Any]:
    """Return how winner and reference, probabilities (n, labels), differ on the rows held out."""
    others = evaluate_predictions(labels, gold, reference)
    losses = difference_of_means(log_losses(gold, winner), log_losses(gold, reference))
    right = PairedComparison.of(winner.argmax(axis=1) == gold, reference.argmax(axis=1) == gold)
    return {
        "reference_accuracy": others.metrics["accuracy"].to_json(),
        "reference_log_loss": others.metrics["log_loss"].to_json(),
        "log_loss_difference": losses.to_json(),
        **right.to_json(),
    }


def _search_facts(
    plan: Plan, outcome: Outcome, best: TrialResult, comparison: dict[str, Any] | None
) -> dict[str, Any]:
    """Return how the model was chosen, for its provenance."""
    search, trials = plan.search, outcome.trials
    reference = trials[0]
    return {
        **{name: getattr(search, name) for name in ("algorithm", "objective", "folds")},
        "trials": len(trials),
        "complete": sum(trial.status == "complete" for trial in trials),
        "seconds": round(sum(trial.seconds for trial in trials), 1),
        "stopped": outcome.stopped,
        "trial": best.number,
        "score": best.spread(search.objective),
        "reference": reference.number,
        "reference_score": reference.spread(search.objective)
        if reference.status == "complete"
        else None,
        "comparison": comparison,
    }
