"""Where a model is wrong, and what its errors have in common with those of others.

    python benchmarks/errors.py MODEL [OTHER…] --data FOLDER

On the held-out halves of the development files. An error that networks of other seeds and a
lexicon of other authors make too is more likely the fault of the label or the text than of this
network. Needs the extra `vader`; only figures leave this script.
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments import DEV, halves
from lstm_sentiment_cli.evaluation.comparison import VADER, open_peer
from lstm_sentiment_cli.evaluation.metrics import wilson
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.tokenizer import UNKNOWN

Rows = npt.NDArray[np.bool_]
_SURE = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
_LENGTHS = (1, 6, 11, 16, 21, 1000)


def errors(models: Sequence[Path], rows: Sequence[Example]) -> None:
    """Print what the first model's errors have in common with the others', and where they lie."""
    predictors = [Predictor.load(model) for model in models]
    first, texts = predictors[0], [row.text for row in rows]
    gold = np.array([first.labels.index(row.label) for row in rows])
    scores = first.scores(texts)
    wrong = scores.probabilities.argmax(axis=1) != gold
    print(f"  errors: {wrong.sum():,} of {len(rows):,}")
    shared = wrong.copy()
    for predictor in predictors[1:]:
        shared &= predictor.scores(texts).probabilities.argmax(axis=1) != gold
    if len(predictors) > 1:
        _tell("of the errors, all the other models make too", shared[wrong])
    peer = open_peer(VADER, first).probabilities
    assert peer is not None
    lexicon = peer(texts)
    # A lexicon that found no word says nothing.
    speaks = np.abs(lexicon[:, 0] - 0.5) > 0.025
    _tell("of those, where VADER finds a word, it makes too", (
        lexicon.argmax(axis=1) != gold
    )[shared & speaks])  # fmt: skip
    sure = scores.probabilities.max(axis=1)
    for low, high in pairwise(_SURE):
        _tell(f"right, where sure by {low} to {high}", ~wrong[(sure >= low) & (sure <= high)])
    for low, high in pairwise(_LENGTHS):
        inside = (scores.lengths >= low) & (scores.lengths < high)
        _tell(f"right, of {low} to {high - 1} tokens", ~wrong[inside])
    unknown = np.array([first.tokenizer.encode(text).ids.count(UNKNOWN) for text in texts])
    for count, name in ((0, "no unknown word"), (1, "one"), (2, "two or more")):
        of_kind = unknown == count if count < 2 else unknown >= count
        _tell(f"right, with {name}", ~wrong[of_kind])


def _tell(what: str, true: Rows) -> None:
    share = wilson(int(true.sum()), len(true))
    print(f"  {what}: {share.value:.3f} ({share.low:.3f} to {share.high:.3f}) of {len(true):,}")


def main() -> None:
    """Print both files' analyses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    labels = Predictor.load(options.models[0]).labels
    for name in DEV:
        print(name)
        errors(options.models, halves(options.data, name, labels)[1])


if __name__ == "__main__":
    main()
