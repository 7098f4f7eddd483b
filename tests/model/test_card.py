"""The card says what is known of a model, whatever its facts are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_samples import METRICS, sample

from lstm_sentiment_cli.model.card import card, how_chosen, kinds_of_text
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer(["good"] * 1997, max_tokens=64)
words = st.text("a|`\n#é", max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
any_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


def written(
    provenance=None, metrics=None, name="mine", labels=("positive", "negative"), **hyperparameters
) -> str:
    manifest = Manifest(labels, hyperparameters, 1.0, "fp32", provenance or {})
    return card(name, manifest, metrics or {}, TOKENIZER)


def sections(text: str) -> list[str]:
    return re.findall("^## (.*)$", text, re.MULTILINE)


def test_card_of_everything():
    artifact = sample()
    text = card("mine", artifact.manifest, artifact.metrics, TOKENIZER)

    for line in (
        "# mine",
        "It gives the probability that a text is `positive` or `negative`, in this order.",
        "It was trained by lstm-sentiment 0.1.0 on 2026-01-02 and runs offline, on ONNX Runtime.",
        "    lstm-sentiment predict --model mine 'i love this'",
        "    SentimentModel.load('mine').predict(['i love this'])",
        "| `validation` | 1,200 | 82.0% (79.7-84.1) | 82.0% | 82.1% | 0.4012 |",
        "| `held_out.csv` | 359 | 84.7% (80.6-88.0) | 84.7% | - | - |",
        "- vocabulary: 2,000 tokens",
        "- temperature of the probabilities: 1.25",
        "- precision of the weights: fp32",
        "| `lstm_units` | `[96, 48, 48]` |",
        "| `vocabulary_size` | `18000` |",
        "| `dropout` | `0.3` |",
        "| `my tweets.csv` | 12,000 | positive 7,000, negative 5,000 | 2 | yes | `0123456789ab` |",
        "- rows for training: 10,800",
        "- rows for validation: 1,200",
        "- fingerprint of all examples: feedc0de",
        "    lstm-sentiment train 'my tweets.csv' --output mine",
        "- best epoch: 3",
        "- seed: 1234",
        "- minutes: 1.5",
        "- versions: python 3.11.9, keras 3.15.1",
        "- It is not made for decisions about people.",
    ):
        assert line in text.splitlines()
    assert "continued from" not in text
    assert sections(text) == [
        "How to use it", "Metrics", "Network", "Training data", "Training", "Intended use",
        "Limits", "Files",
    ]  # fmt: skip


def test_what_is_not_known_is_left_out():
    text = written()

    assert sections(text) == ["How to use it", "Network", "Intended use", "Limits", "Files"]
    assert "It was trained by lstm-sentiment and runs" in text
    assert "None" not in text


def test_second_stage_names_the_model_it_continues():
    parent = {"name": "first", "labels": ["a", "b"], "fingerprint": "beef"}

    assert "- continued from: name first, labels a, b, fingerprint beef" in written(
        {"parent": parent}
    )


def test_a_model_says_what_it_learnt_from_probabilities():
    files = [
        {"name": "scored.jsonl", "rows": 12, "with_probabilities": 1200, "with_both": 0},
        {"name": "labelled.csv", "rows": 12, "with_probabilities": 0, "with_both": 0},
    ]
    alone = written({"data": files})
    both = written({"data": [files[0] | {"with_both": 10}]}, teacher_share=0.7)

    told = "the probabilities that another classifier gave: 1,200 rows of `scored.jsonl`.\n"
    assert told in alone
    assert "teacher_share" not in alone
    assert "their weight in the target is `0.7` (`teacher_share`)." in both
    assert "probabilities that another" not in written({"data": files[1:]})


def test_models_of_earlier_versions_say_what_was_done_to_their_texts():
    old = {"name": "a.csv", "strip_emoticons": 0.9, "emoji": 0.05, "unlabelled": True}
    text = written({"data": [old], "teachers": [{"name": "first", "labels": ["a", "b"]}]})

    assert "- `a.csv`: used for its words only, emoji added to a share of 0.05" in text
    assert "| 0.9 |" in text
    assert "- teachers: name first, labels a, b" in text


def test_more_labels_than_two():
    assert "is `good`, `so-so` or `bad`, in" in written(labels=("good", "so-so", "bad"))


def test_facts_are_no_markup():
    hostile = "a|b\n# `<img src=x>`"
    text = written({"data": [{"name": hostile}]}, name="x\n# y", labels=(hostile, "b"))

    assert "| `a\\|b # '<img src=x>'` |" in text
    assert text.startswith("# x # y\n")
    assert sections(text) == sections(written({"data": [{"name": "a"}]}))


def test_a_tuned_model_says_how_it_was_chosen_and_what_its_figures_are_of():
    measured = {"accuracy": 0.8, "name": "cross-validation", "used_for_choosing": True}
    text = written({"search": {"comparison": None}}, measured)

    assert "Choice of hyperparameters" in sections(text)
    assert "No rows were held out" in text
    assert "The hyperparameters were chosen by these metrics" in text
    assert "were chosen by" not in written(metrics={"accuracy": 0.8})


KEYS = ["search", "created", "data", "split", "versions", "command", "parent", "seconds", "epochs"]


@given(
    provenance=st.dictionaries(st.sampled_from(KEYS), values),
    metrics=st.dictionaries(st.sampled_from(list(METRICS)), values),
)
def test_card_is_written_whatever_the_facts_are(provenance, metrics):
    text = written(provenance, metrics)

    assert "## Limits" in text
    assert text.endswith("|\n")


@pytest.mark.parametrize(
    ("accuracy", "shown"),
    [
        (0.5, "50.0%"),
        ({"value": 1.0, "low": 0.5, "high": 1.0}, "100.0% (50.0-100.0)"),
        ({"value": 0.5}, "50.0%"),
        ({"value": 0.5, "low": None, "high": None}, "50.0%"),
        ({}, "-"),
        ("good", "-"),
        (None, "-"),
    ],
)
def test_figure(accuracy, shown):
    assert f"| `validation` | - | {shown} | - | - | - |" in written(metrics={"accuracy": accuracy})


def measured(name, **accuracies):
    kinds = [{"name": kind, "accuracy": {"value": each}} for kind, each in accuracies.items()]
    return {"name": name, "slices": kinds}


def test_each_set_of_data_has_a_column_and_each_kind_a_row():
    metrics = {"evaluations": [measured("a", emoji=0.5, short=0.7), measured("b|c", short=0.9)]}

    assert kinds_of_text(metrics) == (
        "| kind of text | `a` | `b\\|c` |\n|---|---|---|\n"
        "| emoji | 50.0% | - |\n| short | 70.0% | 90.0% |"
    )


SHARE = {"value": 0.5, "low": 0.4, "high": 0.6}
OLD = {"name": "suite", "passed": 1, "asked": 2, "rate": SHARE, "by_capability": {}}
PEOPLE = {
    "changed": 4,
    "sets": 8,
    "share": SHARE,
    "largest_shift": {"word": "young", "log_odds": -0.5},
    "by_kind": {"age": {"changed": 4, "sets": 8, "share": SHARE, "largest_shift": "?"}},
}


def test_a_record_of_the_first_suite_alone_is_still_read():
    text = written(metrics={"behaviour": [OLD]})

    assert "| total | 1 | 2 | 50.0% (40.0-60.0) |" in text
    assert "Words for people" not in text


def test_reversals_and_words_for_people_have_tables_of_their_own():
    text = written(metrics={"behaviour": [OLD | {"reversals": OLD, "people": PEOPLE}]})

    assert text.count("| total | 1 | 2 | 50.0% (40.0-60.0) |") == 2
    assert "In 4 of 8 sets of them the answer changes." in text
    assert "| age | 4 | 8 | 50.0% (40.0-60.0) | - |" in text
    assert "| total | 4 | 8 | 50.0% (40.0-60.0) | young -0.50 |" in text


def test_figures_without_kinds_have_no_table():
    for metrics in ({}, {"evaluations": None}, {"evaluations": [{"name": "a"}, 3]}):
        assert kinds_of_text(metrics) == ""


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
        "on 5 folds, the one with the lowest mean log loss was chosen.",
        "Trial 12 scored 0.4512 ± 0.0031, the reference 0.4581 ± 0.0029 (mean and standard "
        "deviation over the folds). It was chosen by this score, which is therefore optimistic.",
        "On 1,234 rows that no trial used, its accuracy was 81.2% (79.0-83.2), that of the "
        "reference 80.5% (78.3-82.6). This model and the reference cannot be told apart: accuracy "
        "+0.7 points (-0.4 to +1.8), p = 0.2140 (McNemar).",
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
        (-0.03, -0.01, "a difference of -0.0200 (-0.0300 to -0.0100), significantly lower."),
        (-0.05, 0.01, "a difference of -0.0200 (-0.0500 to +0.0100), which may be due to chance."),
        (0.01, 0.03, "significantly higher."),
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
        "Its log loss on these rows was 0.4500 (0.4400-0.4600), that of the reference 0.4500"
    )
    assert said in last


def test_a_reference_that_won_is_compared_with_nothing():
    facts = {"rows": 20, "accuracy": COMPARISON["accuracy"]}
    said = how_chosen(SEARCH | {"trial": 0, "comparison": facts})

    assert said[1:] == [
        "It is the reference network itself, which scored 0.4512 ± 0.0031: no trial was better.",
        "On 20 rows that no trial used, its accuracy was 81.2% (79.0-83.2).",
    ]


def test_without_held_out_rows_nobody_knows():
    assert how_chosen(SEARCH | {"comparison": None})[-1].startswith("No rows were held out")


def test_one_trial_was_no_choice():
    assert how_chosen(SEARCH | {"complete": 1})[0].startswith("The only complete trial")


def test_a_reference_without_a_score_is_left_out():
    assert "reference" not in how_chosen(SEARCH | {"reference_score": None})[1]


@given(st.dictionaries(st.sampled_from(list(SEARCH)), any_values))
def test_whatever_the_facts_are_only_our_words_come_out(facts):
    hostile = SEARCH | facts | {"algorithm": "<script>", "stopped": "# `x`"}
    for sentence in how_chosen(hostile):
        assert not set(sentence) & set("<#`\n")


@given(any_values)
def test_a_model_that_was_not_tuned_says_nothing(facts):
    assert isinstance(facts, dict) or how_chosen(facts) == []
