"""What teachers say becomes what is to be learnt."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.folder import load_artifact
from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.targets import (
    Encoded,
    NamedModel,
    Texts,
    check_teachers,
    distilled,
)
from tests.cli.counting_model import save_counting_model

LABELS = ("positive", "negative")
TOKENIZER = Tokenizer(["good", "bad", "film"], 10)
EXAMPLES = [Example("good film", "positive", 2.0), Example("bad film", "positive", 1.0)]


@pytest.fixture
def teacher(tmp_path):
    def teacher(name, words, labels=LABELS):
        return NamedModel(name, load_artifact(save_counting_model(tmp_path / name, words, labels)))

    return teacher


def learn(teachers, share, unlabelled=()):
    texts = Texts([each.text for each in EXAMPLES], unlabelled, TOKENIZER)
    return distilled(Encoded.of(EXAMPLES, TOKENIZER, LABELS), texts, teachers, LABELS, share)


def test_a_target_is_the_label_and_the_teachers_mean_by_their_share(teacher):
    first = teacher("first", {"good": (2, 0), "bad": (0, 2)})
    second = teacher("second", {"good": (0, 0), "bad": (0, 0)})
    sure, half = 1 / (1 + np.exp(-2)), 0.5
    encoded = learn([first, second], 0.5)

    mean = (sure + half) / 2
    assert encoded.targets == pytest.approx(
        np.array([[0.5 + mean / 2, 0.5 - mean / 2], [0.5 + (1 - mean) / 2, mean / 2]]), abs=1e-6
    )
    assert encoded.weights.tolist() == [2.0, 1.0]
    assert encoded.gold.tolist() == [0, 0]


def test_a_share_of_nothing_leaves_the_labels(teacher):
    encoded = learn([teacher("first", {"good": (0, 5)})], 0.0)

    assert encoded.targets.tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_texts_without_a_label_have_what_the_teachers_say(teacher):
    encoded = learn([teacher("first", {"bad": (0, 3)})], 0.3, ["bad", "film bad bad"])
    said = 1 / (1 + np.exp(-np.array([3, 6])))

    assert encoded.targets[2:] == pytest.approx(np.stack([1 - said, said], axis=1), abs=1e-6)
    assert encoded.gold.tolist() == [0, 0, 1, 1]
    assert encoded.weights[2:].tolist() == [1.0, 1.0]
    assert encoded.rows.lengths.tolist() == [2, 2, 1, 3]


def test_a_teacher_may_have_its_labels_in_another_order(teacher):
    swapped = teacher("swapped", {"good": (0, 2), "bad": (2, 0)}, LABELS[::-1])
    straight = teacher("straight", {"good": (2, 0), "bad": (0, 2)})

    assert learn([swapped], 1.0).targets == pytest.approx(learn([straight], 1.0).targets)


def test_a_teacher_of_other_labels_is_refused_by_name(teacher):
    other = teacher("other", {"good": (1, 0, 0)}, ("glad", "calm", "sad"))

    with pytest.raises(SentimentError, match="teacher other answers glad, calm, sad"):
        check_teachers([other], LABELS)


def test_the_probabilities_are_those_at_the_teachers_temperature(teacher):
    first = teacher("first", {"good": (2, 0)})
    manifest = replace(first.artifact.manifest, temperature=2.0)
    warm = NamedModel("warm", replace(first.artifact, manifest=manifest))

    assert learn([warm], 1.0).targets[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


def test_train_learns_from_teachers_and_says_so_in_the_card(run, tmp_path, default_model):
    """Labels turned over, and a teacher that is wholly believed: the teacher is learnt."""
    rows = [
        f"{('positive', 'negative')[number % 2]}\t{('awful', 'lovely')[number % 2]} {number % 50}"
        for number in range(400)
    ]
    (tmp_path / "rows.tsv").write_text("label\ttext\n" + "\n".join(rows), encoding="utf-8")
    ended = run(
        "train", "rows.tsv", "--teacher", str(default_model), "--teacher-share", "1",
        "--embedding-units", "8", "--lstm-units", "6", "--batch-size", "32", "--epochs", "6",
        "--learning-rate", "0.05", "--patience", "6", "--output", "taught",
    )  # fmt: skip
    answers = Predictor.load(tmp_path / "taught").scores(["lovely", "awful"]).probabilities
    provenance = json.loads((tmp_path / "taught" / "manifest.json").read_text())["provenance"]

    assert (ended.code, ended.out) == (0, "taught\n")
    assert answers.argmax(axis=1).tolist() == [0, 1]
    assert [each["name"] for each in provenance["teachers"]] == ["default"]
    assert "- learnt from: name default" in (tmp_path / "taught" / "README.md").read_text()
