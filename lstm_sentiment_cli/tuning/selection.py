"""From a plan to a tuned model's folder, step by step."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstm_sentiment_cli.evaluation.calibration import FEWEST_FOR_TEMPERATURE, fit_temperature
from lstm_sentiment_cli.evaluation.comparison import PairedComparison, difference_of_means
from lstm_sentiment_cli.evaluation.metrics import Interval, IntVector, log_losses
from lstm_sentiment_cli.evaluation.predictions import Evaluation, evaluate_predictions
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import FloatMatrix, OnnxRuntime, softmax
from lstm_sentiment_cli.model.folder import Artifact, check_output, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.training.listener import catch_first_interrupt
from lstm_sentiment_cli.training.trainer import provenance
from lstm_sentiment_cli.training.training_data import Split
from lstm_sentiment_cli.tuning.engine import Outcome, run_search
from lstm_sentiment_cli.tuning.fitting import Refit, refit
from lstm_sentiment_cli.tuning.journal import read, trials_of
from lstm_sentiment_cli.tuning.leaderboard import end_of, spread, write_standings
from lstm_sentiment_cli.tuning.plan import Plan, search_folder
from lstm_sentiment_cli.tuning.search import SearchListener, TrialResult, leaderboard
from lstm_sentiment_cli.tuning.search_folder import REFITS, out_of_fold


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """The winner, and the reference beside it, on rows that no trial saw."""

    fingerprint: str
    winner: Evaluation
    reference: Evaluation | None = None
    """None: the reference is the winner, or was not measured on all folds."""
    comparison: PairedComparison | None = None
    """The winner is the first; there is one when there is a reference."""
    log_loss_difference: Interval | None = None
    """The winner's less the reference's, row by row."""

    def figures_json(self) -> dict[str, Any]:
        """Return the winner's figures as metrics.json has them."""
        return {"name": "hold-out", "fingerprint": self.fingerprint, **self.winner.to_json()}

    def to_json(self) -> dict[str, Any]:
        """Return what came of it as the provenance of a model has it."""
        facts = {
            "rows": self.winner.rows,
            "accuracy": self.winner.accuracy.to_json(),
            "log_loss": self.winner.log_loss.to_json(),
        }
        if self.reference is None or self.comparison is None or self.log_loss_difference is None:
            return facts
        others = {
            "reference_accuracy": self.reference.accuracy.to_json(),
            "reference_log_loss": self.reference.log_loss.to_json(),
            "log_loss_difference": self.log_loss_difference.to_json(),
        }
        return facts | others | self.comparison.to_json()


def pooled_temperature(folder: Path, trial: TrialResult) -> float:
    """Fit the temperature on what each row was answered by the fold that had not learnt it."""
    logits, gold = out_of_fold(folder, trial.number)
    return fit_temperature(logits, gold) if len(gold) >= FEWEST_FOR_TEMPERATURE else 1.0


def cross_validated(
    folder: Path, trial: TrialResult, labels: Sequence[str], temperature: float
) -> dict[str, Any]:
    """Return a trial's figures as metrics.json has them, of all folds' predictions together."""
    logits, gold = out_of_fold(folder, trial.number)
    figures = evaluate_predictions(labels, gold, softmax(logits, temperature))
    return {
        "name": "cross-validation",
        "used_for_choosing": True,
        "folds": {
            "count": len(trial.folds),
            "log_loss": spread(trial, "log_loss"),
            "accuracy": spread(trial, "accuracy"),
        },
        **figures.to_json(),
    }


def on_held_out(
    examples: Sequence[Example],
    labels: Sequence[str],
    winner: FloatMatrix,
    reference: FloatMatrix | None,
) -> HeldOut:
    """Measure the winner's probabilities (n, labels), and compare them with the reference's."""
    gold = np.array([labels.index(example.label) for example in examples], np.int64)
    figures = evaluate_predictions(labels, gold, winner)
    if reference is None:
        return HeldOut(fingerprint(examples), figures)
    return HeldOut(
        fingerprint(examples),
        figures,
        evaluate_predictions(labels, gold, reference),
        PairedComparison.of(_right(winner, gold), _right(reference, gold)),
        difference_of_means(log_losses(gold, winner), log_losses(gold, reference)),
    )


def probabilities(
    network: Refit, labels: Sequence[str], temperature: float, examples: Sequence[Example]
) -> FloatMatrix:
    """Return what an exported network says of these examples, (n, labels)."""
    knobs = network.fit.hyperparameters.to_dict()
    manifest = Manifest(tuple(labels), knobs, temperature, "fp32", {})
    predictor = Predictor("tuned", manifest, network.tokenizer, OnnxRuntime(network.graph))
    return predictor.scores([example.text for example in examples]).probabilities


