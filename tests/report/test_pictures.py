"""All plots of what can be measured, as XML and as words."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from report_samples import HISTORY, HOSTILE, LABELS, answers, hostile, measured

pytest.importorskip("matplotlib")

from lstm_sentiment_cli.report.pictures import pictures

ALL = {
    "confusion", "probabilities", "roc", "precision_recall", "reliability", "risk_coverage",
    "slices", "lengths", "loss", "accuracy",
}  # fmt: skip
NO_NUMBER = re.compile(r"\b(nan|inf|None)\b")


def texts(svg):
    return [
        "".join(each.itertext())
        for each in ElementTree.fromstring(svg).iter()
        if each.tag.endswith("}text")
    ]


def drawn(what, history=HISTORY):
    return {each.name: each for each in pictures(what, history)}


def at_random(gold, spread, labels=LABELS, seed=0):
    """Return what is measured of a model that is sure of everything if the spread is large."""
    logits = np.random.default_rng(seed).normal(0, spread, (len(gold), len(labels)))
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return measured(gold, exponents / exponents.sum(axis=1, keepdims=True), labels)


@st.composite
def anything_measured(draw):
    """Rows of two to four labels: few or many, sure or not, all of one label, all the same."""
    labels = draw(st.lists(st.text(max_size=30), min_size=2, max_size=4, unique=True))
    gold = draw(st.lists(st.integers(0, len(labels) - 1), min_size=1, max_size=40))
    spread = draw(st.sampled_from([0, 0.1, 3, 100]))
    return at_random(gold, spread, labels, draw(st.integers(0, 99)))


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything_measured())
@example(at_random([1], 0))
@example(at_random([0] * 20, 100))
@example(at_random([0, 1] * 20, 0))
@example(at_random([0, 2, 3] * 9, 100, ["", "\x00", "<a>", "$"]))
def test_whatever_was_measured_every_plot_is_xml_without_holes(what):
    # The plots of the training are drawn of other numbers.
    assert_without_holes(pictures(what, []))


def assert_without_holes(plots):
    for plot in plots:
        root = ElementTree.fromstring(plot.svg)
        attributes = [value for element in root.iter() for value in element.attrib.values()]
        assert not any(map(NO_NUMBER.search, attributes)), plot.name


def test_everything_is_drawn_of_two_labels():
    plots = drawn(answers(200))

    assert plots.keys() == ALL
    assert_without_holes(plots.values())


def test_names_of_labels_are_shown_as_they_are_or_cut():
    plot = drawn(answers(300, HOSTILE[:6]))["roc"]

    assert {"<script>alert(1)<…", "$\\frac{1}{$", "a\ufffdgnp.exe\ufffdb"} <= set(texts(plot.svg))


def test_names_that_no_terminal_and_no_xml_may_see_are_replaced():
    svg = drawn(hostile())["confusion"].svg

    assert "\ufffd\ufffd[31m\ufffd\ufffd\ufffd" in texts(svg)
    assert max(map(len, texts(svg))) < 60


def test_a_name_that_begins_with_an_underscore_stands_in_the_legend():
    assert "_hidden" in texts(drawn(answers(99, ("_hidden", "b")))["roc"].svg)


def test_of_many_labels_the_most_frequent_are_drawn():
    labels = [f"label {number}" for number in range(12)]
    gold = np.repeat(np.arange(12), np.arange(1, 13))
    probabilities = np.full((len(gold), 12), 1 / 12)

    curves = texts(drawn(measured(gold, probabilities, labels))["roc"].svg)

    assert [each for each in curves if each in labels] == labels[6:]


def test_examples_of_one_label_have_no_ranking():
    names = drawn(measured([0, 0, 0], [[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]])).keys()

    assert names == ALL - {"roc", "precision_recall"}


def test_a_label_without_examples_has_no_curve():
    what = measured([0, 1, 0], [[0.6, 0.3, 0.1], [0.2, 0.3, 0.5], [0.1, 0.8, 0.1]], ["a", "b", "c"])

    shown = set(texts(drawn(what)["roc"].svg))

    assert {"a", "b"} <= shown
    assert "c" not in shown


@pytest.mark.parametrize("history", [[], [{}], [{"loss": None}], [{"loss": "low"}]])
def test_a_model_without_history_has_no_epochs(history):
    assert drawn(answers(20), history).keys() == ALL - {"loss", "accuracy"}


def test_a_training_without_validation_is_told_as_such():
    history = [{"loss": 0.5, "accuracy": 0.8, "validation_loss": None}]

    loss = drawn(answers(20), history)["loss"]

    assert loss.caption == "Nothing was held out for validation."
    assert "validation" not in texts(loss.svg)


def test_without_slices_there_is_no_plot_of_them():
    what = answers(20)
    none = np.zeros(20, np.uint16)

    assert "slices" not in drawn(replace(what, predictions=replace(what.predictions, slices=none)))


def test_captions_tell_the_figures():
    what = answers(200)
    told = {name: picture.caption for name, picture in drawn(what).items()}
    right = what.evaluation.confusion.diagonal().tolist()
    support = what.evaluation.confusion.sum(axis=1).tolist()

    assert f"Found: {LABELS[0]} {right[0]} of {support[0]}" in told["confusion"]
    assert f"{what.evaluation.metrics['roc_auc'].value:.4f} (" in told["roc"]
    assert f"{what.evaluation.metrics['ece'].value:.4f} (" in told["reliability"]
    assert (
        f"{1 - what.evaluation.metrics['accuracy'].value:.1%} of all predictions"
        in told["risk_coverage"]
    )
    assert told["loss"] == "Lowest in validation: 0.600, after epoch 1."
    assert told["accuracy"] == "Highest in validation: 0.750, after epoch 2."


def test_a_million_rows_are_drawn_as_small_as_a_thousand():
    few, many = (drawn(_cheap(rows), []) for rows in (1_000, 1_000_000))

    assert sum(len(each.svg) for each in many.values()) < 1.5 * sum(
        len(each.svg) for each in few.values()
    )


def _cheap(rows):
    """What is measured of so many rows, without the intervals, which take a minute."""
    what, random = answers(1_000), np.random.default_rng(0)
    chosen = random.integers(0, 1_000, rows)
    noise = random.normal(0, 0.01, (rows, 1)) * [1, -1]
    predictions = replace(
        what.predictions,
        gold=what.predictions.gold[chosen],
        probabilities=np.float32((what.predictions.probabilities[chosen] + noise).clip(0, 1)),
        lengths=what.predictions.lengths[chosen],
        slices=np.zeros(rows, np.uint16),
    )
    many = replace(what, predictions=predictions)
    vars(many)["evaluation"] = what.evaluation
    return many
