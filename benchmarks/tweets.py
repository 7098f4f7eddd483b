"""Tweets to measure with, from the data folder: as many different ones as are asked for."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from lstm_sentiment_cli.records.labelled import DataFile, Example, read_examples

LABELS = ("positive", "negative", "neutral")
_SEED = 2026


@cache
def tweets(data: Path) -> list[Example]:
    """Return the training files' rows in a seeded order, each text once."""
    files = [DataFile(path) for path in sorted(data.glob("*_train.tsv.gz"))]
    if not files:
        raise SystemExit(f"{data} has no *_train.tsv.gz; give the folder of the data with --data")
    found: dict[str, Example] = {}
    for example in read_examples(files, LABELS):
        text = one_line(example.text)
        if text.strip():
            found.setdefault(text, example._replace(text=text))
    once = list(found.values())
    return [once[row] for row in np.random.default_rng(_SEED).permutation(len(once)).tolist()]


def different(examples: Sequence[Example], count: int) -> Iterator[Example]:
    """Yield so many of different texts; a text met again gets a word of its own."""
    for number in range(count):
        example = examples[number % len(examples)]
        if number >= len(examples):
            example = example._replace(text=f"{example.text} again{number}")
        yield example


def write_texts(path: Path, texts: Iterable[str]) -> Path:
    """Write texts, one a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{one_line(text)}\n" for text in texts)
    return path


def write_tweets(folder: Path, data: Path, count: int) -> Path:
    """Write so many different tweets, one a line."""
    path = folder / f"{count}.txt"
    return write_texts(path, (each.text for each in different(tweets(data), count)))


def some(data: Path, count: int) -> list[str]:
    """Return the texts that `write_tweets` writes."""
    return [example.text for example in islice(different(tweets(data), count), count)]


def one_line(text: str) -> str:
    """Return the text without ends of lines and tabs, which part texts and columns in files."""
    return text.translate({10: " ", 13: " ", 9: " "})
