"""Windows of texts, in order and ahead of time, by threads and by processes."""

import os
import signal
import threading
import time
from dataclasses import replace
from queue import Queue

import numpy as np
import pytest

from lstm_sentiment_cli.inference import stream as module
from lstm_sentiment_cli.inference.predictor import WINDOW, Predictor
from lstm_sentiment_cli.inference.stream import ahead, stream

TEXTS = ["i love this", "worst day ever", "", "so so", "what a lovely, lovely morning :)", "\x00"]


@pytest.fixture(scope="module")
def predictor(default_model):
    return Predictor.load(default_model)


def test_a_stream_gives_each_window_with_its_scores_in_order(predictor):
    windows = [TEXTS, TEXTS[:1], [], TEXTS * 200]
    streamed = list(stream(predictor, windows, lambda texts: texts))

    assert [window for window, _ in streamed] == windows
    for window, scores in streamed:
        expected = predictor.scores(window).probabilities
        assert scores.probabilities == pytest.approx(expected, abs=1e-6)


def test_what_has_no_text_has_no_probability(predictor):
    [(_, scores)] = stream(predictor, [["good", None, "bad"]], lambda texts: texts)

    assert np.isnan(scores.probabilities).any(axis=1).tolist() == [False, True, False]


def test_a_record_without_a_text_beside_an_empty_one_has_no_answer(predictor):
    [(_, scores)] = stream(predictor, [["", None, "", None, "good"]], lambda texts: texts)

    assert np.isnan(scores.probabilities[:, 0]).tolist() == [False, True, False, True, False]


def test_results_come_in_order():
    assert list(ahead(range(100), lambda number: number * 2, 3)) == list(range(0, 200, 2))


def test_an_error_comes_after_what_was_before_it():
    def items():
        yield 1
        yield 2
        raise OSError("broken")

    results = ahead(items(), str, 2)

    assert [next(results), next(results)] == ["1", "2"]
    with pytest.raises(OSError, match="broken"):
        next(results)


def test_what_is_ready_is_given_before_the_next_item_comes():
    source: Queue[int | None] = Queue()
    results = ahead(iter(source.get, None), str, 2)

    source.put(1)
    assert next(results) == "1"
    source.put(2)
    assert next(results) == "2"
    source.put(None)
    assert list(results) == []


def test_no_more_is_read_than_the_depth_allows():
    read = []

    def items():
        for number in range(100):
            read.append(number)
            yield number

    results = ahead(items(), str, 2)
    next(results)
    results.close()

    assert len(read) <= 5


def test_the_thread_ends_when_nobody_listens_any_more():
    before = threading.active_count()
    results = ahead(iter(int, 1), str, 1)
    next(results)
    results.close()
    for thread in threading.enumerate():
        if thread.name == "ahead":
            thread.join(timeout=5)

    assert threading.active_count() <= before


WINDOWS = [[f"so good {number}", None, f"so bad {number}"] for number in range(12)]


@pytest.fixture
def children(golden_model, monkeypatch):
    """Two processes that are ready for windows of `golden_model`."""
    monkeypatch.setattr(module, "_LONG", 1)
    its = module._Children(Predictor.load(golden_model, children=2))
    its.submit(["so good"])()
    deadline = time.monotonic() + 60
    while not all(child.ready for child in its._all):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield its
    its.stop()


def asked(children):
    return [child._sent for child in children._all]


def test_processes_answer_as_this_one_does(children):
    texts = [f"so good {number}" for number in range(1000)]
    waits = [children.submit(texts), children.submit(texts[:1]), children.submit([])]

    assert sorted(asked(children)) == [1, 2]
    for wait, expected in zip(waits, (texts, texts[:1], []), strict=True):
        for found, its in zip(wait(), children._predictor.scores(expected), strict=True):
            assert found.tobytes() == its.tobytes()


def test_what_a_process_owes_when_it_dies_is_answered_here(children):
    one, other = children._all
    os.kill(one.process._process.pid, signal.SIGSTOP)
    waits = [children.submit(["so good", f"so bad {number}"]) for number in range(6)]
    one.process._process.kill()

    assert one._sent == 3
    for number, wait in enumerate(waits):
        expected = children._predictor.scores(["so good", f"so bad {number}"])
        assert wait().logits.tobytes() == expected.logits.tobytes()
    assert (one.ready, other.ready) == (False, True)


def test_a_process_does_not_answer_for_a_model_that_was_replaced(golden_model):
    predictor = Predictor.load(golden_model, children=1)
    changed = replace(predictor, manifest=replace(predictor.manifest, temperature=2.0))
    child = module._Child(changed)

    assert child.process.wait() == 0
    assert not child.ready
    child.process.stop()


def test_a_long_input_goes_through_processes_and_a_short_one_does_not(golden_model, monkeypatch):
    started = []
    monkeypatch.setattr(module, "_Child", lambda _: started.append(1) or StandIn())
    predictor = Predictor.load(golden_model, children=3)
    window = ["so good"] * WINDOW

    assert len(list(stream(predictor, [window], list))) == 1
    assert not started
    assert len(list(stream(predictor, [window] * 3, list))) == 3
    assert len(started) == 3
    assert len(list(stream(replace(predictor, children=0), [window] * 3, list))) == 3
    assert len(started) == 3


class StandIn:
    """A process that is never ready."""

    ready = False

    @property
    def process(self):
        """Itself, which needs no stopping."""
        return self

    def stop(self):
        """Do nothing."""


def test_a_stream_by_processes_keeps_the_order(golden_model, monkeypatch):
    monkeypatch.setattr(module, "_LONG", 1)
    predictor = Predictor.load(golden_model, children=2)

    def windows():
        for window in WINDOWS:
            yield window
            # Time for the processes to take over.
            time.sleep(0.1)

    streamed = list(stream(predictor, windows(), list))

    assert [window for window, _ in streamed] == WINDOWS
    for window, scores in streamed:
        expected = predictor.scores([text or "" for text in window]).probabilities
        assert np.isnan(scores.probabilities[1]).all()
        assert (scores.probabilities[[0, 2]] == expected[[0, 2]]).all()
