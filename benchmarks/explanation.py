"""How well explanations name the words that an answer hangs on, and how long one takes.

    python benchmarks/explanation.py --data FILE [--model NAME|PATH] [--rows N] [--seed N]

The deletion curve: units are deleted from a text, those that speak most for its predicted label
first, and the label's probability falls. A text's area is the mean of these falls over all numbers
of units deleted; the figure is the mean over texts. A unit is deleted by leaving it out, and, in
another column, by replacing its tokens with the unknown word: an explanation shall not only win
by the operation that it is made with. Compared with orders drawn at random and with integrated
gradients in Keras (needs `lstm-sentiment-cli[train]`). Only figures leave this script.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from attributions import DELETIONS, OURS, Attribute, Floats, Subject, attributions, log_odds
from gradients import IntegratedGradients
from measure import machine

from lstm_sentiment_cli.inference.explanation import explain
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.records.labelled import DataFile, read_examples
from lstm_sentiment_cli.text.tokenizer import units

DRAWS, STEPS, SAMPLES, TIMED, TOKENS = 20, 100, 10_000, 500, 40


def subjects(predictor: Predictor, data: str, rows: int, seed: int) -> Iterator[Subject]:
    """Yield seeded rows of a labelled file; texts without any token have no units to rank."""
    examples = read_examples([DataFile(data)], predictor.labels).examples
    for row in np.random.default_rng(seed).choice(len(examples), rows, replace=False).tolist():
        text = examples[row].text
        label = int(predictor.scores([text]).logits[0].argmax())
        if found := [unit.ids for unit in units(predictor.tokenizer, text)]:
            yield Subject(text, found, label)


def areas(predictor: Predictor, some: Sequence[Subject], attribute: Attribute) -> Floats:
    """Return the area under the deletion curve by text and by way of deleting, (texts, 2)."""
    return np.array([_areas(predictor, subject, attribute(subject)) for subject in some])


def _areas(predictor: Predictor, subject: Subject, attribution: Floats) -> list[float]:
    order = np.argsort(-attribution, kind="stable").tolist()
    found = []
    for delete in DELETIONS.values():
        rows = [delete(subject, order[:gone]) for gone in range(len(order) + 1)]
        probabilities = 1 / (1 + np.exp(-log_odds(predictor, rows, subject.label)))
        found.append(float((probabilities[0] - probabilities[1:]).mean()))
    return found


def interval(differences: Floats) -> tuple[float, float]:
    """Return the 95 % interval of the mean difference, by the bootstrap over texts."""
    chance = np.random.default_rng(0)
    drawn = chance.integers(0, len(differences), (SAMPLES, len(differences)))
    low, high = np.quantile(differences[drawn].mean(axis=1), (0.025, 0.975))
    return float(low), float(high)


def milliseconds(predictor: Predictor, some: Sequence[Subject], count: int = TIMED) -> Floats:
    """Return how long explanations of texts of 40 tokens take, one after another."""
    words = [
        word
        for subject in some
        for word in subject.text.split()
        if len(units(predictor.tokenizer, word)) == 1
    ]
    chance = np.random.default_rng(0)
    found = []
    for _ in range(count):
        text = " ".join(chance.choice(words, TOKENS).tolist())
        started = time.perf_counter()
        explain(predictor, [text])
        found.append(1000 * (time.perf_counter() - started))
    return np.array(found)


def main() -> None:
    """Compare, time, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = find_model(options.model)
    predictor = Predictor.load(folder)
    some = list(subjects(predictor, options.data, options.rows, options.seed))
    print(machine(), f"{Path(options.data).name}, {len(some)} texts, seed {options.seed}", sep="; ")
    taken = milliseconds(predictor, some)
    print(
        f"an explanation of {TOKENS} tokens: median {np.median(taken):.1f} ms, "
        f"p99 {np.quantile(taken, 0.99):.1f} ms of {TIMED}"
    )
    compare(predictor, some, IntegratedGradients(folder, STEPS))


def compare(predictor: Predictor, some: Sequence[Subject], gradients: IntegratedGradients) -> None:
    """Print the area of each attribution, its ratio to chance and ours minus it."""
    chance = np.random.default_rng(0)
    drawn = [
        areas(predictor, some, lambda subject: chance.random(len(subject.units)))
        for _ in range(DRAWS)
    ]
    at_random = np.mean(drawn, axis=0)
    found = {f"random, mean of {DRAWS} orders": at_random}
    for name, attribute in attributions(predictor, gradients):
        found[name] = areas(predictor, some, attribute)
    for column, deletion in enumerate(DELETIONS):
        print(f"units {deletion}")
        print(f"  {'order of':34} area  ratio   {OURS} minus it (95 %)")
        for name, its in found.items():
            area, by_chance = its[:, column].mean(), at_random[:, column].mean()
            differences = found[OURS][:, column] - its[:, column]
            low, high = interval(differences)
            print(
                f"  {name:34} {area:.3f}  {area / by_chance:7.2f}"
                f"  {differences.mean():+.4f} ({low:+.4f} to {high:+.4f})"
            )


if __name__ == "__main__":
    main()
