"""What a search gains from a second process: seconds of the same one on one core, on all, in two.

    python benchmarks/workers.py [--data FILE...] [--rows N] [--trials N] [--rounds N]

Without FILE, sentences are made by a rule. Each search is a process from start to end, and keeps
to one core where it says so, if the system can. Needs the extra `train`.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path

from measure import alternating, machine, summary

from lstm_sentiment_cli.records.labelled import DataFile, Example, read_examples

LABELS = ("positive", "negative")
# Side → how many processes, and whether they keep to one core.
SIDES = {"one core": (1, True), "all cores": (1, False), "two workers": (2, False)}
TELLING = {"positive": ["good", "lovely", "great", "happy"], "negative": ["bad", "awful", "sad"]}


def sentences(rows: int) -> list[Example]:
    """Return sentences of 4 to 40 words, most of them with one that tells their label."""
    chance = random.Random(1)  # noqa: S311
    lexicon = [
        chr(97 + n % 26) + chr(97 + n // 26 % 26) + chr(97 + n // 676) + "a" for n in range(9000)
    ]
    weights = [1 / (rank + 1) for rank in range(len(lexicon))]
    found = []
    for row in range(rows):
        label = LABELS[row % 2]
        words = chance.choices(lexicon, weights, k=min(40, 4 + int(chance.expovariate(0.1))))
        if chance.random() < 0.8:
            words[chance.randrange(len(words))] = chance.choice(TELLING[label])
        found.append(Example(" ".join(words), label, 1.0))
    return found


def search(examples: list[Example], trials: int, workers: int) -> None:
    """Search at random among networks about the reference's size, each for an epoch."""
    from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
    from lstm_sentiment_cli.training.listener import Interrupt
    from lstm_sentiment_cli.tuning.engine import run_search
    from lstm_sentiment_cli.tuning.journal import begin
    from lstm_sentiment_cli.tuning.search import Search, SearchListener
    from lstm_sentiment_cli.tuning.space import Choices, Range, Space

    space = Space(
        Hyperparameters(epochs=1),
        {
            "lstm_units": Choices(("96,48,48", "96,48", "64,64", "96")),
            "learning_rate": Range(0.0005, 0.008, "log"),
        },
    )
    asked = Search(space, LABELS, 2, trials, None, "log_loss", "random", 1, False, workers)
    with tempfile.TemporaryDirectory() as folder:
        begin(Path(folder), asked, examples, resume=False)
        run_search(asked, examples, Path(folder), Interrupt(), SearchListener())


def main() -> None:
    """Time all sides in turns, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        workers, pinned = SIDES[options.side]
        if pinned and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        files = [DataFile(path) for path in options.data or ()]
        rows = read_examples(files, LABELS).examples if files else sentences(options.rows)
        search(rows[: options.rows], options.trials, workers)
        return
    print(machine())
    again = [sys.executable, *sys.argv]
    runs = alternating({name: [*again, "--side", name] for name in SIDES}, options.rounds)
    seconds = {name: [each.seconds for each in its] for name, its in runs.items()}
    middle = {name: statistics.median(its) for name, its in seconds.items()}
    for name, its in seconds.items():
        print(f"{name}: {summary(its)} s")
    for name in ("one core", "all cores"):
        print(f"{name} / two workers: {middle[name] / middle['two workers']:.2f}")


if __name__ == "__main__":
    main()
