"""What a training was worth on the halves of the development files.

    python benchmarks/experiments.py compare FIRST SECOND --data FOLDER --work FOLDER
    python benchmarks/experiments.py final MODEL… --data FOLDER --work FOLDER
    python benchmarks/experiments.py teacher --work FOLDER
    python benchmarks/experiments.py write-halves --data FOLDER --work FOLDER

`compare` tells the paired difference of two models, FOLDER/FIRST-SEED and FOLDER/SECOND-SEED, on
the halves that choose, over all the seeds that both have. `final` measures on the other, held-out
halves, and `teacher` does so with what a teacher answered, in FOLDER/scored. `write-halves` writes
both halves into the folder of the work, for commands to read. Only figures leave this script.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.evaluation.calibration import fit_temperature
from lstm_sentiment_cli.evaluation.predictions import Evaluation, evaluate_predictions
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.folder import read_manifest
from lstm_sentiment_cli.records.labelled import DataFile, Example, read_examples

DEV = {"S140": "sentiment140_dev.tsv.gz", "SemEval": "semeval_dev.tsv.gz"}
# Draws the halves; the model's own seeds have nothing to do with it.
_HALVES_SEED = 2026
_RESAMPLES = 1000
_ALL_LABELS = ("positive", "neutral", "negative")


class Half(NamedTuple):
    """The rows of one half of a development file, as a model answers them."""

    gold: npt.NDArray[np.int64]  # (n,)
    logits: npt.NDArray[np.float32]  # (n, labels)


def halves(data: Path, name: str, labels: Sequence[str]) -> tuple[list[Example], list[Example]]:
    """Return the half to choose by and the half to report, each label's rows parted evenly.

    Of fewer labels they are the same rows, less those of the others.
    """
    rows = read_examples([DataFile(data / DEV[name])], _ALL_LABELS).examples
    chance = np.random.default_rng(_HALVES_SEED)
    halves: tuple[list[Example], list[Example]] = [], []
    for label in _ALL_LABELS:
        of_label = [row for row in rows if row.label == label]
        for place, number in enumerate(chance.permutation(len(of_label)).tolist()):
            if label in labels:
                halves[place % 2].append(of_label[number])
    return halves


def _measured_on(labels: Sequence[str]) -> Sequence[str]:
    """Return the files that can measure a model: Sentiment140 knows no neutral."""
    return tuple(DEV) if len(labels) == 2 else ("SemEval",)


def answered(model: Path, rows: Sequence[Example]) -> Half:
    """Return what a model says of rows."""
    predictor = Predictor.load(model)
    gold = np.array([predictor.labels.index(row.label) for row in rows])
    return Half(gold, predictor.scores([row.text for row in rows]).logits)


def evaluation(model: Path, half: Half, temperature: float | None = None) -> Evaluation:
    """Return the figures of a half, at the model's own temperature or another."""
    manifest = read_manifest(model)
    return evaluate_predictions(
        manifest.labels, half.gold, softmax(half.logits, temperature or manifest.temperature)
    )


def compare(options: argparse.Namespace) -> None:
    """Print the mean paired difference over the seeds that both runs have, and its interval."""
    seeds = [
        seed
        for seed in range(1, 20)
        if all((options.work / f"{run}-{seed}").exists() for run in (options.first, options.second))
    ]
    labels = read_manifest(options.work / f"{options.first}-{seeds[0]}").labels
    print(f"{options.first} less {options.second}, seeds {seeds}")
    for name in _measured_on(labels):
        rows = halves(options.data, name, labels)[0]
        right = np.zeros((2, len(rows)))
        for side, run_name in enumerate((options.first, options.second)):
            for seed in seeds:
                half = answered(options.work / f"{run_name}-{seed}", rows)
                right[side] += (half.logits.argmax(axis=1) == half.gold) / len(seeds)
        # Of S140 the accuracy; of SemEval, whose labels are uneven, the mean of the recalls.
        weights = np.ones(len(rows)) / len(rows)
        if name == "SemEval":
            counts = np.bincount(half.gold)
            weights = 1 / counts[half.gold] / len(counts)
        differences = (right[0] - right[1]) * weights
        drawn = np.random.default_rng(0).integers(0, len(rows), (_RESAMPLES, len(rows)))
        low, high = np.quantile(differences[drawn].sum(axis=1), (0.025, 0.975))
        print(f"  {name}: {differences.sum():+.4f} ({low:+.4f} to {high:+.4f})")


