from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import (
    FoldFinished,
    TrialFinished,
    TrialStarted,
    out_of_fold,
)
from lstm_sentiment_cli.tuning.trial import (
    INTERRUPTED,
    OUT_OF_TIME,
    StopConditions,
    StoppedError,
    expected_seconds,
    prune_reason,
    work_per_token,
)
from tests.tuning.conftest import (
    SEARCH,
    SMALL,
    SPACE,
    Bench,
    FullJournal,
    fold_result,
    trial_result,
)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "search", folds=3)


def begun(bench, number):
    """Begin a trial; return it."""
    bench.journal.append(TrialStarted(number, SPACE.reference()))
    return number


def test_folds_are_measured_in_order_and_recorded_as_they_end(bench):
    result = bench.trials.run(begun(bench, 0))

    assert bench.begun == bench.measured == [(0, 0), (0, 1), (0, 2)]
    assert (result.status, len(result.folds)) == ("complete", 3)
    assert [type(entry) for entry in bench.journal.entries()] == [
        TrialStarted,
        *[FoldFinished] * 3,
        TrialFinished,
    ]
    logits, gold = out_of_fold(bench.journal.folder, 0)
    assert logits[:, 0].tolist() == bench.task.fold_of_rows.tolist()
    assert gold.tolist() == [row % 2 for row in range(len(gold))]


def test_folds_in_the_journal_are_not_measured_again(bench):
    begun(bench, 0)
    bench.journal.append(FoldFinished(0, fold_result(1, 0.3)))
    result = bench.trials.run(0)

    assert bench.measured == [(0, 0), (0, 2)]
    assert [fold.log_loss for fold in result.folds] == [0.5, 0.3, 0.5]
    again = bench.trials.run(0)
    assert again == result
    assert len(bench.measured) == 2


def test_predictions_are_saved_before_the_fold_is_recorded(bench):
    begun(bench, 0)
    full = FullJournal(bench.journal.folder, SEARCH, bench.journal.listener)
    with pytest.raises(SentimentError, match="disk full"):
        replace(bench.trials, journal=full).run(0)
    assert (bench.journal.folder / "out-of-fold" / "0-0.npz").exists()
    assert len(bench.journal.entries()) == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SentimentError("the loss became nan"), "the loss became nan"),
        (MemoryError("OOM when allocating\nand a trace"), "out of memory OOM when allocating"),
        (MemoryError(), "out of memory"),
    ],
)
def test_a_network_that_cannot_be_trained_fails_only_its_trial(bench, error, reason):
    def failing(hyperparameters, fold):
        if bench.begun[-1] == (0, 1):
            raise error
        return 0.5

    bench.loss = failing
    result = bench.trials.run(begun(bench, 0))

    assert (result.status, result.reason, len(result.folds)) == ("failed", reason, 1)
    assert bench.trials.run(0) == result
    assert bench.trials.run(begun(bench, 1)).status == "complete"


def test_any_other_failure_ends_the_search(bench):
    bench.loss = lambda hyperparameters, fold: 1 / 0
    with pytest.raises(ZeroDivisionError):
        bench.trials.run(begun(bench, 0))
    assert bench.journal.trials()[0].status == "unfinished"


def test_ctrl_c_does_not_record_the_fold_under_way(bench):
    def ctrl_c(hyperparameters, fold):
        bench.interrupt.requested = fold == 1
        return 0.5

    bench.loss = ctrl_c
    with pytest.raises(StoppedError, match=INTERRUPTED):
        bench.trials.run(begun(bench, 0))
    [trial] = bench.journal.trials()
    assert (trial.status, len(trial.folds)) == ("unfinished", 1)


def test_when_the_time_is_up_only_the_reference_goes_on(tmp_path):
    bench = Bench(tmp_path / "search", deadline=0.0, folds=3)

    assert bench.trials.run(begun(bench, 0)).status == "complete"
    with pytest.raises(StoppedError, match=OUT_OF_TIME):
        bench.trials.run(begun(bench, 1))
    assert all(number == 0 for number, _ in bench.measured)


def test_the_fold_during_which_the_time_ends_is_recorded(bench):
    ends = iter([None, OUT_OF_TIME])

    class Ending(StopConditions):
        def reached(self, trial):
            return next(ends)

    with pytest.raises(StoppedError, match=OUT_OF_TIME):
        replace(bench.trials, stop=Ending(None, bench.interrupt)).run(begun(bench, 0))
    assert len(bench.journal.trials()[0].folds) == 1


def worse_by_the_trial(bench):
    return lambda hyperparameters, fold: 0.5 + bench.begun[-1][0] / 10


def test_a_hopeless_trial_is_dropped_after_its_fold(tmp_path):
    bench = Bench(tmp_path / "search", folds=3, prune=True)
    bench.loss = worse_by_the_trial(bench)
    for number in range(4):
        assert bench.trials.run(begun(bench, number)).status == "complete"
    dropped = bench.trials.run(begun(bench, 4))

    assert (dropped.status, len(dropped.folds)) == ("dropped", 1)
    assert "after fold 1, where the median of 4 other trials is 0.6500" in dropped.reason
    assert [entry for entry in bench.journal.entries() if isinstance(entry, TrialFinished)][
        -1
    ].trial == 4
    assert bench.trials.run(4) == dropped


def test_nothing_is_dropped_without_pruning(bench):
    bench.loss = worse_by_the_trial(bench)

    assert {bench.trials.run(begun(bench, number)).status for number in range(6)} == {"complete"}


