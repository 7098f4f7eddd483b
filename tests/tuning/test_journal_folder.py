import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import (
    JOURNAL,
    Journal,
    OutOfFold,
    TrialStarted,
    begin,
    clear,
    out_of_fold,
    save_out_of_fold,
)
from lstm_sentiment_cli.tuning.space import Choices, Space
from tests.tuning.conftest import EXAMPLES, SEARCH, SMALL, SPACE

FIRST = OutOfFold(np.array([3, 0]), np.array([1, 0]), np.log(np.float32([[0.2, 0.8], [0.9, 0.1]])))
SECOND = OutOfFold(
    np.array([1, 2]), np.array([1, 1]), np.log(np.float32([[0.4, 0.6], [0.7, 0.3]]))
)  # fmt: skip


def test_a_search_is_discarded_only_with_force(tmp_path):
    folder = tmp_path / "mine-search"
    begin(folder, SEARCH, EXAMPLES, resume=False)

    with pytest.raises(SentimentError, match="continue with --resume or start again with --force"):
        begin(folder, SEARCH, EXAMPLES, resume=False)
    begin(folder, SEARCH, EXAMPLES, resume=True)


def test_there_must_be_something_to_resume(tmp_path):
    with pytest.raises(SentimentError, match=r"^nothing to resume: .* start without --resume$"):
        begin(tmp_path / "mine-search", SEARCH, EXAMPLES, resume=True)
    assert not (tmp_path / "mine-search").exists()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"folds": 3}, "folds"),
        ({"objective": "accuracy"}, "objective"),
        ({"algorithm": "grid", "seed": 7}, "algorithm, seed"),
        ({"prune": True}, "prune"),
        ({"labels": ("negative", "positive")}, "labels"),
        ({"space": Space(SMALL.replaced({"patience": 1}), SPACE.dimensions)}, "patience"),
        (
            {"space": Space(SMALL, SPACE.dimensions | {"lstm_units": Choices(("4", "5"))})},
            "lstm_units",
        ),
        ({"space": Space(SMALL, {})}, "lstm_units, learning_rate, batch_size"),
    ],
)
def test_another_search_is_refused_by_what_differs(tmp_path, changes, named):
    begin(tmp_path, SEARCH, EXAMPLES, resume=False)
    other = replace(SEARCH, **changes)

    with pytest.raises(SentimentError) as refused:
        begin(tmp_path, other, EXAMPLES, resume=True)
    listed = str(refused.value).removeprefix("cannot resume: ").split(" changed ")[0]
    assert sorted(listed.split(", ")) == sorted(named.split(", "))


def test_other_data_is_refused(tmp_path):
    begin(tmp_path, SEARCH, EXAMPLES, resume=False)

    with pytest.raises(SentimentError, match="cannot resume: data changed"):
        begin(tmp_path, SEARCH, EXAMPLES[:-1], resume=True)


def test_a_resume_may_change_trials_time_and_workers(tmp_path):
    begin(tmp_path, SEARCH, EXAMPLES, resume=False)

    begin(tmp_path, replace(SEARCH, trials=99, seconds=5.0, workers=2), EXAMPLES, resume=True)


@pytest.mark.parametrize("content", ["", "[]", "3", '{"space": 3}'])
def test_a_damaged_search_json_is_a_one_line_error(tmp_path, content):
    (tmp_path / "search.json").write_text(content)

    with pytest.raises(SentimentError, match="--force"):
        begin(tmp_path, SEARCH, EXAMPLES, resume=True)


def test_a_journal_without_search_json_is_not_continued(tmp_path):
    Journal(tmp_path, SEARCH).append(TrialStarted(0, {}))

    with pytest.raises(SentimentError, match="--force"):
        begin(tmp_path, SEARCH, EXAMPLES, resume=False)


def test_clearing_removes_the_files_of_a_search_and_no_others(tmp_path):
    folder = tmp_path / "mine-search"
    clear(folder)  # nothing there is no error
    begin(folder, SEARCH, EXAMPLES, resume=False)
    Journal(folder, SEARCH).append(TrialStarted(0, {}))
    save_out_of_fold(folder, 0, 0, FIRST)
    (folder / "keras-tuner").mkdir()
    (folder / "notes.txt").write_text("mine")
    clear(folder)

    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    (folder / "notes.txt").unlink()
    clear(folder)
    assert not folder.exists()


def test_out_of_fold_predictions_are_in_the_order_of_the_rows(tmp_path):
    begin(tmp_path, SEARCH, EXAMPLES, resume=False)
    save_out_of_fold(tmp_path, 5, 0, FIRST)
    save_out_of_fold(tmp_path, 5, 1, SECOND)
    logits, gold = out_of_fold(tmp_path, 5)

    assert gold.tolist() == [0, 1, 1, 1]
    assert np.exp(logits) == pytest.approx(
        np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.2, 0.8]])
    )
    assert (logits.dtype, gold.dtype) == (np.float32, np.int64)


@pytest.mark.parametrize("content", [None, b"", b"PK nothing"])
def test_unreadable_out_of_fold_predictions_are_a_one_line_error(tmp_path, content):
    begin(tmp_path, SEARCH, EXAMPLES, resume=False)
    save_out_of_fold(tmp_path, 5, 0, FIRST)
    if content is not None:
        (tmp_path / "out-of-fold" / "5-1.npz").write_bytes(content)

    with pytest.raises(SentimentError, match=r"predictions of trial 5 in .*--force$"):
        out_of_fold(tmp_path, 5)


def test_search_json_is_readable(tmp_path):
    begin(tmp_path, SEARCH, EXAMPLES, resume=False)
    identity = json.loads((tmp_path / "search.json").read_text())

    assert identity["space"]["lstm_units"] == {"choices": ["4", "5", "6"]}
    assert identity["space"]["learning_rate"] == {"low": 0.01, "high": 0.1, "log": True}
    assert identity["space"]["epochs"] == 2
    assert not (Path(tmp_path) / JOURNAL).exists()