def final(options: argparse.Namespace) -> None:
    """Print the figures of the halves to report; a temperature is fitted on those to choose by."""
    for model in options.models:
        labels = read_manifest(model).labels
        for name in _measured_on(labels):
            chosen, reported = (
                answered(model, rows) for rows in halves(options.data, name, labels)
            )
            figures = evaluation(model, reported).metrics
            temperature = fit_temperature(chosen.logits, chosen.gold)
            fitted = evaluation(model, reported, temperature).metrics
            print(
                f"{model.name}, {name}, {len(reported.gold)} rows: "
                f"accuracy {_shown(figures['accuracy'])}, "
                f"average recall {_shown(figures['average_recall'])}, "
                f"ECE {_shown(figures['ece'])}, "
                f"with a temperature of {temperature:.2f} fitted on the other half "
                f"{_shown(fitted['ece'])}"
            )


def teacher(options: argparse.Namespace) -> None:
    """Print the figures of a teacher's answers on both halves, with two labels and with three."""
    for labels in (("positive", "negative"), _ALL_LABELS):
        columns = [_ALL_LABELS.index(label) for label in labels]
        for name in _measured_on(labels):
            both = halves(options.work / "scored", name, labels)
            for which, rows in zip(("choosing", "reporting"), both, strict=True):
                gold = np.array([labels.index(row.label) for row in rows])
                packed = b"".join(row.probabilities for row in rows)
                answers = np.frombuffer(packed, "<f4").reshape(len(rows), -1)[:, columns]
                answers = answers / answers.sum(axis=1, keepdims=True)
                figures = evaluate_predictions(labels, gold, answers).metrics
                print(
                    f"teacher, {len(labels)} labels, {name} for {which}, {len(rows)} rows: "
                    + ", ".join(
                        f"{each.replace('_', ' ')} {_shown(figures[each])}"
                        for each in ("accuracy", "average_recall", "ece")
                    )
                )


def write_halves(options: argparse.Namespace) -> None:
    """Write the halves of each file as jsonl, all three labels."""
    options.work.mkdir(parents=True, exist_ok=True)
    for name, file in DEV.items():
        for which, rows in zip(
            ("choose", "report"), halves(options.data, name, _ALL_LABELS), strict=True
        ):
            lines = (json.dumps({"label": row.label, "text": row.text}) for row in rows)
            path = options.work / f"{file.split('.', 1)[0]}-{which}.jsonl"
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _shown(figure: Sequence[float]) -> str:
    return "{:.3f} ({:.3f} to {:.3f})".format(*figure)


def main() -> None:
    """Do what is asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    folders = argparse.ArgumentParser(add_help=False)
    folders.add_argument("--data", type=Path, required=True)
    folders.add_argument("--work", type=Path, required=True)
    its = commands.add_parser("compare", parents=[folders])
    its.add_argument("first")
    its.add_argument("second")
    its.set_defaults(do=compare)
    its = commands.add_parser("final", parents=[folders])
    its.add_argument("models", nargs="+", type=Path)
    its.set_defaults(do=final)
    its = commands.add_parser("teacher")
    its.add_argument("--work", type=Path, required=True)
    its.set_defaults(do=teacher)
    its = commands.add_parser("write-halves", parents=[folders])
    its.set_defaults(do=write_halves)
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()
