"""The cafés are what their page says of them, and what is found in them is near the truth."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.reader import InputFile
from lstm_sentiment_cli.summary.reading import Split, read
from lstm_sentiment_cli.summary.summary import summarized

CAFES = Path(__file__).parents[2] / "data" / "cafes.csv"


def truths():
    with CAFES.open(encoding="utf-8", newline="") as file:
        counts = Counter((row["cafe"], row["label"]) for row in csv.DictReader(file))
    cafes = {cafe for cafe, _ in counts}
    return {
        cafe: counts[cafe, "positive"] / (counts[cafe, "positive"] + counts[cafe, "negative"])
        for cafe in cafes
    }


def test_the_page_tells_their_truth():
    page = (CAFES.parents[1] / "docs" / "summarize.md").read_text(encoding="utf-8")

    assert {cafe: f"{share:.0%}" for cafe, share in truths().items()} == {
        "Harbour": "71%",
        "Old Mill": "68%",
        "Station": "20%",
    }
    assert "71% of those about Harbour were written as praise, 68% about Old Mill, 20%" in page


def test_the_shipped_model_finds_their_shares(default_model):
    reading = read([InputFile(CAFES)], Split(("cafe",)), lambda: Predictor.load(default_model))

    groups = summarized(reading).groups

    for group in groups:
        truth = truths()[group.name[0]]
        assert group.shares[0].low < truth < group.shares[0].high
        assert group.shares[0].value == pytest.approx(truth, abs=0.1)
    assert [group.differs[0] for group in groups] == [True, True, True]
