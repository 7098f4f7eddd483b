"""How honest probabilities are on rows that `calibrate` did not see.

    python benchmarks/calibration.py --data FILE [--model NAME|PATH] [--seed N]

The rows of FILE, labelled tweets as `evaluate` reads them, are parted at random: `calibrate` fits
a temperature on one half, `evaluate` measures the model before and after on the other. Only
figures leave this script.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from measure import OURS

from lstm_sentiment_cli.model.folder import read_manifest
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.labelled import DataFile, Example, read_examples


def halves(data: str, labels: Sequence[str], seed: int, folder: Path) -> tuple[Path, ...]:
    """Write either half of the rows into the folder, in an order drawn from the seed."""
    rows = read_examples([DataFile(data)], labels).examples
    order = np.random.default_rng(seed).permutation(len(rows)).tolist()
    names = ("fitted_on.jsonl", "measured_on.jsonl")
    parts = (order[: len(order) // 2], order[len(order) // 2 :])
    return tuple(
        _written(folder / name, [rows[number] for number in part])
        for name, part in zip(names, parts, strict=True)
    )


def measured(model: str, data: Path) -> dict[str, Any]:
    """Return what `evaluate` says of a model."""
    found: dict[str, Any] = json.loads(_output("evaluate", str(data), "--model", model, "--json"))
    return found


def _figure(figures: dict[str, Any], name: str) -> str:
    return "{} {value:.4f} ({low:.4f} to {high:.4f})".format(name, **figures[name])


def _written(path: Path, rows: Sequence[Example]) -> Path:
    lines = (json.dumps({"label": row.label, "text": row.text}) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _output(*arguments: str) -> str:
    ended = subprocess.run(
        [*OURS, *arguments, "--quiet"], stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    return ended.stdout


def main() -> None:
    """Fit, measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        labels = read_manifest(find_model(options.model)).labels
        fitted_on, measured_on = halves(options.data, labels, options.seed, folder)
        after = _output(
            "calibrate", str(fitted_on), "--model", options.model, "-o", str(folder / "after")
        ).strip()
        print(f"{Path(options.data).name}, model {options.model}, seed {options.seed}")
        for when, model in (("before", options.model), ("after", after)):
            figures = measured(model, measured_on)
            temperature = read_manifest(find_model(model)).temperature
            print(f"{when}: temperature {temperature:.4f}; on the other half", end=" ")
            print(*(_figure(figures, name) for name in ("ece", "log_loss", "brier")), sep=", ")


if __name__ == "__main__":
    main()
