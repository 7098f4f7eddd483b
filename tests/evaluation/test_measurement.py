"""Labelled files through a real predictor whose network counts words, to metrics and card."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.comparison import Peer, open_peer
from lstm_sentiment_cli.evaluation.measurement import (
    MOST_MISTAKES,
    evaluate_files,
    record_result,
    surest_mistakes,
)
from lstm_sentiment_cli.evaluation.predictions import Predictions
from lstm_sentiment_cli.evaluation.slices import SLICES
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.folder import load_artifact, verify_folder
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.labelled import (
    DataFile,
    Example,
    Located,
    fingerprint,
    read_examples,
)
from lstm_sentiment_cli.text.tokenizer import Tokenizer

LABELS = ("positive", "negative")


class Counting:
    """Each "good" adds 2 to the first logit, each "bad" 2 to the second."""

    weights = np.float32([[0, 0], [0, 0], [0, 0], [2, 0], [0, 2]])

    def run(self, tokens, lengths):
        """Return logits (batch, 2)."""
        return self.weights[tokens].sum(axis=1)


class Constant:
    """The same logits for every text."""

    def __init__(self, logits):
        self.logits = logits

    def run(self, tokens, lengths):
        """Return logits (batch, labels)."""
        return np.tile(self.logits, (len(tokens), 1))


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

    assert measured.evaluation.confusion.tolist() == [[1, 1], [1, 1]]
    assert measured.left_out == {"neutral": 3}
    assert measured.remarks() == ["left out: 3 rows with other labels (neutral: 3)"]


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

    assert measured.evaluation.confusion.tolist() == [[6000, 0], [6000, 6000]]
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
    assert "left out: 1 row that could not be read" in measured.remarks()


def test_one_label_only_is_measured_and_remarked(tmp_path):
    file = written(tmp_path / "one.tsv", ("positive", "good"), ("positive", "bad"))

    measured = evaluate_files(PREDICTOR, [file])

    assert measured.evaluation.metrics["accuracy"].value == 0.5
    [remark] = measured.remarks()
    assert remark.startswith("all examples are positive")


def test_no_label_of_the_model_is_an_error_that_names_those_there_are(tmp_path):
    rows = [(f"topic{number}", "good") for number in range(7)]
    file = written(tmp_path / "topics.tsv", *rows, ("topic3", "bad"))

    with pytest.raises(SentimentError) as error:
        evaluate_files(PREDICTOR, [file])

    assert "no row has a label of model counting (positive, negative)" in str(error.value)
    assert "the labels found are: topic3: 2, " in str(error.value)
    assert "and 2 more (if another column holds the label, name it with --label-column)" in str(
        error.value
    )


def test_with_three_labels_one_that_never_occurs_is_remarked(tmp_path):
    labels = ("good", "so-so", "bad")
    runtime = Constant(np.float32([1, 0, 0]))
    predictor = Predictor(
        "constant", Manifest(labels, {}, 1.0, "fp32", {}), Tokenizer([], 40), runtime
    )
    file = written(tmp_path / "two.tsv", ("good", "fine"), ("bad", "dire"))

    measured = evaluate_files(predictor, [file])

    assert measured.remarks() == [
        "no example is so-so: ROC AUC and PR AUC are those of the other labels"
    ]


def test_of_each_row_label_answer_length_and_slices_are_kept(first):
    predictions = evaluate_files(PREDICTOR, [first]).predictions

    assert predictions.rows == 3
    assert predictions.gold.tolist() == [0, 0, 1]
    assert predictions.predicted.tolist() == [0, 1, 1]
    assert predictions.right.tolist() == [True, False, True]
    assert predictions.lengths.tolist() == [2, 2, 3]
    unknown = 1 << SLICES.index("with an unknown word")
    assert (predictions.slices & unknown > 0).all()
    assert predictions.probabilities.shape == (3, 2)
    assert predictions.probabilities.nbytes + predictions.gold.nbytes < 12 * 3


def test_lengths_go_beyond_what_the_model_reads_but_not_beyond_16_bits(tmp_path):
    rows = [
        ("positive", "good " * 41),
        ("negative", "bad " * 70_000),
        ("negative", "bad"),
        # Without a space, hours for the rules if they read all of it.
        ("positive", "a." * 500_000),
    ]

    measured = evaluate_files(PREDICTOR, [written(tmp_path / "long.tsv", *rows)])

    assert measured.predictions.lengths.tolist() == [41, 65_535, 1, 100]


def test_the_surest_mistakes_say_where_they_stand(tmp_path):
    one = written(tmp_path / "one.tsv", ("negative", "good film"), ("positive", "good"))
    two = written(tmp_path / "two.tsv", ("neutral", "film"), ("negative", "good good good"))

    mistakes = evaluate_files(PREDICTOR, [one, two]).mistakes

    assert [(each.text, each.file, each.line) for each in mistakes] == [
        ("good good good", str(two.path), 3),
        ("good film", str(one.path), 2),
    ]
    assert (mistakes[0].label, mistakes[0].predicted) == ("negative", "positive")
    assert mistakes[0].probability == pytest.approx(1 / (1 + np.exp(-6)))


def test_a_peer_answers_the_same_rows(first, tmp_path):
    def upside_down(texts):
        return np.float32([[0.2, 0.8] if "good" in text else [0.9, 0.1] for text in texts])

    measured = evaluate_files(PREDICTOR, [first], Peer("contrary", upside_down))

    comparison = measured.comparison
    assert comparison.peer == "contrary"
    assert comparison.result.confusion.tolist() == [[1, 1], [1, 0]]
    assert (comparison.paired.only_first, comparison.paired.only_second) == (2, 1)
    assert comparison.paired.both_wrong == comparison.paired.both_right == 0
    assert measured.to_json()["comparison"]["difference"]["value"] == pytest.approx(1 / 3)


def test_the_majority_is_that_of_the_rows(first):
    measured = evaluate_files(PREDICTOR, [first], open_peer("majority", PREDICTOR))

    figures = measured.comparison.result.metrics
    assert figures["accuracy"].value == pytest.approx(2 / 3)
    assert figures["roc_auc"].value == 0.5
    assert figures["log_loss"].value == pytest.approx(-(2 * np.log(2 / 3) + np.log(1 / 3)) / 3)


def test_without_a_peer_there_is_no_comparison(first):
    measured = evaluate_files(PREDICTOR, [first])

    assert measured.comparison is None
    assert measured.to_json()["comparison"] is None


# Probability of positive, and whether the true label is negative.
rows = st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.6, 0.8, 0.9]), st.booleans()), max_size=50)


def window(rows, first_line):
    """Return where the rows stand, and what was predicted of them."""
    located = [
        Located(Example(f"text {first_line + row}", LABELS[gold], 1.0), "a.csv", first_line + row)
        for row, (_, gold) in enumerate(rows)
    ]
    positive = np.array([p for p, _ in rows], np.float32)
    empty = np.zeros(len(rows), np.uint16)
    gold = np.array([gold for _, gold in rows], np.int16)
    return located, Predictions(
        LABELS, gold, np.column_stack([positive, 1 - positive]), empty, empty
    )


@given(st.lists(rows, max_size=5))
def test_they_are_those_of_all_rows_together(windows):
    found, start = [], 2
    for each in windows:
        found = surest_mistakes(found, *window(each, start))
        start += len(each)

    wrong = [
        (-max(p, 1 - p), line)
        for line, (p, gold) in enumerate((row for each in windows for row in each), 2)
        if (p < 0.5) != gold
    ]
    assert [each.line for each in found] == [line for _, line in sorted(wrong)[:MOST_MISTAKES]]


def test_a_mistake_says_all_about_itself():
    (mistake,) = surest_mistakes([], *window([(0.9, True), (0.9, False)], 7))

    assert mistake._asdict() == {
        "text": "text 7",
        "label": "negative",
        "predicted": "positive",
        "probability": float(np.float32(0.9)),
        "file": "a.csv",
        "line": 7,
    }


@pytest.fixture
def folder(golden_model, tmp_path):
    copied: Path = tmp_path / "model"
    shutil.copytree(golden_model, copied)
    return copied


@pytest.fixture
def measured(folder, tmp_path):
    data = tmp_path / "mine.csv"
    data.write_text("label,text\npositive,the best day\nnegative,the worst day\n")
    return evaluate_files(Predictor.load(folder), [DataFile(str(data))])


def test_recorded_figures_stand_in_metrics_and_card_and_the_model_stays_the_same(folder, measured):
    before = load_artifact(folder)
    record_result(folder, "my tweets", measured)
    after = load_artifact(folder)

    [entry] = after.metrics["evaluations"]
    assert (entry["name"], entry["rows"], entry["files"]) == ("my tweets", 2, ["mine.csv"])
    assert entry["fingerprint"] == measured.fingerprint
    assert "my tweets" in (folder / "README.md").read_text(encoding="utf-8")
    assert (after.graph, after.tokenizer, after.manifest) == (
        before.graph,
        before.tokenizer,
        before.manifest,
    )
    assert not [check for check in verify_folder(folder) if check.problem]


def test_a_name_recorded_again_is_replaced(folder, measured):
    record_result(folder, "mine", measured)
    record_result(folder, "other", measured)
    record_result(folder, "mine", measured)

    evaluations = load_artifact(folder).metrics["evaluations"]
    assert [entry["name"] for entry in evaluations] == ["other", "mine"]


def test_of_results_recorded_at_the_same_time_none_is_lost(folder, measured):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: record_result(folder, name, measured), "abcdefgh"))

    evaluations = load_artifact(folder).metrics["evaluations"]
    assert sorted(entry["name"] for entry in evaluations) == list("abcdefgh")
    assert list(folder.parent.glob(".*")) == []


def test_no_text_and_no_path_travels_with_the_model(folder, tmp_path):
    data = tmp_path / "mine.csv"
    data.write_text("label,text\npositive,xylophone secret\nnegative,xylophone secret\n")
    predictor = Predictor.load(folder)
    peer = open_peer(str(folder), predictor)

    record_result(folder, "mine", evaluate_files(predictor, [DataFile(str(data))], peer))

    [entry] = load_artifact(folder).metrics["evaluations"]
    assert (entry["comparison"]["peer"], entry["comparison"]["verdict"]) == ("model", "a tie")
    for file in folder.iterdir():
        content = file.read_bytes()
        assert b"xylophone" not in content
        assert str(tmp_path).encode() not in content