def _right(answers: FloatMatrix, gold: IntVector) -> Any:
    return answers.argmax(axis=1) == gold


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """What came of a tuning."""

    artifact: Artifact
    trials: list[TrialResult]


def tune(plan: Plan, output: Path, listener: SearchListener, *, force: bool) -> Tuned:
    """Search, compare winner and reference on rows that no trial saw, save the winner's model.

    The search's folder must have been begun. A search that was stopped goes on, one that has ended
    is not repeated, and neither are the trainings after it.
    The winner learns everything in the end, as long as was best on average over its folds; its
    temperature is that of the predictions which the folds made for each other.
    """
    started = time.monotonic()
    check_output(output, force=force)
    folder = search_folder(output)
    outcome = _searched(plan, folder, listener)
    best = leaderboard(outcome.trials, plan.search.objective)[0]
    held_out = _compared(plan, best, outcome.trials, folder, listener)
    listener.stage(f"training trial {best.number} on all rows")
    network = refit(
        best,
        plan.data.training,
        plan.search.labels,
        folder / REFITS / f"{best.number}-all.npz",
        listener,
    )
    listener.stage("measuring")
    temperature = pooled_temperature(folder, best)
    metrics = cross_validated(folder, best, plan.search.labels, temperature) | {
        "fingerprint": fingerprint(plan.searched),
        "evaluations": [held_out.figures_json()] if held_out else [],
    }
    facts = _provenance(plan, network) | {
        "seconds": round(time.monotonic() - started, 1),
        "search": _search_facts(plan, outcome, best, held_out),
    }
    knobs = network.fit.hyperparameters.to_dict()
    manifest = Manifest(plan.search.labels, knobs, temperature, "fp32", facts)
    artifact = Artifact(manifest, network.tokenizer, network.graph, metrics, _history(network))
    save_artifact(artifact, output, force=force)
    shutil.rmtree(folder / REFITS, ignore_errors=True)
    return Tuned(artifact, outcome.trials)


def _searched(plan: Plan, folder: Path, listener: SearchListener) -> Outcome:
    """Search, or read what was found when only the trainings after the search are left to do."""
    if end := end_of(folder, plan.search):
        return Outcome(trials_of(read(folder), plan.search), end["stopped"])
    shutil.rmtree(folder / REFITS, ignore_errors=True)
    with catch_first_interrupt(listener.interrupted) as interrupt:
        outcome = run_search(
            plan.search,
            plan.searched,
            folder,
            resume=True,
            interrupt=interrupt,
            listener=listener,
        )
    write_standings(folder, outcome.trials, plan.search, outcome.stopped)
    return outcome


def _compared(
    plan: Plan,
    best: TrialResult,
    trials: list[TrialResult],
    folder: Path,
    listener: SearchListener,
) -> HeldOut | None:
    """Train the winner and the reference on the rows searched, and measure both on the others."""
    if not plan.held_out:
        return None

    def answers(trial: TrialResult) -> FloatMatrix:
        listener.stage(f"training trial {trial.number} on the rows searched")
        place = folder / REFITS / f"{trial.number}-searched.npz"
        network = refit(trial, plan.searched, plan.search.labels, place, listener)
        temperature = pooled_temperature(folder, trial)
        return probabilities(network, plan.search.labels, temperature, plan.held_out)

    reference = trials[0]
    beside = reference.status == "complete" and reference is not best
    return on_held_out(
        plan.held_out,
        plan.search.labels,
        answers(best),
        answers(reference) if beside else None,
    )


def _history(network: Refit) -> list[dict[str, float]]:
    """Return the epochs; nothing was held out of them, so there is nothing to say of validation."""
    return [
        {name: value for name, value in asdict(epoch).items() if value is not None}
        for epoch in network.fit.epochs
    ]


def _provenance(plan: Plan, network: Refit) -> dict[str, Any]:
    facts = provenance(plan.data, Split(list(plan.data.training), []), network.fit)
    del facts["split"]["validation_rows"]  # 0 would say less than nothing
    return facts


def _search_facts(
    plan: Plan, outcome: Outcome, best: TrialResult, held_out: HeldOut | None
) -> dict[str, Any]:
    """Return how the model was chosen, as its provenance has it."""
    search, trials = plan.search, outcome.trials
    reference = trials[0]
    return {
        "algorithm": search.algorithm,
        "objective": search.objective,
        "folds": search.folds,
        "trials": len(trials),
        "complete": sum(trial.status == "complete" for trial in trials),
        "seconds": round(sum(trial.seconds for trial in trials), 1),
        "stopped": outcome.stopped,
        "trial": best.number,
        "score": spread(best, search.objective),
        "reference": reference.number,
        "reference_score": (
            spread(reference, search.objective) if reference.status == "complete" else None
        ),
        "comparison": held_out and held_out.to_json(),
    }
