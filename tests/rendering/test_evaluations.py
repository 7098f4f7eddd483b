"""What was measured, shown: complete, inside the terminal, harmless."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.evaluation.behaviour import (
    DIRECTION,
    INVARIANCE,
    MINIMUM,
    SUITES,
    Case,
    Outcome,
    Rates,
    SuiteResult,
    read_suite,
)
from lstm_sentiment_cli.evaluation.comparison import Comparison, PairedComparison
from lstm_sentiment_cli.evaluation.measurement import Mistake
from lstm_sentiment_cli.evaluation.metrics import Interval, wilson
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions
from lstm_sentiment_cli.evaluation.slices import SLICES, SliceMetrics
from lstm_sentiment_cli.evaluation.threshold import (
    DecisionMetrics,
    Gain,
    LabelDecisionMetrics,
    ThresholdChoice,
    ThresholdGoal,
)
from lstm_sentiment_cli.figures import METRICS
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.rendering.cells import cells
from lstm_sentiment_cli.rendering.evaluations import (
    answers_table,
    behaviour_table,
    counts_table,
    failure_lines,
    figures_table,
    label_table,
    metrics_table,
    mistake_lines,
    slice_table,
    some_failures,
    to_paste,
)
from lstm_sentiment_cli.rendering.style import Display
from tests.rendering.printed import line_of, printed

GOLD = np.repeat([0, 1], [1000, 3000])
# 900 of 1,000 and 2,400 of 3,000 are answered rightly.
PREDICTED = np.repeat([0, 1, 0, 1], [900, 100, 600, 2400])


def metrics(evaluation):
    return metrics_table("mine", evaluation, None)


def confusion(evaluation):
    return counts_table(evaluation.labels, evaluation.confusion.tolist())


def shown(table, labels=("positive", "negative"), width=80):
    probabilities = np.where(PREDICTED[:, None] == [0, 1], np.float32(0.8), np.float32(0.2))
    evaluation = evaluate_predictions(labels, GOLD, probabilities)
    return printed(table(evaluation), width)


def lines(text):
    """Return the first cell of each line → the others; columns are two spaces apart."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    return {first: others for first, *others in rows}


def test_figures_of_the_whole():
    found = lines(shown(metrics))
    assert found["accuracy"] == ["82.5% (81.3-83.6)"]
    assert found["average recall"] == ["85.0% (83.8-86.2)"]
    log_loss = -0.825 * np.log(0.8) - 0.175 * np.log(0.2)
    assert re.fullmatch(rf"{log_loss:.4f} \(0\.4\d+-0\.4\d+\)", found["log loss"][0])
    assert re.fullmatch(r"0\.0250 \(0\.0\d+-0\.0\d+\)", found["calibration error"][0])
    assert re.fullmatch(r"0\.8500 \(0\.8\d+-0\.8\d+\)", found["ROC AUC"][0])
    assert found["examples"] == ["4,000"]


def test_figures_by_label():
    found = lines(shown(label_table))

    assert found["label"] == ["precision", "recall", "F1", "examples"]
    positive, negative = found["positive"], found["negative"]
    assert [*positive[:2], positive[3]] == ["60.0% (57.5-62.5)", "90.0% (88.0-91.7)", "1,000"]
    assert [*negative[:2], negative[3]] == ["96.0% (95.2-96.7)", "80.0% (78.5-81.4)", "3,000"]
    assert (positive[2][:7], negative[2][:7]) == ("72.0% (", "87.3% (")


def test_confusion_matrix():
    found = lines(shown(confusion))

    assert found["true label"] == ["as positive", "as negative"]
    assert found["positive"] == ["900", "100"]
    assert found["negative"] == ["600", "2,400"]


@pytest.mark.parametrize("table", [metrics, label_table, confusion])
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_the_metrics_is_wider_than_the_terminal(table, width):
    assert max(map(len, shown(table, width=width).splitlines())) <= width


