import math
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import lstm_sentiment_cli
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.backend import require_keras_tuner
from lstm_sentiment_cli.tuning.journal import JOURNAL, TrialFinished, TrialStarted
from lstm_sentiment_cli.tuning.keras_tuner_adapter import INITIAL_POINTS, Proposer
from lstm_sentiment_cli.tuning.space import Choices, Range, Space
from lstm_sentiment_cli.tuning.trial import EXHAUSTED, INTERRUPTED, OUT_OF_TIME, next_trial
from tests.tuning.conftest import SEARCH, SMALL, SPACE, Bench, FullJournal, entries_of

GRID = Space(
    SMALL.replaced({"batch_size": 64}),
    {
        "lstm_units": Choices(("4", "5", "6")),
        "batch_size": Choices((32, 64)),
        "dropout": Choices((0.0, 0.3)),
    },
)
SPACES = {"random": SPACE, "bayesian": SPACE, "grid": GRID}
ALGORITHMS = pytest.mark.parametrize("algorithm", SPACES)


# What is used of Keras Tuner, much of it private: an upgrade must still have it.
ORACLE_NAMES = {
    "random": [
        "trials",
        "ongoing_trials",
        "hyperparameters",
        "seed",
        "populate_space",
        "_seed_state",
        "_random_values",
    ],
    "grid": ["_get_next_combination"],
    "bayesian": ["_random_state"],
}


@pytest.mark.parametrize(
    ("algorithm", "name"), [(kind, name) for kind, names in ORACLE_NAMES.items() for name in names]
)
def test_the_installed_keras_tuner_has_the_name(algorithm, name):
    proposer = Proposer(replace(SEARCH, algorithm=algorithm, space=SPACES[algorithm]))

    assert hasattr(proposer._oracle, name)


