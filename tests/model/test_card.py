import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_samples import METRICS, sample

from lstm_sentiment_cli.model.card import card
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer(["good"] * 1997, max_tokens=64)
words = st.text("a|`\n#é", max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)


def written(provenance=None, metrics=None, name="mine", labels=("positive", "negative")) -> str:
    manifest = Manifest(labels, {}, 1.0, "fp32", provenance or {})
    return card(name, manifest, metrics or {}, TOKENIZER)


def sections(text: str) -> list[str]:
    return re.findall("^## (.*)$", text, re.MULTILINE)


def test_card_of_everything():
    artifact = sample()
    text = card("mine", artifact.manifest, artifact.metrics, TOKENIZER)

    for line in (
        "# mine",
        "It gives the probability that a text is `positive` or `negative`, in this order.",
        "Trained by lstm-sentiment 0.1.0 on 2026-01-02; it runs offline, on ONNX Runtime.",
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
        "- made with: python 3.11.9, keras 3.15.1",
        "- It is not made for decisions about people.",
    ):
        assert line in text.splitlines()
    assert "goes on from" not in text
    assert sections(text) == [
        "How to use it", "Figures", "Network", "Training data", "How it was trained",
        "Intended use", "Limits", "Files",
    ]  # fmt: skip


def test_what_is_not_known_is_left_out():
    text = written()

    assert sections(text) == ["How to use it", "Network", "Intended use", "Limits", "Files"]
    assert "Trained by lstm-sentiment; it runs" in text
    assert "None" not in text


def test_second_stage_names_the_model_it_goes_on_from():
    parent = {"name": "first", "labels": ["a", "b"], "fingerprint": "beef"}

    assert "- goes on from: name first, labels a, b, fingerprint beef" in written(
        {"parent": parent}
    )


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

    assert "How it was chosen" in sections(text)
    assert "Nothing was held out" in text
    assert "the hyperparameters were chosen by these figures" in text
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
