"""The program and its peers side by side: what they cost and what they are worth.

    python benchmarks/run.py --data FOLDER [--work FOLDER] [--parts start,latency,…] [--large]

FOLDER of the data has *_train.tsv.gz and the development files. Each part leaves its figures in
the folder of work, from which report.py writes RESULTS.md; parts can be run one by one. Texts are
in that folder only while they are measured, and only figures leave it. Needs the extra `train`
and the peers' environment, which `make bench` makes.
"""

import argparse
import time
from pathlib import Path

import accuracy
import speed_latency
import speed_start
import speed_throughput
import speed_training
from parts import ROOT, Asked
from report import lines_of

from lstm_sentiment_cli.model.locations import find_model

PARTS = {
    "throughput": speed_throughput.measure,
    "start": speed_start.measure,
    "latency": speed_latency.measure,
    "training": speed_training.measure,
    "accuracy": accuracy.measure,
}


def main() -> None:
    """Run the parts asked for, keep and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--model", default="default")
    parser.add_argument("--also-model", help="a second model to measure the speed of")
    parser.add_argument("--seed-model", help="a model of the preset `seed`, for its accuracy")
    parser.add_argument("--three-class", help="a model of three labels, for its accuracy")
    parser.add_argument("--teacher", type=Path, help="the folder of work of experiments/models.sh")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000, help="texts of a round")
    parser.add_argument("--train-rows", type=int, help="most rows that peers learn from")
    parser.add_argument("--large", action="store_true", help="memory of 10 million and 1.6 million")
    options = parser.parse_args()
    parts = options.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown parts {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
    asked = _asked(options)
    for name in parts:
        started = time.monotonic()
        part = PARTS[name](asked)
        part.save(asked.work)
        print(*lines_of(part), f"({time.monotonic() - started:.0f} s)", "", sep="\n", flush=True)


def _asked(options: argparse.Namespace) -> Asked:
    options.work.mkdir(parents=True, exist_ok=True)
    return Asked(
        data=options.data,
        work=options.work.resolve(),
        model=find_model(options.model),
        rounds=options.rounds,
        rows=options.rows,
        large=options.large,
        also_model=options.also_model and find_model(options.also_model),
        seed_model=options.seed_model and find_model(options.seed_model),
        three_class=options.three_class and find_model(options.three_class),
        teacher=options.teacher,
        training_rows=options.train_rows,
    )


if __name__ == "__main__":
    main()
