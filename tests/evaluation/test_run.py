"""Labelled files through a real predictor whose network merely counts words."""

import json

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.run import evaluate_files
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.examples import DataFile, fingerprint, read_examples
from lstm_sentiment_cli.text.tokenizer import Tokenizer

LABELS = ("positive", "negative")


class Counting:
    """Each "good" adds 2 to the first logit, each "bad" 2 to the second."""

    weights = np.float32([[0, 0], [0, 0], [0, 0], [2, 0], [0, 2]])

    def run(self, tokens, lengths):
        """Return logits (batch, 2)."""
        return self.weights[tokens].sum(axis=1)


PREDICTOR = Predictor(
    "counting", Manifest(LABELS, {}, 1.0, "fp32", {}), Tokenizer(["good", "bad"], 40), Counting()
)


def written(path, *rows):
    path.write_text("\n".join(["label\ttext", *("\t".join(row) for row in rows)]) + "\n")
    return DataFile(path)


@pytest.fixture
def first(tmp_path):
    return written(
        tmp_path / "first.tsv",
        ("positive", "good film"),
        ("positive", "bad film"),
        ("negative", "bad, very bad"),
        ("neutral", "a film"),
    )


@pytest.fixture
def second(tmp_path):
    return written(tmp_path / "second.tsv", ("0", "not good"), ("2", "so-so"), ("2", "hm"))


def test_files_are_measured_together_and_other_labels_are_left_out(first, second):
    measured = evaluate_files(PREDICTOR, [first, second])

    assert measured.evaluation.confusion.counts.tolist() == [[1, 1], [1, 1]]
    assert measured.left_out == {"neutral": 3}
    assert measured.remarks() == ["left out: 3 rows of other labels (neutral: 3)"]


def test_the_fingerprint_is_that_of_the_examples_as_training_reads_them(first, second):
    measured = evaluate_files(PREDICTOR, [first, second])

    assert measured.fingerprint == fingerprint(read_examples([first, second], LABELS))


def test_json_says_what_was_measured_on_what(first):
    written_json = evaluate_files(PREDICTOR, [first]).to_json()

    assert json.loads(json.dumps(written_json, allow_nan=False)) == written_json
    assert written_json["model"] == "counting"
    assert written_json["files"] == [str(first.path)]
    assert (written_json["rows"], written_json["left_out"]) == (3, {"neutral": 1})
    assert written_json["unreadable"] == 0
    assert written_json["accuracy"]["value"] == pytest.approx(2 / 3)


def test_more_rows_than_a_window_are_measured_once_each(tmp_path):
    rows = [("positive", "good"), ("negative", "bad"), ("negative", "good")] * 6000
    steps = []

    measured = evaluate_files(
        PREDICTOR, [written(tmp_path / "long.tsv", *rows)], on_progress=steps.append
    )

    assert measured.evaluation.confusion.counts.tolist() == [[6000, 0], [6000, 6000]]
    assert steps[-1] == 18_000
    assert len(steps) > 1
    assert steps == sorted(steps)


def test_a_row_that_cannot_be_read_is_an_error_or_is_counted(tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text('{"label": "positive", "text": "good"}\n{"label": \n')

    with pytest.raises(SentimentError, match=r"broken\.jsonl, line 2: .*--skip-unreadable"):
        evaluate_files(PREDICTOR, [DataFile(path)])
    measured = evaluate_files(PREDICTOR, [DataFile(path)], skip_unreadable=True)

    assert (measured.evaluation.rows, measured.unreadable) == (1, 1)
    assert "left out: 1 rows that could not be read" in measured.remarks()


def test_one_label_only_is_measured_and_remarked(tmp_path):
    file = written(tmp_path / "one.tsv", ("positive", "good"), ("positive", "bad"))

    measured = evaluate_files(PREDICTOR, [file])

    assert measured.evaluation.accuracy.value == 0.5
    [remark] = measured.remarks()
    assert remark.startswith("all examples are positive")


def test_no_label_of_the_model_is_an_error_that_names_those_there_are(tmp_path):
    rows = [(f"topic{number}", "good") for number in range(7)]
    file = written(tmp_path / "topics.tsv", *rows, ("topic3", "bad"))

    with pytest.raises(SentimentError) as error:
        evaluate_files(PREDICTOR, [file])

    assert "no row has a label of model counting (positive, negative)" in str(error.value)
    assert "the labels there are: topic3: 2, " in str(error.value)
    assert "and 2 more (is another column meant? name it with --label-column)" in str(error.value)