@pytest.mark.parametrize("table", [label_table, confusion])
def test_labels_of_a_strange_model_are_shown_as_they_are_and_harmlessly(table):
    text = shown(table, labels=("[red]:smile:[/]", "\x1b]0;own\x07\u202e"))

    assert "[red]:smile:[/]" in text
    assert "\ufffd]0;own\ufffd\ufffd" in text
    assert not any(sign in text for sign in "\x1b\x07\u202e")


def test_a_figure_that_is_not_defined_is_a_dash():
    evaluation = evaluate_predictions(("a", "b"), np.array([0]), np.float32([[0.7, 0.3]]))

    found = lines(printed(metrics(evaluation)))

    assert (found["ROC AUC"], found["PR AUC"]) == (["-"], ["-"])


def test_two_classifiers_stand_side_by_side():
    right = np.eye(2, dtype=np.float32)[GOLD]
    model, peer = (evaluate_predictions(("a", "b"), GOLD, each) for each in (right, 1 - right))
    all_right = np.full(len(GOLD), True)
    comparison = Comparison("[red]peer", peer, PairedComparison.of(all_right, ~all_right))

    found = lines(printed(metrics_table("mine", model, comparison)))

    assert found["metric"] == ["mine", "[red]peer"]
    assert found["accuracy"] == ["100.0% (99.9-100.0)", "0.0% (0.0-0.1)"]
    assert found["examples"] == ["4,000", "4,000"]


def test_the_table_has_every_metric():
    found = lines(shown(metrics))

    titles = [each.title for each in METRICS.values()]
    assert [first for first in found if first in titles] == titles


def test_accuracy_of_each_and_of_the_rest():
    slices = [
        SliceMetrics("with a negation", 1200, wilson(600, 1200), wilson(7000, 8800)),
        SliceMetrics("with an emoji", 1000, wilson(790, 1000), wilson(7000, 8800)),
        SliceMetrics("with a hashtag", 9, wilson(0, 9), wilson(7000, 8800)),
        SliceMetrics("up to 5 tokens", 40, wilson(40, 40), None),
    ]
    text = printed(slice_table(slices))

    assert line_of("with a negation", text) == [
        "with a negation", "1,200", "50.0% (47.2-52.8)", "79.5% (78.7-80.4)", "worse",
    ]  # fmt: skip
    assert len(line_of("with an emoji", text)) == 4
    assert line_of("with a hashtag", text)[-1] == "few rows"
    assert line_of("up to 5 tokens", text)[-2:] == ["100.0% (91.2-100.0)", "-"]


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_the_slices_is_wider_than_the_terminal(width):
    slices = [SliceMetrics(name, 10**7, wilson(5, 9), wilson(0, 10)) for name in SLICES]

    lines = printed(slice_table(slices), width).splitlines()

    assert max(map(len, lines)) <= width


def test_at_eighty_columns_each_kind_is_one_line():
    slices = [SliceMetrics(name, 123_456, wilson(10**5, 123_456), wilson(9, 10)) for name in SLICES]

    text = printed(slice_table(slices))

    assert all(name in text for name in SLICES)


ONE = Mistake("oh great", "negative", "positive", 0.991, "data/a.csv", 12)
OTHER = Mistake("not bad at all", "positive", "negative", 0.872, "b.csv", 1204)


def mistakes_shown(mistakes, width=80, *, several_files=False, unicode=True):
    display = Display(width, unicode)
    return mistake_lines(mistakes, display, several_files=several_files).plain.split("\n")


def test_columns_of_mistakes_are_aligned_and_the_text_is_last():
    assert mistakes_shown([ONE, OTHER]) == [
        "sure    predicted  true      line  text",
        " 99.1%  positive   negative  12    oh great",
        " 87.2%  negative   positive  1204  not bad at all",
    ]


def test_of_several_files_the_name_is_told():
    assert mistakes_shown([ONE, OTHER], several_files=True)[1] == (
        " 99.1%  positive   negative  a.csv:12    oh great"
    )


def test_a_narrow_terminal_leaves_out_the_line_and_cuts_the_text():
    _, line = mistakes_shown([ONE._replace(text="so long a text that it does not fit")], 45)

    assert line == " 99.1%  positive   negative  so long a text…"


