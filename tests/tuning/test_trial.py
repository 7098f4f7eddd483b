from dataclasses import replace

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.tuning.journal import FoldFinished, TrialFinished, TrialStarted, read
from lstm_sentiment_cli.tuning.search_folder import out_of_fold
from lstm_sentiment_cli.tuning.trial import (
    INTERRUPTED,
    OUT_OF_TIME,
    LeftUnfinishedError,
    StopConditions,
)
from tests.tuning.conftest import SPACE, Bench, fold_result


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "search", folds=3)


def begun(bench, number):
    """Begin a trial; return it."""
    bench.note(TrialStarted(number, SPACE.reference()))
    return number


def test_folds_are_measured_in_their_order_and_recorded_as_they_end(bench):
    result = bench.trials.run(begun(bench, 0))

    assert bench.begun == bench.measured == [(0, 0), (0, 1), (0, 2)]
    assert (result.status, len(result.folds)) == ("complete", 3)
    assert [type(entry) for entry in read(bench.task.folder)] == [
        TrialStarted,
        *[FoldFinished] * 3,
        TrialFinished,
    ]
    logits, gold = out_of_fold(bench.task.folder, 0)
    assert logits[:, 0].tolist() == bench.task.held_out_by.tolist()
    assert gold.tolist() == [row % 2 for row in range(len(gold))]


def test_what_the_record_has_is_not_measured_again(bench):
    begun(bench, 0)
    bench.note(FoldFinished(0, fold_result(1, 0.3)))
    result = bench.trials.run(0)

    assert bench.measured == [(0, 0), (0, 2)]
    assert [fold.log_loss for fold in result.folds] == [0.5, 0.3, 0.5]
    again = bench.trials.run(0)
    assert again == result
    assert len(bench.measured) == 2


def test_answers_are_kept_before_the_fold_is_recorded(bench):
    def record_is_full(entry):
        raise SentimentError("disk full")

    begun(bench, 0)
    with pytest.raises(SentimentError, match="disk full"):
        replace(bench.trials, note=record_is_full).run(0)
    assert (bench.task.folder / "out-of-fold" / "0-0.npz").exists()
    assert len(read(bench.task.folder)) == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SentimentError("the loss became nan"), "the loss became nan"),
        (MemoryError("OOM when allocating\nand a trace"), "out of memory OOM when allocating"),
        (MemoryError(), "out of memory"),
    ],
)
def test_a_failure_of_its_own_ends_a_trial_alone(bench, error, reason):
    def failing(knobs, fold):
        if bench.begun[-1] == (0, 1):
            raise error
        return 0.5

    bench.loss = failing
    result = bench.trials.run(begun(bench, 0))

    assert (result.status, result.reason, len(result.folds)) == ("failed", reason, 1)
    assert bench.trials.run(0) == result
    assert bench.trials.run(begun(bench, 1)).status == "complete"


def test_any_other_failure_ends_all(bench):
    bench.loss = lambda knobs, fold: 1 / 0
    with pytest.raises(ZeroDivisionError):
        bench.trials.run(begun(bench, 0))
    assert bench.task.trials()[0].status == "unfinished"


def test_ctrl_c_leaves_the_fold_under_way_unrecorded(bench):
    def ctrl_c(knobs, fold):
        bench.interrupt.requested = fold == 1
        return 0.5

    bench.loss = ctrl_c
    with pytest.raises(LeftUnfinishedError, match=INTERRUPTED):
        bench.trials.run(begun(bench, 0))
    [trial] = bench.task.trials()
    assert (trial.status, len(trial.folds)) == ("unfinished", 1)


def test_when_the_time_is_up_only_the_reference_goes_on(tmp_path):
    bench = Bench(tmp_path / "search", deadline=0.0, folds=3)

    assert bench.trials.run(begun(bench, 0)).status == "complete"
    with pytest.raises(LeftUnfinishedError, match=OUT_OF_TIME):
        bench.trials.run(begun(bench, 1))
    assert all(number == 0 for number, _ in bench.measured)


def test_the_fold_in_which_the_time_ends_is_recorded(bench):
    ends = iter([None, OUT_OF_TIME])

    class Ending(StopConditions):
        def reached(self, trial):
            return next(ends)

    with pytest.raises(LeftUnfinishedError, match=OUT_OF_TIME):
        replace(bench.trials, limits=Ending(None, bench.interrupt)).run(begun(bench, 0))
    assert len(bench.task.trials()[0].folds) == 1


def worse_by_the_trial(bench):
    return lambda knobs, fold: 0.5 + bench.begun[-1][0] / 10


def test_a_hopeless_trial_is_dropped_after_its_fold(tmp_path):
    bench = Bench(tmp_path / "search", folds=3, prune=True)
    bench.loss = worse_by_the_trial(bench)
    for number in range(4):
        assert bench.trials.run(begun(bench, number)).status == "complete"
    dropped = bench.trials.run(begun(bench, 4))

    assert (dropped.status, len(dropped.folds)) == ("dropped", 1)
    assert "after fold 1, the median of 4 others there is 0.6500" in dropped.reason
    assert [entry for entry in read(bench.task.folder) if isinstance(entry, TrialFinished)][
        -1
    ].trial == 4
    assert bench.trials.run(4) == dropped


def test_nothing_is_dropped_unasked(bench):
    bench.loss = worse_by_the_trial(bench)

    assert {bench.trials.run(begun(bench, number)).status for number in range(6)} == {"complete"}


def test_a_trial_is_judged_after_a_resume_as_before(tmp_path):
    bench = Bench(tmp_path / "search", folds=3, prune=True)
    for number in range(4):
        bench.trials.run(begun(bench, number))
    # Killed after the last fold: without the kill, nobody would have judged it then.
    begun(bench, 4)
    for fold, loss in enumerate([0.5, 0.5, 9.0]):
        bench.note(FoldFinished(4, fold_result(fold, loss)))
    # Killed after the first fold, before the verdict.
    begun(bench, 5)
    bench.note(FoldFinished(5, fold_result(0, 9.0)))

    assert bench.trials.run(4).status == "complete"
    assert bench.trials.run(5).status == "dropped"
    assert all(number < 4 for number, _ in bench.measured)
