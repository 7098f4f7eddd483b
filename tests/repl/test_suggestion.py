import time

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from lstm_sentiment_cli.repl.history import PrivateHistory
from lstm_sentiment_cli.repl.prompt import SuggestNewestLine


def suggested(entries, typed):
    history = PrivateHistory(None)
    for entry in entries:
        history.append_string(entry)
    found = SuggestNewestLine().get_suggestion(Buffer(history=history), Document(typed))
    return found and found.text


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("good", " morning"),
        ("good d", "ay"),
        ("good morning", ""),
        ("ood", None),
        ("nothing", None),
        ("", None),
        ("  ", None),
        ("/", None),
        ("/m", "odel other"),
        ("x\ngood d", "ay"),
        ("second l", "ine"),
    ],
)
def test_the_newest_line_that_begins_so_is_suggested(typed, rest):
    entries = [
        "/model other",
        "good evening",
        "good day",
        "first line\nsecond line",
        "good morning",
    ]

    assert suggested(entries, typed) == rest


def test_a_history_of_books_is_searched_between_two_keys():
    history = PrivateHistory(None)
    for number in range(2_000):
        history.append_string(f"{number} " + "words and words " * 500)
    buffer = Buffer(history=history)

    begin = time.perf_counter()
    found = SuggestNewestLine().get_suggestion(buffer, Document("never typed"))

    assert found is None
    assert time.perf_counter() - begin < 0.2
