"""best.toml and leaderboard.json."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.recipe import read_recipe
from lstm_sentiment_cli.tuning.search import (
    TrialResult,
    best_toml,
    end_of,
    leaderboard_json,
    write_results,
)
from tests.tuning.conftest import SEARCH, SMALL, trial_result

OTHER = replace(SMALL, lstm_units=(4, 3), learning_rate=0.0123)
TRIALS = [
    trial_result(0, 0.5, 0.6),
    trial_result(1, 0.9, status="dropped"),
    trial_result(2, 0.4, 0.5, hyperparameters=OTHER),
    TrialResult(3, {}, OTHER, (), "failed", "the loss became nan"),
]
# Characters that TOML wants escaped, or that JSON and TOML escape otherwise.
labels = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


def test_only_differing_hyperparameters_are_listed():
    assert OTHER.differing_from(SMALL) == {"lstm_units": [4, 3], "learning_rate": 0.0123}
    assert SMALL.differing_from(SMALL) == {}


def test_complete_trials_are_listed_by_rank_then_the_others():
    board = leaderboard_json(TRIALS, SEARCH)

    assert [(each["rank"], each["trial"], each["status"]) for each in board] == [
        (1, 2, "complete"), (2, 0, "complete"), (None, 1, "dropped"), (None, 3, "failed"),
    ]  # fmt: skip
    assert board[0]["log_loss"] == {"mean": pytest.approx(0.45), "deviation": pytest.approx(
        0.0707, abs=1e-4), "folds": [0.4, 0.5]}  # fmt: skip
    assert board[0]["hyperparameters"]["lstm_units"] == [4, 3]
    assert board[3]["reason"] == "the loss became nan"
    json.dumps(board, allow_nan=False)


@given(names=st.lists(labels, min_size=2, max_size=3, unique=True))
def test_train_reads_best_toml(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("best") / "best.toml"
    search = replace(SEARCH, labels=tuple(names))
    path.write_bytes(best_toml(TRIALS[2], search).encode())

    config = read_recipe(path)

    assert config.hyperparameters == OTHER
    assert config.labels == tuple(names)


def test_best_toml_names_no_teacher_share_that_train_would_refuse():
    searched = replace(TRIALS[2], hyperparameters=OTHER.replaced({"teacher_share": 0.4}))

    assert "teacher_share" not in best_toml(TRIALS[2], SEARCH)
    assert "teacher_share = 0.4" in best_toml(searched, SEARCH)


def test_best_toml_says_where_it_comes_from():
    comment = best_toml(TRIALS[2], SEARCH).splitlines()[0]

    assert comment == (
        "# Trial 2, chosen by its log loss on 2 folds: log loss 0.4500 ± 0.0707, "
        "accuracy 0.5500 ± 0.0707."
    )


def test_a_finished_search_is_recognised_by_its_trials_and_time_budget(tmp_path):
    assert end_of(tmp_path, SEARCH) is None

    write_results(tmp_path, TRIALS, SEARCH, "out of time")

    assert end_of(tmp_path, SEARCH) == {"trials": 3, "seconds": None, "stopped": "out of time"}
    assert end_of(tmp_path, replace(SEARCH, trials=9)) is None
    assert end_of(tmp_path, replace(SEARCH, seconds=60.0)) is None
    board = json.loads((tmp_path / "leaderboard.json").read_bytes())
    assert board["stopped"] == "out of time"
    assert board["trials"] == leaderboard_json(TRIALS, SEARCH)


def test_an_unwritable_folder_is_a_one_line_error(tmp_path):
    (tmp_path / "search").write_text("a file")
    with pytest.raises(SentimentError, match=r"cannot write .*best\.toml.*--resume"):
        write_results(tmp_path / "search", TRIALS, SEARCH, None)
