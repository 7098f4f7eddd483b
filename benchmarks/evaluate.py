"""What `evaluate` costs beyond scoring: seconds and memory, beside `predict` on the same rows.

    python benchmarks/evaluate.py --data FILE... [--rows 1600000] [--rounds 1]

FILE are labelled texts as `evaluate` reads them; they are repeated and shuffled until there are so
many rows. Only figures leave this script.
"""

import argparse
import csv
import statistics
import tempfile
from pathlib import Path

import numpy as np
from measure import OURS, alternating, machine, summary

from lstm_sentiment_cli.model.folder import read_manifest
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.labelled import DataFile, read_examples

SEED = 7


def write_rows(files: list[str], labels: tuple[str, ...], rows: int, path: Path) -> None:
    """Write so many rows of label and text as CSV, in a shuffled order."""
    examples = read_examples([DataFile(file) for file in files], labels).examples
    order = np.random.default_rng(SEED).permutation(rows) % len(examples)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", "text"])
        for row in order.tolist():
            writer.writerow([examples[row].label, examples[row].text])


def main() -> None:
    """Time both commands as real processes and print what `evaluate` adds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--rows", type=int, default=1_600_000)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    labels = read_manifest(find_model(options.model)).labels
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        write_rows(options.data, labels, options.rows, path)
        model = ["--model", options.model]
        runs = alternating(
            {
                "predict": [*OURS, "predict", "--input", str(path), *model],
                "evaluate": [*OURS, "evaluate", str(path), *model],
            },
            options.rounds,
        )
    seconds = {name: [each.seconds for each in its] for name, its in runs.items()}
    beyond = [
        measured - scored
        for measured, scored in zip(seconds["evaluate"], seconds["predict"], strict=True)
    ]
    print(machine(), f"{options.rows:,} rows", sep="; ")
    for name, its in runs.items():
        memory = summary([each.peak_mb for each in its])
        print(f"{name}: {summary(seconds[name])} s, peak {memory} MB")
    print(f"evaluate beyond scoring: {statistics.median(beyond):.1f} s")


if __name__ == "__main__":
    main()
