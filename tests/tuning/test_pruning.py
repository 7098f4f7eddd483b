import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.tuning.trial import prune_reason
from tests.tuning.conftest import trial_result

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
        "log loss 0.4800 after fold 1, the median of 4 others there is 0.4750"
    )


def test_with_few_others_at_this_fold_none_is_hopeless():
    trial = trial_result(4, 0.9, 0.9, status="unfinished")

    assert prune_reason(trial, [*OTHERS, trial], "log_loss") is None
    further = trial_result(5, 0.4, 0.4)
    assert prune_reason(trial, [*OTHERS, further, trial], "log_loss") is not None


def test_of_accuracies_the_lower_is_hopeless():
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