def test_what_users_wrote_in_a_mistake_is_harmless():
    text = "\n".join(
        mistakes_shown([ONE._replace(text="a\x1b[31m\nb\u202e", label="x\x07", file="\x1b")])
    )

    assert not any(sign in text for sign in "\x1b\x07\u202e")
    assert text.count("\n") == 1


@given(
    st.builds(
        Mistake,
        text=st.text(),
        label=st.text(max_size=30),
        predicted=st.text(max_size=30),
        probability=st.floats(0, 1),
        file=st.text(max_size=30),
        line=st.integers(1, 10**9),
    ),
    st.booleans(),
)
def test_every_mistake_fits(mistake, several_files):
    for line in mistakes_shown([mistake, ONE], 80, several_files=several_files):
        assert cells(line) <= 80


@pytest.mark.parametrize(("unicode", "end"), [(True, "…"), (False, "...")])
def test_cut_text_ends_as_the_terminal_can_show_it(unicode, end):
    assert mistakes_shown([ONE._replace(text="x" * 99)], unicode=unicode)[1].endswith(f"x{end}")


GOOD, BAD = {"positive": 0.9, "negative": 0.1}, {"positive": 0.2, "negative": 0.8}
WORD = Outcome(Case("words", MINIMUM, "fine day", "", "negative"), [GOOD])
PAIR = Outcome(Case("names", INVARIANCE, "hello anna", "hello emre", "same"), [GOOD, BAD])
MOVED = Outcome(Case("more", DIRECTION, "it is good", "it is very good", "up"), [GOOD, BAD])


def behaviour(cases, right, of_peer=None, failures=()):
    passed = np.array(right, np.bool_)
    beside = None
    if of_peer is not None:
        theirs = np.array(of_peer, np.bool_)
        beside = Comparison("vader", Rates.of(cases, theirs), PairedComparison.of(passed, theirs))
    rates = Rates.of(cases, passed)
    return SuiteResult("behaviour", "cafe", rates, 0, list(failures), beside)


CASES = [
    *[Case("words", MINIMUM, f"a{number}", "", "positive") for number in range(4)],
    *[Case("names", INVARIANCE, f"b{number}", "c", "same") for number in range(2)],
]


def test_capabilities_stand_worst_first_then_kinds_then_the_total():
    text = printed(behaviour_table("mine", behaviour(CASES, [1, 1, 1, 0, 1, 0])))

    order = ["names", "words", MINIMUM, INVARIANCE, "total"]
    assert [text.index(f"\n {each} ") for each in order] == sorted(
        text.index(f"\n {each} ") for each in order
    )
    assert line_of("words", text) == ["words", "3/4", "75.0% (30.1-95.4)"]
    assert line_of("total", text)[1] == "4/6"


def test_a_peer_has_a_column_of_its_own():
    text = printed(behaviour_table("mine", behaviour(CASES, [1] * 6, [1, 0, 0, 0, 1, 1])))

    assert line_of("capability", text) == ["capability", "passed", "mine", "vader"]
    assert line_of("words", text)[-1] == "25.0% (4.6-69.9)"


@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_the_behaviour_is_wider_than_the_terminal(width):
    cases = list(read_suite("behaviour").cases)
    everything = behaviour(cases, [1] * len(cases), [0] * len(cases))
    text = printed(behaviour_table("mine", everything), width)

    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("suite", SUITES)
def test_at_eighty_columns_each_capability_is_one_line(suite):
    cases = list(read_suite(suite).cases)
    text = printed(behaviour_table("mine", behaviour(cases, [1] * len(cases), [1] * len(cases))))

    assert all(len(line_of(each.capability + "  ", text)) == 4 for each in cases)


def test_each_failure_says_what_was_expected_and_what_was_answered():
    assert failure_lines([WORD, PAIR, MOVED], Display(80)).plain.splitlines() == [
        "expected       predicted            text",
        "negative       positive 90.0%       fine day",
        "the same       positive → negative  hello anna",
        "                                    → hello emre",
        "more positive  +0.800 → -0.600      it is good",
        "                                    → it is very good",
    ]


