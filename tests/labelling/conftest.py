"""Labelling with a model that counts words, which is sure of some texts and not of others."""

import csv
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lstm_sentiment_cli.labelling.candidates import read_candidates
from lstm_sentiment_cli.labelling.label_file import open_labels
from lstm_sentiment_cli.labelling.labeller import Labeller
from lstm_sentiment_cli.labelling.picking import Scorer
from lstm_sentiment_cli.records.labelled import DataFile
from tests.repl.small_models import predictor_of

LABELS = ("positive", "negative")


class LengthRuntime:
    """A network that is the surer of positive the longer a text is; of one word it is not sure."""

    def run(self, tokens, lengths):
        """Return logits."""
        sure = (np.asarray(lengths, np.float32) - 1)[:, None]
        return np.hstack([sure, -sure]).astype(np.float32)


def load():
    """Load that model."""
    return replace(predictor_of("lengths"), runtime=LengthRuntime())


def write_texts(path: Path, texts, column="text"):
    """Write texts into a csv of one column."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[column], *([each] for each in texts)])
    return path


def rows(path: Path):
    """Return the rows of a csv, each a dict."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give a folder of one's own as the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def begin(folder):
    """Give what begins to label texts.csv into labels.csv; it ends the session before, as `q` does.

    The model has read everything when it returns.
    """
    with ExitStack() as stack:

        def begin(texts=None, *, labels=LABELS, load=load, seed=1, **options):
            stack.pop_all().close()
            if texts is not None:
                write_texts(folder / "texts.csv", texts)
            candidates = read_candidates(DataFile(folder / "texts.csv"), labels, seed)
            file = stack.enter_context(open_labels(folder / "labels.csv", candidates.columns))
            pool = [each.text for each in candidates.pool]
            scorer = stack.enter_context(Scorer(load, pool, [each.text for each in file.asked]))
            labeller = Labeller(labels, candidates, file, scorer, seed=seed, **options)
            while scorer.scored < len(pool) and not scorer.error:
                pass
            labeller.advance()
            return labeller

        yield begin
