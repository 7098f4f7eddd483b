"""Files of texts that were scored before, and what is found in them."""

import csv
import random

import numpy as np

from lstm_sentiment_cli.records.reader import InputFile
from lstm_sentiment_cli.summary.reading import Split, read
from lstm_sentiment_cli.summary.summary import DEFAULT_TOP, summarized
from lstm_sentiment_cli.summary.times import Periods, zone


def no_model():
    raise AssertionError("the texts have probabilities: no model is needed")


def scored_rows(texts, share, seed=0, **columns):
    """Return rows of an honest model, whose true share of positive texts is given."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(texts):
        positive = number < round(share * texts)
        log_odds = 4 * chance.normal(1 if positive else -1, 0.7)
        probability = float(1 / (1 + np.exp(-log_odds)))
        word = "lovely" if positive else "dreadful"
        row = {"text": f"{word} day {number}", "p_positive": probability}
        rows.append(columns | row | {"p_negative": 1 - probability})
    random.Random(seed).shuffle(rows)
    return rows


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def summary_of(
    *paths, by=(), over=None, every="day", compared=None, top=DEFAULT_TOP, load=no_model
):
    periods = Periods(every, zone("UTC")) if over else None
    reading = read([InputFile(path) for path in paths], Split(tuple(by), over, periods), load)
    return summarized(reading, compared, top)
