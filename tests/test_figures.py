import pytest

from lstm_sentiment_cli.figures import (
    METRICS,
    difference,
    figure,
    interval_in,
    listed,
    parts,
    points,
    verdict,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("metric", "bounded", "written"),
    [
        ("accuracy", (0.8123, 0.8041, 0.82), "81.2% (80.4-82.0)"),
        ("accuracy", (1.0, 0.912, 1.0), "100.0% (91.2-100.0)"),
        ("log_loss", (0.4038, 0.398, 0.41), "0.4038 (0.3980-0.4100)"),
        ("roc_auc", (NAN, NAN, NAN), "-"),
        ("macro_f1", None, "-"),
        ("a share of its own", (-0.25, -0.4, -0.1), "-25.0% (-40.0 to -10.0)"),
    ],
)
def test_a_figure_has_its_interval_and_a_share_is_in_percent(metric, bounded, written):
    assert figure(metric, bounded) == written


def test_figure_and_interval_can_stand_apart():
    assert parts("recall", (0.5, 0.4, 0.6)) == ("50.0%", "40.0-60.0")
    assert parts("roc_auc", (NAN, NAN, NAN)) == ("-", "-")


def test_a_list_of_names_has_an_end():
    assert listed(list("abcdefghij")) == "a, b, c, d, e, f, g, h, i, j"
    assert listed([str(number) for number in range(3000)]).endswith("8, 9 and 2,990 more")


def test_a_metric_has_its_title_once_and_its_bounds_in_order():
    titles = [each.title for each in METRICS.values()]

    assert sorted(set(titles)) == sorted(titles)
    assert all(each.bounds[0] < each.bounds[1] for each in METRICS.values())


def test_differences_have_signs():
    assert points((0.001, -0.002, 0.003)) == "+0.1 points (-0.2 to +0.3)"
    assert difference((-0.02, -0.03, 0.01)) == "-0.0200 (-0.0300 to +0.0100)"


@pytest.mark.parametrize(
    ("fact", "bounded"),
    [
        ({"value": 0.5, "low": 0, "high": 1.0, "more": 1}, (0.5, 0, 1.0)),
        ({"value": 0.5, "low": "0", "high": 1.0}, None),
        ({"value": 0.5}, None),
        ([0.5, 0.4, 0.6], None),
        (None, None),
    ],
)
def test_a_figure_is_found_in_json(fact, bounded):
    assert interval_in(fact) == bounded


FACTS = {"difference": {"value": 0.05, "low": 0.021, "high": 0.079}}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"verdict": "better", "p": 1e-30, "only_first": 1234, "only_second": 567},
            "mine is better than vader: accuracy +5.0 points (+2.1 to +7.9), p < 0.0001 (McNemar; "
            "only mine is right on 1,234 rows, only vader on 567)",
        ),
        (
            {"verdict": "worse", "p": 0.0129, "only_first": 2, "only_second": 12},
            "mine is worse than vader: accuracy +5.0 points (+2.1 to +7.9), p = 0.0129 (McNemar; "
            "only mine is right on 2 rows, only vader on 12)",
        ),
        (
            {"verdict": "a tie", "p": 0.7744, "only_first": 7, "only_second": 5},
            "mine and vader cannot be told apart: accuracy +5.0 points (+2.1 to +7.9), p = 0.7744 "
            "(McNemar; only mine is right on 7 rows, only vader on 5)",
        ),
        (
            {"verdict": "a tie", "p": 0.7744},
            "mine and vader cannot be told apart: accuracy +5.0 points (+2.1 to +7.9), p = 0.7744 "
            "(McNemar)",
        ),
        ({"verdict": "a tie"}, ""),
        ({"verdict": "better", "p": 0.01, "difference": None}, ""),
        ({"verdict": "\x1b[31m", "p": 0.01}, ""),
    ],
)
def test_a_comparison_says_which_is_better_and_how_sure_that_is(facts, sentence):
    assert verdict("mine", "vader", FACTS | facts) == sentence


def test_a_comparison_can_be_of_other_figures():
    facts = FACTS | {"verdict": "better", "p": 0.002, "only_first": 10, "only_second": 0}

    assert verdict("mine", "vader", facts, of="pass rate", row="case") == (
        "mine is better than vader: pass rate +5.0 points (+2.1 to +7.9), p = 0.0020 (McNemar; "
        "only mine is right on 10 cases, only vader on 0)"
    )