def test_without_unicode_arrows_are_ascii():
    assert failure_lines([PAIR, MOVED], Display(80, unicode=False)).plain.isascii()


@pytest.mark.parametrize("width", [20, 40, 60])
def test_failures_fit_the_terminal_and_cannot_act_on_it(width):
    hostile = Outcome(Case("words", MINIMUM, "\x1b[31mred\n" * 9, "", "negative"), [GOOD])

    text = failure_lines([hostile, PAIR], Display(width)).plain

    assert "\x1b" not in text
    assert len(text.splitlines()) == 4
    assert max(map(len, text.splitlines())) <= width


def test_of_the_failures_one_of_each_capability_comes_first_the_worst_before_the_others():
    cases = [each.case for each in (WORD, WORD, WORD, PAIR)]
    all_of_them = behaviour([*cases, PAIR.case], [0, 0, 0, 0, 1], failures=[WORD, WORD, WORD, PAIR])

    assert some_failures(all_of_them, 3) == [WORD, PAIR, WORD]
    assert some_failures(behaviour(cases, [1] * 4), 3) == []


HIGH, LOW = Interval(0.9, 0.85, 0.93), Interval(0.4, 0.3, 0.5)
ANSWERS = DecisionMetrics(
    rows=2000,
    answered=1500,
    accuracy=HIGH,
    by_label={
        "positive": LabelDecisionMetrics(1000, HIGH, LOW),
        "[b]\x1b": LabelDecisionMetrics(500, LOW, HIGH),
    },
)


def found(decision, gain=None):
    return ThresholdChoice(ThresholdGoal(), decision, ANSWERS, gain)


@pytest.mark.parametrize(
    ("decision", "options", "settings"),
    [
        (Decision(threshold=0.62), "--threshold 0.62", ["threshold = 0.62"]),
        (Decision(threshold=1.0), "--threshold 1", ["threshold = 1"]),
        (Decision(uncertain=(0.0001, 0.5)), "--uncertain 0.0001,0.5", ['uncertain = "0.0001,0.5"']),
        (
            Decision(0.6, (0.6, 0.7123)),
            "--threshold 0.6 --uncertain 0.6,0.7123",
            ["threshold = 0.6", 'uncertain = "0.6,0.7123"'],
        ),
    ],
)
def test_a_rule_is_shown_as_options_and_as_settings(decision, options, settings):
    assert str(to_paste(decision)).split("\n") == [
        "options for predict:",
        f"  {options}",
        "or in lstm-sentiment.toml:",
        "  [predict]",
        *(f"  {line}" for line in settings),
    ]


def test_what_a_band_does_to_the_rows():
    text = printed(figures_table(found(Decision(uncertain=(0.3, 0.7)))))

    assert re.search(r"rows answered +75\.0%", text)
    assert re.search(r"accuracy on these +90\.0% \(85\.0-93\.0\)", text)
    assert re.search(r"rows +2,000", text)


def test_what_a_threshold_gains():
    gain = Gain("macro-f1", 0.8, 0.825, Interval(0.025, -0.01, 0.06))

    text = printed(figures_table(found(Decision(threshold=0.45), gain)))

    assert re.search(r"macro F1 at 0\.5 +80\.0%", text)
    assert re.search(r"macro F1 at 0\.45 +82\.5%", text)
    assert re.search(r"difference +\+2\.5 points \(-1\.0 to \+6\.0\)", text)


@pytest.mark.parametrize("width", [40, 80])
def test_labels_beside_a_threshold_are_harmless_and_nothing_is_cut_off(width):
    text = printed(answers_table(found(Decision(threshold=0.5))), width)

    assert "[b]\ufffd" in text
    assert "\x1b" not in text
    assert "…" not in text
    assert "(85.0-93.0)" in text
    assert max(map(len, text.splitlines())) <= width
