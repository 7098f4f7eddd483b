import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import (
    JOURNAL,
    FoldFinished,
    Journal,
    TrialFinished,
    TrialStarted,
    trials_of,
)
from lstm_sentiment_cli.tuning.search import FoldResult
from tests.tuning.conftest import SEARCH, SPACE, entries_of, fold_result

VALUES = {"lstm_units": "4", "learning_rate": 0.02, "batch_size": 32}
FOLD = {"trial": 0, **asdict(fold_result(0, 0.5))}
FINITE = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.integers(0, 99)
RESULTS = st.builds(FoldResult, NUMBERS, FINITE, FINITE, NUMBERS, NUMBERS, FINITE)
VALUE = st.integers() | FINITE | st.text()
ENTRIES = st.lists(
    st.builds(TrialStarted, NUMBERS, st.dictionaries(st.text(), VALUE))
    | st.builds(FoldFinished, NUMBERS, RESULTS)
    | st.builds(
        TrialFinished, NUMBERS, st.sampled_from(["complete", "dropped", "failed"]), st.text()
    )
)


@given(ENTRIES)
def test_appended_entries_are_read_back(tmp_path_factory, entries):
    folder = tmp_path_factory.mktemp("search")
    for entry in entries:
        Journal(folder, SEARCH).append(entry)

    assert entries_of(folder) == entries


def test_there_is_nothing_to_read_before_the_first_entry(tmp_path):
    assert entries_of(tmp_path) == []


@given(st.data())
def test_a_torn_line_is_skipped_and_damages_no_other(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("search")
    before = [TrialStarted(0, VALUES), FoldFinished(0, fold_result(0, 0.5))]
    for entry in [*before, FoldFinished(0, fold_result(1, 0.4))]:
        Journal(folder, SEARCH).append(entry)
    whole = (folder / JOURNAL).read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    torn = data.draw(st.integers(0, len(last) - 1))
    (folder / JOURNAL).write_bytes(whole[: len(whole) - len(last) + torn])

    # Only the newline is missing: what stands there is known again once it is ended.
    known = [FoldFinished(0, fold_result(1, 0.4))] if torn == len(last) - 1 else []
    assert entries_of(folder) == before
    Journal(folder, SEARCH).append(TrialFinished(0, "complete", ""))
    assert entries_of(folder) == [*before, *known, TrialFinished(0, "complete", "")]


@given(st.randoms(use_true_random=False))
def test_lines_of_several_processes_may_stand_in_any_order(random):
    folds = [FoldFinished(0, fold_result(0, 0.5)), FoldFinished(0, fold_result(1, 0.4))]
    waiting = [
        [*folds, TrialFinished(0, "complete", "")],
        [FoldFinished(1, fold_result(0, 0.6)), TrialFinished(1, "dropped", "worse")],
        [TrialFinished(2, "failed", "no")],
        [FoldFinished(3, fold_result(1, 0.7))],
    ]
    entries = [TrialStarted(number, VALUES) for number in range(4)]
    while any(waiting):
        entries.append(random.choice([lines for lines in waiting if lines]).pop(0))
    trials = trials_of(entries, SEARCH)

    assert [trial.number for trial in trials] == [0, 1, 2, 3]
    assert [trial.status for trial in trials] == ["complete", "dropped", "failed", "unfinished"]
    assert [trial.reason for trial in trials] == ["", "worse", "no", ""]
    assert [[fold.fold for fold in trial.folds] for trial in trials] == [[0, 1], [0], [], [1]]
    assert trials[0].hyperparameters == SPACE.hyperparameters(VALUES)


def test_a_second_result_or_end_is_ignored(tmp_path):
    first, second = fold_result(0, 0.5), fold_result(0, 0.6)
    entries = [
        TrialStarted(0, VALUES),
        FoldFinished(0, first),
        FoldFinished(0, second),
        TrialFinished(0, "dropped", "a"),
    ]
    [trial] = trials_of([*entries, TrialFinished(0, "failed", "b")], SEARCH)

    assert trial.folds == (first,)
    assert (trial.status, trial.reason) == ("dropped", "a")


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "3",
        "{}",
        '{"trial": "0", "ended": "complete", "reason": ""}',
        '{"trial": 0, "ended": "splendid", "reason": ""}',
        '{"trial": 0, "ended": "complete"}',
        '{"trial": 0, "fold": 0}',
        json.dumps(FOLD | {"log_loss": None}),
        json.dumps(FOLD | {"log_loss": math.nan}),
        json.dumps(FOLD | {"best_epoch": True}),
    ],
)
def test_a_line_that_is_no_entry_is_named(tmp_path, line):
    Journal(tmp_path, SEARCH).append(TrialStarted(0, VALUES))
    with (tmp_path / JOURNAL).open("a") as file:
        file.write(line + "\n")

    with pytest.raises(SentimentError, match=r"folds.jsonl, line 2: .* start again with --force$"):
        entries_of(tmp_path)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([FoldFinished(0, fold_result(0, 0.5))], "does not have the start of trial 0"),
        ([TrialStarted(1, VALUES)], r"has the trials \[1\]"),
        ([TrialStarted(0, {"lstm_units": "many"})], "starts trial 0 with values outside"),
        ([TrialStarted(0, {"unheard_of": 3})], "starts trial 0 with values outside"),
        ([TrialStarted(0, [1, 2])], "starts trial 0 with values outside"),
        ([TrialStarted(0, VALUES), TrialFinished(0, "dropped", "")], "too few folds of trial 0"),
        (
            [
                TrialStarted(0, VALUES),
                FoldFinished(0, fold_result(0, 0.5)),
                TrialFinished(0, "complete", ""),
            ],
            "too few folds of trial 0",
        ),
    ],
)
def test_entries_that_contradict_each_other_are_refused(entries, message):
    with pytest.raises(SentimentError, match=f"^the search's journal .*{message}.*--force$"):
        trials_of(entries, SEARCH)


def test_a_result_that_is_not_finite_is_not_recorded(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        Journal(tmp_path, SEARCH).append(
            FoldFinished(0, replace(fold_result(0, 0.5), log_loss=math.nan))
        )
    assert entries_of(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_one_line_error_that_names_the_journal(tmp_path):
    (tmp_path / JOURNAL).symlink_to("/dev/full")

    with pytest.raises(SentimentError, match=r"folds.jsonl: No space left .* with --resume$"):
        Journal(tmp_path, SEARCH).append(TrialStarted(0, VALUES))


def test_a_missing_folder_is_a_one_line_error(tmp_path):
    with pytest.raises(SentimentError, match="cannot write the search's journal"):
        Journal(tmp_path / "gone", SEARCH).append(TrialStarted(0, VALUES))
