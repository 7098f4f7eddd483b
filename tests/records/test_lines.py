"""Each line of jsonl becomes a record, and nothing in it can break the others."""

import pytest
from record_samples import (
    brief,
    records_of,
)

from lstm_sentiment_cli.records.reader import InputFile, open_records


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"text": "good"}', "good"),
        (' {"text": "U+2028 \u2028"} \r', "U+2028 \u2028"),
        ('{"text": "half \\ud83d, whole \\ud83d\\ude00"}', "half \ufffd, whole \U0001f600"),
        ('{"text": ""}', "'text' "),
        ('{"text": 3}', "'text' holds a number, not a string"),
        ('{"text": true}', "'text' holds true or false, not a string"),
        ('{"text": {}}', "'text' holds no text, not a string"),
        ('{"text": null}', "'text' is missing or null"),
        ('{"other": "x"}', "'text' is missing or null"),
        ("[1]", "not a JSON object"),
        ('{"text": "go', "broken JSON: Unterminated string starting at at character 10"),
        ("[" * 100_000, "JSON too large to read"),
        ('{"text": ' + "9" * 5000, "JSON too large to read"),
        ("\x00", "broken JSON"),
    ],
)
def test_jsonl(write, line, expected):
    path = write("a.jsonl", f'{{"text": "first"}}\n\n{line}\n{{"text": "last"}}\n')

    first, record, last = records_of(path)

    assert (first.text, record.line, last.text) == ("first", 3, "last")
    shown = record.problem if record.text is None else record.text
    assert shown.startswith(expected) or (record.text == "" and expected == "'text' ")


def test_no_half_characters_are_left_anywhere_in_an_object(write):
    (record,) = records_of(write("a.jsonl", '{"text": "", "\\udc00": [{"a": "\\uD800"}, 1]}'))

    assert record.fields == {"text": "", "\ufffd": [{"a": "\ufffd"}, 1]}


def test_the_first_readable_object_tells_the_columns(write):
    path = write("a.jsonl", 'oops\n\n{}\n{"id": NaN, "tweet": "good"}\n{"tweet": "fine"}\n')

    reader = open_records(InputFile(path))

    assert (reader.columns, reader.text_column) == (["id", "tweet"], "tweet")
    windows = list(reader.windows(2))
    assert [brief(window) for window in windows] == [
        [(1, "broken JSON: Expecting value at character 1")],
        [(3, "'tweet' is missing or null"), (4, "good")],
        [(5, "fine")],
    ]
    assert windows[1][1].fields == {"id": None, "tweet": "good"}


def test_jsonl_without_one_object_is_all_unreadable(write):
    reader = open_records(InputFile(write("a.jsonl", "oops\n" * 3000)))

    assert (reader.columns, reader.text_column) == ([], "text")
    assert sum(len(window) for window in reader.windows(999)) == 3000