def test_a_resumed_trial_is_pruned_as_without_the_interruption(tmp_path):
    bench = Bench(tmp_path / "search", folds=3, prune=True)
    for number in range(4):
        bench.trials.run(begun(bench, number))
    # Killed after the last fold: without the kill, nobody would have judged it then.
    begun(bench, 4)
    for fold, loss in enumerate([0.5, 0.5, 9.0]):
        bench.journal.append(FoldFinished(4, fold_result(fold, loss)))
    # Killed after the first fold, before the verdict.
    begun(bench, 5)
    bench.journal.append(FoldFinished(5, fold_result(0, 9.0)))

    assert bench.trials.run(4).status == "complete"
    assert bench.trials.run(5).status == "dropped"
    assert all(number < 4 for number, _ in bench.measured)


# The same in every process that collects the tests.
LONG_AGO, LONG_HENCE = 0.0, 1e12


@pytest.mark.parametrize(
    ("deadline", "requested", "trial", "reason"),
    [
        (None, False, 1, None),
        (LONG_HENCE, False, 1, None),
        (LONG_AGO, False, 1, OUT_OF_TIME),
        (LONG_AGO, False, 0, None),
        (LONG_AGO, True, 0, INTERRUPTED),
        (None, True, 1, INTERRUPTED),
    ],
)
def test_a_trial_stops_when_the_time_is_up_or_the_user_interrupts(
    deadline, requested, trial, reason
):
    assert StopConditions(deadline, Interrupt(requested)).reached(trial) == reason


def test_nothing_that_would_end_too_late_is_allowed():
    assert StopConditions(None, Interrupt()).allow(10**9)
    assert StopConditions(LONG_HENCE, Interrupt()).allow(1000)
    assert not StopConditions(LONG_HENCE, Interrupt()).allow(10**13)


def test_the_work_of_the_reference_network_equals_a_hand_count():
    hyperparameters = Hyperparameters(embedding_units=96, lstm_units=(96, 48, 48))

    # 239,616 floating point operations a token are half as many multiplications.
    assert work_per_token(hyperparameters) == 239_616 // 2 == 4 * (96 * 192 + 48 * 144 + 48 * 96)
    assert (
        work_per_token(hyperparameters.replaced({"directions": 2, "lstm_units": [10]}))
        == 2 * 40 * 106
    )


def test_without_a_finished_fold_no_time_is_expected():
    assert expected_seconds(SMALL, 5, []) == 0
    assert expected_seconds(SMALL, 5, [trial_result(0)]) == 0


@given(st.integers(1, 6), st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_twice_the_work_is_expected_to_take_twice_as_long(folds, units):
    trials = [trial_result(n, 0.5, 0.4, hyperparameters=SMALL.replaced({"lstm_units": [each]}))
              for n, each in enumerate(units)]  # fmt: skip
    one = expected_seconds(SMALL, folds, trials)
    two = expected_seconds(SMALL.replaced({"directions": 2}), folds, trials)

    assert two == pytest.approx(2 * one)
    same = [trial_result(0, 0.5, 0.4, hyperparameters=SMALL)]
    assert expected_seconds(SMALL, folds, same) == pytest.approx(folds * 1.0)


OTHERS = [
    trial_result(0, 0.50, 0.60),
    trial_result(1, 0.40, 0.50),
    trial_result(2, 0.60, status="dropped"),
    trial_result(3, 0.45, 0.55),
]  # the first fold's median is 0.475, that of the means over two folds is 0.5


@pytest.mark.parametrize(
    ("losses", "dropped"),
    [([0.48], True), ([0.475], False), ([0.3], False)],
)
def test_a_trial_worse_than_the_median_at_the_same_fold_is_hopeless(losses, dropped):
    trial = trial_result(4, *losses, status="unfinished")

    assert (prune_reason(trial, [*OTHERS, trial], "log_loss") is not None) == dropped


def test_the_reason_names_figures_and_fold():
    trial = trial_result(4, 0.48, status="unfinished")

    assert prune_reason(trial, [*OTHERS, trial], "log_loss") == (
        "log loss 0.4800 after fold 1, where the median of 4 other trials is 0.4750"
    )


def test_with_too_few_other_trials_none_is_hopeless():
    trial = trial_result(4, 0.9, 0.9, status="unfinished")

    assert prune_reason(trial, [*OTHERS, trial], "log_loss") is None
    further = trial_result(5, 0.4, 0.4)
    assert prune_reason(trial, [*OTHERS, further, trial], "log_loss") is not None


def test_a_low_accuracy_is_hopeless():
    low = trial_result(4, 0.9, status="unfinished")  # accuracy 0.1

    assert prune_reason(low, OTHERS, "accuracy")
    assert prune_reason(trial_result(4, 0.1, status="unfinished"), OTHERS, "accuracy") is None


def test_the_reference_is_never_hopeless():
    reference = trial_result(0, 9.0, status="unfinished")

    assert (
        prune_reason(reference, [reference, *OTHERS[1:], trial_result(4, 0.1)], "log_loss") is None
    )


@given(st.lists(st.floats(0.01, 2), min_size=6, max_size=12, unique=True))
def test_the_best_so_far_is_never_hopeless(losses):
    trials = [trial_result(number, loss) for number, loss in enumerate(losses)]
    best = min(trials, key=lambda trial: trial.folds[0].log_loss)

    assert prune_reason(best, trials, "log_loss") is None
