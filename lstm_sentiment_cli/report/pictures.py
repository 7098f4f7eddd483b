"""The plots of a report, each with its title and caption."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_sentiment_cli.evaluation.measurement import Measurement
from lstm_sentiment_cli.evaluation.metrics import Ranking
from lstm_sentiment_cli.evaluation.predictions import Evaluation, Predictions
from lstm_sentiment_cli.evaluation.slices import FEWEST_ROWS
from lstm_sentiment_cli.figures import counted, figure
from lstm_sentiment_cli.report import curves, plots
from lstm_sentiment_cli.report.curves import Curve


def examples(rows: int) -> str:
    """Return a number of examples: "1 example", "12,000 examples"."""
    return counted(rows, "example")


History = Sequence[Mapping[str, object]]

# More lines would hide each other.
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot, and what it says in words."""

    name: str  # of its file, without the suffix
    title: str
    caption: str
    svg: str


def pictures(measured: Measurement, history: History) -> list[Picture]:
    """Draw a measurement; plots without data are left out."""
    evaluation, predictions = measured.evaluation, measured.predictions
    return [
        _confusion(evaluation),
        _probabilities(evaluation, predictions),
        *_ranking(evaluation, predictions),
        *_confidence(evaluation, predictions),
        *_texts(measured),
        *_epochs(history),
    ]


def drawn_labels(evaluation: Evaluation) -> dict[int, str]:
    """Return number → label of those that get a line of their own: the most frequent of many."""
    support = evaluation.confusion.sum(axis=1)
    most = np.argsort(-support, kind="stable")[:_MOST_LINES]
    return {number: evaluation.labels[number] for number in sorted(most.tolist())}


def _confusion(evaluation: Evaluation) -> Picture:
    counts = evaluation.confusion
    found = [
        f"{plots.name(label)} {row[number]:,} of {row.sum():,}"
        for number, (label, row) in enumerate(zip(evaluation.labels, counts, strict=True))
    ]
    told = f" Found: {'; '.join(found)}." if len(found) <= _MOST_LINES else ""
    return Picture(
        "confusion",
        "Confusion matrix",
        f"Rows are true labels, columns are predictions.{told}",
        plots.confusion(counts, evaluation.labels),
    )


def _probabilities(evaluation: Evaluation, predictions: Predictions) -> Picture:
    labels = drawn_labels(evaluation)
    gold, probabilities = predictions.gold, predictions.probabilities
    if len(evaluation.labels) == 2:
        first = plots.name(evaluation.labels[0])
        of, values = f"probability of {first}", probabilities[:, 0]
        caption = f"The probability of {first}, by true label: the further apart, the better."
    else:
        of, values = "probability of the true label", probabilities[np.arange(len(gold)), gold]
        caption = "The probability of the true label: the further to the right, the better."
    histograms = curves.probability_histogram(values, gold, list(labels))
    return Picture(
        "probabilities",
        "Probabilities",
        caption,
        plots.probabilities(histograms, list(labels.values()), of),
    )


def _ranking(evaluation: Evaluation, predictions: Predictions) -> Iterator[Picture]:
    """Yield the ROC and the precision-recall curve; examples of one label only have none."""
    area, precision = evaluation.metrics["roc_auc"], evaluation.metrics["pr_auc"]
    if not area.defined:
        return
    two = len(evaluation.labels) == 2
    lines = {0: evaluation.labels[0]} if two else drawn_labels(evaluation)
    rankings = {
        label: Ranking.of(predictions.gold == number, predictions.probabilities[:, number])
        for number, label in lines.items()
    }
    what = f"{plots.name(evaluation.labels[0])} examples" if two else "examples of each label"
    areas = "The area" if two else "The mean area over labels, each against the rest,"
    yield Picture(
        "roc",
        "ROC curve",
        f"The share of {what} that are found, against the share of others mistaken for them. "
        f"{areas} is {figure('roc_auc', area)}; the dotted line is chance.",
        plots.roc({label: curves.roc(each) for label, each in rankings.items()}),
    )
    yield Picture(
        "precision_recall",
        "Precision and recall",
        f"The share of predictions that are correct, against the share of {what} that are found. "
        f"{areas} is {figure('pr_auc', precision)}.",
        plots.precision_recall(
            {label: curves.precision_recall(each) for label, each in rankings.items()}
        ),
    )


def _confidence(evaluation: Evaluation, predictions: Predictions) -> Iterator[Picture]:
    bins = curves.reliability(predictions.confidence, predictions.right)
    yield Picture(
        "reliability",
        "Reliability",
        f"Accuracy by confidence, in {len(bins)} groups of about equal size. On the dotted line "
        "predictions are correct as often as the model says; the mean distance from it is the "
        f"calibration error, {figure('ece', evaluation.metrics['ece'])}.",
        plots.reliability(bins),
    )
    curve = curves.risk_coverage(predictions.confidence, predictions.right)
    of_half, of_all = np.interp([0.5, 1.0], curve.x, curve.y)
    yield Picture(
        "risk_coverage",
        "Errors among the surest predictions",
        f"{of_all:.1%} of all predictions are wrong, and {of_half:.1%} of the most confident half: "
        "that is what leaving the rest to a person would gain.",
        plots.risk_coverage(curve),
    )


def _texts(measured: Measurement) -> Iterator[Picture]:
    if measured.slices:
        yield Picture(
            "slices",
            "Accuracy by kind of text",
            "With 95% intervals; the band is that of all texts. Filled dots are significantly "
            f"worse than the rest. Kinds with fewer than {FEWEST_ROWS} examples come last.",
            plots.slices(measured.slices, measured.evaluation.metrics["accuracy"]),
        )
    lengths = measured.predictions.lengths
    histogram, longest = curves.length_histogram(lengths), int(lengths.max())
    rest = " The last bar includes all longer texts." if longest > histogram.edges[-1] else ""
    yield Picture(
        "lengths",
        "Lengths of the texts",
        f"In tokens: the median is {np.median(lengths):g}, the longest has {longest:,}.{rest}",
        plots.lengths(histogram),
    )


def _epochs(history: History) -> Iterator[Picture]:
    """Yield loss and accuracy by epoch, as far as they are in the model's history."""
    for name, plot, word, best_of in (
        ("loss", plots.loss, "Lowest", np.argmin),
        ("accuracy", plots.accuracy, "Highest", np.argmax),
    ):
        training, validation = _points(history, name), _points(history, f"validation_{name}")
        caption = "Nothing was held out for validation."
        if len(validation.x):
            best = best_of(validation.y)
            value, epoch = validation.y[best], validation.x[best]
            caption = f"{word} in validation: {value:.3f}, after epoch {epoch:.0f}."
        if len(training.x):
            title = f"{name.capitalize()} by epoch"
            yield Picture(name, title, caption, plot(training, validation))


def _points(history: History, name: str) -> Curve:
    # The history may come from anywhere: what is not a number is not drawn.
    values = [(number, epoch.get(name)) for number, epoch in enumerate(history, start=1)]
    known = [
        (number, value)
        for number, value in values
        if isinstance(value, int | float) and math.isfinite(value)
    ]
    x, y = np.array(known, np.float64).reshape(-1, 2).T
    return Curve(x, y)
