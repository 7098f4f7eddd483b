"""How a tuned model was chosen, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.model.card import how_chosen

COMPARISON = {
    "rows": 1234,
    "accuracy": {"value": 0.812, "low": 0.79, "high": 0.832},
    "reference_accuracy": {"value": 0.805, "low": 0.783, "high": 0.826},
    "difference": {"value": 0.007, "low": -0.004, "high": 0.018},
    "p": 0.214,
    "verdict": "a tie",
}
SEARCH = {
    "algorithm": "bayesian",
    "objective": "log_loss",
    "folds": 5,
    "trials": 30,
    "complete": 27,
    "trial": 12,
    "score": {"mean": 0.45123, "deviation": 0.0031, "folds": []},
    "reference": 0,
    "reference_score": {"mean": 0.4581, "deviation": 0.00288, "folds": []},
    "comparison": COMPARISON,
}


def test_everything_is_said():
    assert how_chosen(SEARCH) == [
        "Of 27 complete trials, proposed by Bayesian optimisation (Keras Tuner) and each trained "
        "on 5 folds, the one of the lowest mean log loss was chosen.",
        "Trial 12 had 0.4512 ± 0.0031, the reference 0.4581 ± 0.0029: mean and standard deviation "
        "over the folds, which were used for choosing and so flatter the winner.",
        "On 1,234 rows that no trial saw, its accuracy was 81.2% (79.0-83.2), the reference's "
        "80.5% (78.3-82.6). This model and the reference are tied: accuracy +0.7 points "
        "(-0.4 to +1.8), p = 0.2140 (McNemar).",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"verdict": "better", "p": 0.0004},
            "This model is better than the reference: accuracy +0.7",
        ),
        ({"verdict": "worse"}, "This model is worse than the reference: accuracy +0.7"),
    ],
)
def test_better_and_worse_are_told_apart_from_a_tie(changes, said):
    assert said in how_chosen(SEARCH | {"comparison": COMPARISON | changes})[-1]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.03, -0.01, "a difference of -0.0200 (-0.0300 to -0.0100), lower by more than chance."),
        (-0.05, 0.01, "a difference of -0.0200 (-0.0500 to +0.0100), which may be chance."),
        (0.01, 0.03, "higher by more than chance."),
    ],
)
def test_log_losses_are_compared_too(low, high, said):
    loss = {"value": 0.45, "low": 0.44, "high": 0.46}
    value = -0.02 if low < 0 else 0.02
    losses = {
        "log_loss": loss,
        "reference_log_loss": loss,
        "log_loss_difference": {"value": value, "low": low, "high": high},
    }

    last = how_chosen(SEARCH | {"comparison": COMPARISON | losses})[-1]
    assert last.startswith(
        "Its log loss on them was 0.4500 (0.4400-0.4600), the reference's 0.4500"
    )
    assert said in last


def test_a_reference_that_won_is_compared_with_nothing():
    facts = {"rows": 20, "accuracy": COMPARISON["accuracy"]}
    said = how_chosen(SEARCH | {"trial": 0, "comparison": facts})

    assert said[1:] == [
        "It is the reference network itself, with 0.4512 ± 0.0031: no trial was better.",
        "On 20 rows that no trial saw, its accuracy was 81.2% (79.0-83.2).",
    ]


def test_without_held_out_rows_nobody_knows():
    assert how_chosen(SEARCH | {"comparison": None})[-1].startswith("Nothing was held out")


def test_one_trial_was_no_choice():
    assert how_chosen(SEARCH | {"complete": 1})[0].startswith("The only complete trial")


def test_a_reference_without_a_score_is_left_out():
    assert "reference" not in how_chosen(SEARCH | {"reference_score": None})[1]


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(list(SEARCH)), values))
def test_whatever_the_facts_are_only_our_words_come_out(facts):
    hostile = SEARCH | facts | {"algorithm": "<script>", "stopped": "# `x`"}
    for sentence in how_chosen(hostile):
        assert not set(sentence) & set("<#`\n")


@given(values)
def test_a_model_that_was_not_tuned_says_nothing(facts):
    assert isinstance(facts, dict) or how_chosen(facts) == []
