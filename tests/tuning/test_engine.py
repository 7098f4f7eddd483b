import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.listener import Interrupt
from lstm_sentiment_cli.tuning.journal import FoldFinished, out_of_fold
from lstm_sentiment_cli.tuning.search import leaderboard
from lstm_sentiment_cli.tuning.trial import INTERRUPTED
from tests.conftest import ROOT
from tests.tuning.conftest import EXAMPLES, SEARCH, Heard, board, entries_of, searched


def test_every_fold_of_every_trial_is_measured_and_the_best_trial_ranks_first(whole):
    _, outcome = whole
    ranked = leaderboard(outcome.trials, "log_loss")

    assert outcome.stopped is None
    assert [trial.status for trial in outcome.trials] == ["complete"] * 3
    assert [len(trial.folds) for trial in outcome.trials] == [2, 2, 2]
    assert [trial.mean("log_loss") for trial in ranked] == sorted(
        trial.mean("log_loss") for trial in outcome.trials
    )
    assert ranked[0].mean("accuracy") > 0.9
    assert outcome.trials[0].values == SEARCH.space.reference()


def test_out_of_fold_predictions_give_the_recorded_log_loss(whole):
    folder, outcome = whole
    logits, gold = out_of_fold(folder, 1)
    chosen = logits[np.arange(len(gold)), gold]

    assert gold.tolist() == [SEARCH.labels.index(example.label) for example in EXAMPLES]
    assert -chosen.mean() == pytest.approx(outcome.trials[1].mean("log_loss"), abs=1e-6)


def test_resuming_a_finished_search_reports_it_and_runs_nothing(whole):
    folder, outcome = whole
    listener = Heard()
    again = searched(folder, resume=True, listener=listener)

    assert again == outcome
    assert listener.of("fold begins", "fold ends") == []
    assert [what[:2] for what in listener.of("trial begins", "known", "trial ends")] == [
        (kind, number)
        for number in range(3)
        for kind in ("trial begins", "known", "known", "trial ends")
    ]
    best = leaderboard(outcome.trials, "log_loss")[0].number
    assert listener.of("trial ends")[-1] == ("trial ends", 2, "complete", best)


def test_environment_variables_of_keras_tuner_have_no_effect(whole, monkeypatch):
    folder, outcome = whole
    # Keras Tuner wants all three, or raises.
    monkeypatch.setenv("KERASTUNER_ORACLE_IP", "127.0.0.1")

    assert searched(folder, resume=True) == outcome


def killed(folder, measured, **changes):
    """Search in a process of its own; kill it when so many folds are recorded."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tuning.search_process", str(folder), json.dumps(changes)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    while sum(isinstance(entry, FoldFinished) for entry in entries_of(folder)) < measured:
        assert process.poll() is None, process.communicate()[0].decode()
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    return process.communicate()[0]


def test_a_killed_search_resumes_to_the_same_result(whole, tmp_path):
    folder = tmp_path / "killed"
    said = killed(folder, 1)  # in the second fold of the first trial
    said += killed(folder, 3, resume=True)  # in the second fold of the second trial
    listener = Heard()
    resumed = searched(folder, resume=True, listener=listener)

    assert said == b""
    assert [what[1:] for what in listener.of("known")] == [(0, 0), (0, 1), (1, 0)]
    assert [what[1:] for what in listener.of("fold begins")] == [(1, 1), (2, 0), (2, 1)]
    assert listener.of("fold ends")[0] == ("fold ends", 1, 1)
    assert board(resumed) == board(whole[1])


def test_ctrl_c_ends_the_search_with_what_is_complete(tmp_path):
    interrupt = Interrupt()

    def ctrl_c(what):
        interrupt.requested |= what == ("fold begins", 1, 0)

    listener = Heard(ctrl_c)
    outcome = searched(tmp_path / "search", interrupt=interrupt, listener=listener)

    assert outcome.stopped == INTERRUPTED
    assert [(trial.status, len(trial.folds)) for trial in outcome.trials] == [
        ("complete", 2),
        ("unfinished", 0),
    ]


def test_ctrl_c_before_a_complete_trial_is_an_error(tmp_path):
    with pytest.raises(SentimentError, match=r"no trial was measured .* continue with --resume$"):
        searched(tmp_path / "search", interrupt=Interrupt(requested=True))


def test_when_every_trial_fails_the_error_has_the_last_reason(tmp_path):
    heavy = [example._replace(weight=1e38) for example in EXAMPLES]
    listener = Heard()

    with pytest.raises(SentimentError, match=r"no trial .* \(2 failed\), .* the loss became \w+ "):
        searched(tmp_path / "search", examples=heavy, trials=2, listener=listener)
    assert [what[2:] for what in listener.of("trial ends")] == [("failed", None)] * 2