def test_no_other_module_depends_on_keras_tuner():
    package = Path(lstm_sentiment_cli.__file__).parent
    users = [
        path.name
        for path in package.rglob("*.py")
        if re.search(
            r"^\s*(from|import) keras_tuner", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    ]

    # The other one imports it to see whether it is installed.
    assert sorted(users) == ["backend.py", "keras_tuner_adapter.py"]


def loss(hyperparameters, fold):
    """Return what has its least value within the spaces."""
    distance = math.log(hyperparameters.learning_rate / 0.03) ** 2 + abs(
        hyperparameters.lstm_units[0] - 6
    )
    return 0.3 + distance / 10 + hyperparameters.dropout / 10 + fold / 1000


def search(bench):
    bench.loss = loss
    return run_all(bench)


def run_all(bench):
    return bench.trials.run_all(Proposer(bench.task.search).propose)


def made(folder, algorithm, trials=INITIAL_POINTS + 1, **changes):
    """Search; return what the journal has, and why the search ended."""
    changes = {"space": SPACES[algorithm], "algorithm": algorithm} | changes
    stopped = search(Bench(folder, trials=trials, **changes))
    return entries_of(folder), stopped


def values(entries):
    return [dict(entry.values) for entry in entries if isinstance(entry, TrialStarted)]


@ALGORITHMS
def test_the_reference_comes_first_and_no_network_is_repeated(tmp_path, algorithm):
    entries, stopped = made(tmp_path / "search", algorithm)
    space = SPACES[algorithm]
    tried = values(entries)

    assert tried[0] == space.reference()
    assert len({space.hyperparameters(each) for each in tried}) == len(tried) == INITIAL_POINTS + 1
    assert stopped is None


@ALGORITHMS
def test_the_same_seed_gives_the_same_search(tmp_path, algorithm):
    zero, _ = made(tmp_path / "a", algorithm, seed=0)
    again, _ = made(tmp_path / "b", algorithm, seed=0)
    other, _ = made(tmp_path / "c", algorithm, seed=1)

    assert zero == again
    assert (zero == other) == (algorithm == "grid")


@pytest.mark.parametrize(("algorithm", "cuts"), [("random", 1), ("grid", 1), ("bayesian", 8)])
def test_a_search_killed_anywhere_resumes_to_the_same_journal(tmp_path, algorithm, cuts):
    whole, _ = made(tmp_path / "whole", algorithm)
    lines = (tmp_path / "whole" / JOURNAL).read_text().splitlines(keepends=True)
    for kept in range(0, len(lines), cuts):
        folder = tmp_path / f"killed-{kept}"
        Bench(folder, space=SPACES[algorithm], algorithm=algorithm)
        (folder / JOURNAL).write_text("".join(lines[:kept]))
        resumed, stopped = made(folder, algorithm)

        assert resumed == whole
        assert stopped is None


@ALGORITHMS
def test_a_search_given_more_trials_later_equals_one_that_had_them_at_first(tmp_path, algorithm):
    whole, _ = made(tmp_path / "whole", algorithm, trials=INITIAL_POINTS + 3)
    made(tmp_path / "more", algorithm, trials=3)
    more, _ = made(tmp_path / "more", algorithm, trials=INITIAL_POINTS + 3)

    assert more == whole


def test_fewer_trials_than_before_add_none(tmp_path):
    five, _ = made(tmp_path / "search", "random", trials=5)

    assert made(tmp_path / "search", "random", trials=2) == (five, None)


@ALGORITHMS
def test_trials_left_by_several_processes_are_finished_first(tmp_path, algorithm):
    whole, _ = made(tmp_path / "whole", algorithm, trials=5)
    folder = tmp_path / "left"
    left = Bench(folder, space=SPACES[algorithm], algorithm=algorithm)
    for entry in [entry for entry in whole if isinstance(entry, TrialStarted)][:3]:
        left.journal.append(entry)
    bench = Bench(folder, trials=5, space=SPACES[algorithm], algorithm=algorithm)
    search(bench)

    assert [number for number, fold in bench.measured if not fold] == [0, 1, 2, 3, 4]
    assert values(entries_of(folder)) == values(whole)


def test_a_grid_search_tries_every_point_once(tmp_path):
    entries, stopped = made(tmp_path / "search", "grid", trials=99)
    tried = values(entries)

    assert len({tuple(each.items()) for each in tried}) == len(tried) == 3 * 2 * 2
    assert stopped == EXHAUSTED


@pytest.mark.parametrize("algorithm", ["random", "bayesian"])
def test_a_small_space_is_searched_completely(tmp_path, algorithm):
    space = Space(SMALL, {"lstm_units": Choices(tuple("4567892"))})
    entries, stopped = made(tmp_path / "search", algorithm, trials=99, space=space)

    assert sorted(each["lstm_units"] for each in values(entries)) == list("2456789")
    assert stopped == EXHAUSTED


@pytest.mark.parametrize("algorithm", SPACES)
def test_an_empty_space_has_the_reference_only(tmp_path, algorithm):
    entries, stopped = made(tmp_path / "search", algorithm, space=Space(SMALL, {}))

    assert (values(entries), stopped) == ([{}], EXHAUSTED)


def test_a_range_of_whole_numbers_proposes_whole_numbers(tmp_path):
    space = Space(
        SMALL,
        {
            "embedding_units": Range(4, 40, "log"),
            "batch_size": Range(30, 60, "linear"),
        },
    )
    entries, _ = made(tmp_path / "search", "random", trials=12, space=space)

    for each in values(entries):
        assert {type(value) for value in each.values()} == {int}
        assert 4 <= each["embedding_units"] <= 40
        assert 30 <= each["batch_size"] <= 60
    assert len(values(entries)) == 12


def test_many_failed_trials_in_a_row_do_not_end_a_search(tmp_path):
    def failing(hyperparameters, fold):
        if 1 <= bench.begun[-1][0] <= 5:
            raise SentimentError("the loss became nan")
        return 0.5

    bench = Bench(tmp_path / "search", trials=8)
    bench.loss = failing

    assert run_all(bench) is None
    assert [trial.status for trial in bench.journal.trials()] == [
        "complete", *["failed"] * 5, "complete", "complete"
    ]  # fmt: skip


def test_a_bug_is_raised_unchanged(tmp_path):
    bench = Bench(tmp_path / "search")
    bench.loss = lambda hyperparameters, fold: 1 / 0

    with pytest.raises(ZeroDivisionError):
        run_all(bench)


def test_an_error_of_the_journal_ends_the_search(tmp_path):
    bench = Bench(tmp_path / "search")
    full = FullJournal(tmp_path / "search", bench.task.search)
    with pytest.raises(SentimentError, match="disk full"):
        replace(bench.trials, journal=full).run_all(lambda trials: None)


def test_a_trial_that_would_end_too_late_does_not_begin(tmp_path):
    # The other trial has twice the work of the first.
    space = Space(SMALL, {"directions": Choices((1, 2))})
    hyperparameters = {"space": space, "algorithm": "grid", "folds": 3}
    enough = Bench(tmp_path / "enough", deadline=time.monotonic() + 600, **hyperparameters)
    assert (search(enough), len(enough.journal.trials())) == (EXHAUSTED, 2)

    bench = Bench(tmp_path / "search", deadline=time.monotonic() + 600, **hyperparameters)
    bench.seconds = 110
    assert (search(bench), len(bench.journal.trials())) == (OUT_OF_TIME, 1)


def test_no_trial_begins_after_ctrl_c_or_when_the_time_is_up(tmp_path):
    late = Bench(tmp_path / "late", deadline=0.0)
    assert search(late) == OUT_OF_TIME
    assert len(late.journal.trials()) == 1

    bench = Bench(tmp_path / "interrupted")
    bench.interrupt.requested = True
    assert search(bench) == INTERRUPTED
    assert bench.journal.trials() == []


def test_a_search_prints_nothing(tmp_path, capfd):
    made(tmp_path / "search", "bayesian", trials=INITIAL_POINTS + 1)
    made(tmp_path / "search", "bayesian", trials=INITIAL_POINTS + 2)

    assert capfd.readouterr() == ("", "")


def test_without_scikit_learn_the_error_names_another_algorithm(tmp_path, monkeypatch):
    monkeypatch.setattr("keras_tuner.src.tuners.bayesian.sklearn", None)

    with pytest.raises(SentimentError, match=r"needs scikit-learn .* or pass --algorithm random$"):
        made(tmp_path / "search", "bayesian")


def test_without_keras_tuner_the_error_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_tuner", None)

    with pytest.raises(SentimentError, match=r"needs keras_tuner; install it .*\[train\]'$"):
        require_keras_tuner()


def test_each_worker_is_given_a_trial_of_its_own(tmp_path):
    bench = Bench(tmp_path / "search", trials=2)
    propose = Proposer(bench.task.search).propose

    def given(*running):
        return next_trial(bench.journal, bench.stop, propose, running)

    assert (given(), given(0), given(0, 1)) == (0, 1, None)
    # Both are unfinished: a worker that comes again is given its own.
    assert (given(1), given(0)) == (0, 1)
    bench.journal.append(TrialFinished(1, "failed", "no"))
    assert given(0) is None
    first, second, _ = bench.journal.entries()
    assert first == TrialStarted(0, SPACE.reference())
    assert second.values != first.values
