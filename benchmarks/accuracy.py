"""Accuracy: ours and the peers on the same held-out rows, in one run."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import peers
from parts import OURS_NAME, Asked, Part, Table
from surroundings import surroundings

from experiments import halves
from lstm_sentiment_cli.evaluation.behaviour import evaluate_suite, read_suite
from lstm_sentiment_cli.evaluation.comparison import MAJORITY, Peer, open_peer
from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.evaluation.predictions import Evaluation, evaluate_predictions
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.labelled import DataFile, Example, read_examples

MANUAL = "sentiment140_manual_test.tsv.gz"
SEED_NAME = "the preset `seed`"
_TWO, _THREE = "Two classes", "Three classes"
# The labelled rows, as they are without a teacher.
_LABELLED, _LABELLED_THREE = "seed", "seed-three-class"


class Column(NamedTuple):
    """One column of the table: a figure of one set of rows."""

    name: str
    rows: list[Example]
    figure: str


def measure(asked: Asked) -> Part:
    """Measure two classes, and three if there is such a model."""
    part = Part("accuracy", surroundings())
    predictor = Predictor.load(asked.model)
    trained = peers.trained(asked, _LABELLED)
    sides = [
        open_peer(MAJORITY, predictor),
        *(peers.as_peer(peer, trained, predictor.labels) for peer in peers.NAMES),
        *_seed(asked, predictor),
        *peers.teacher(asked, predictor.labels),
        _ours(predictor),
    ]
    columns = list(_columns(asked.data, predictor.labels))
    table = _table(_TWO, columns, sides, predictor.labels)
    _add_behaviour(table, sides, predictor)
    part.tables.append(table)
    part.notes += [
        "The held-out halves of the development files, which no decision was based on, the public "
        "test set without neutral, and the behaviour suites.",
        f"fastText and logistic regression were trained on {_learnt(asked)} of the labelled data, "
        "none held out, with emoticons stripped where they are the label; fastText does not "
        "support weights of examples.",
        "The teacher is the transformer whose answers our model learnt.",
        "The majority label is that of the rows measured.",
        "The 95% interval is in brackets: Wilson's for accuracies and cases passed, the "
        "bootstrap's for the others.",
    ]
    _three(part, asked)
    return part


def _learnt(asked: Asked) -> str:
    return f"{asked.training_rows:,} rows" if asked.training_rows else "all rows"


def _three(part: Part, asked: Asked) -> None:
    """Add the table of three classes, or a note of what is missing."""
    if asked.three_class is None:
        part.notes.append("Three classes were not measured: no such model was named.")
        return
    predictor = Predictor.load(asked.three_class)
    trained = peers.trained(asked, _LABELLED_THREE)
    sides = [
        open_peer(MAJORITY, predictor),
        *(
            peers.as_peer(peer, trained, predictor.labels)
            for peer in ("vader", "fasttext", "tfidf")
        ),
        *peers.teacher(asked, predictor.labels),
        _ours(predictor),
    ]
    rows = halves(asked.data, "SemEval", predictor.labels)[1]
    columns = [Column(f"SemEval, {len(rows):,} rows, macro recall", rows, "average_recall")]
    part.tables.append(_table(_THREE, columns, sides, predictor.labels))


def _columns(data: Path, labels: Sequence[str]) -> Iterator[Column]:
    rows = halves(data, "S140", labels)[1]
    yield Column(f"Sentiment140, {len(rows):,} rows, accuracy", rows, "accuracy")
    rows = halves(data, "SemEval", labels)[1]
    yield Column(f"SemEval, {len(rows):,} rows, average recall", rows, "average_recall")
    yield Column("SemEval, the same rows, accuracy", rows, "accuracy")
    rows = read_examples([DataFile(data / MANUAL)], labels).examples
    yield Column(f"Sentiment140's test set, {len(rows):,} rows, accuracy", rows, "accuracy")


def _ours(predictor: Predictor) -> Peer:
    return Peer(OURS_NAME, lambda texts: predictor.scores(texts).probabilities)


def _seed(asked: Asked, predictor: Predictor) -> Iterator[Peer]:
    if asked.seed_model:
        yield open_peer(str(asked.seed_model), predictor)._replace(name=SEED_NAME)


def _table(
    title: str, columns: Sequence[Column], sides: Sequence[Peer], labels: Sequence[str]
) -> Table:
    rows: dict[str, list[tuple[float, float, float]]] = {side.name: [] for side in sides}
    for side in sides:
        measured: dict[int, Evaluation] = {}
        for column in columns:
            # Two figures of the same rows need one run.
            key = id(column.rows)
            measured[key] = measured.get(key) or _evaluation(side, column.rows, labels)
            rows[side.name].append(_cell(measured[key].metrics[column.figure]))
    return Table(title, [column.name for column in columns], rows)


def _evaluation(side: Peer, rows: Sequence[Example], labels: Sequence[str]) -> Evaluation:
    gold = np.array([labels.index(row.label) for row in rows])
    ask = side.answering(gold, len(labels))
    return evaluate_predictions(labels, gold, ask([row.text for row in rows]))


def _add_behaviour(table: Table, sides: Sequence[Peer], predictor: Predictor) -> None:
    """Add a column for each suite: the share of its cases that were passed."""
    titles = {"behaviour": "behaviour suite", "reversals": "reversals of tone"}
    for name, title in titles.items():
        suite = read_suite(name)
        for side in sides:
            comparison = evaluate_suite(suite, predictor, side).comparison
            assert comparison is not None
            table.rows[side.name].append(_cell(comparison.result.total.share))
        cases = len(suite.asked_of(predictor.labels))
        table.columns.append(f"{title}, {cases} cases passed")


def _cell(figure: Interval) -> tuple[float, float, float]:
    return figure.value, figure.low, figure.high
