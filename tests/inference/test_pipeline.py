import threading
from queue import Queue

import pytest

from lstm_sentiment_cli.inference.predictor import ahead


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
