"""JSON becomes records, whether an object stands in each line or all are in one array."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_samples import brief, records_of

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.json_objects import unfolded
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.sources import BrokenInputError


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"text": "good"}', "good"),
        (' {"text": "U+2028 \u2028"} \r', "U+2028 \u2028"),
        ('{"text": "half \\ud83d, whole \\ud83d\\ude00"}', "half \ufffd, whole \U0001f600"),
        ('{"text": ""}', "'text' "),
        ('{"text": 3}', "'text' holds a number, not a string"),
        ('{"text": true}', "'text' holds true or false, not a string"),
        ('{"text": {}}', "'text' holds another kind of value, not a string"),
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


OBJECTS = [
    {"id": 1, "text": 'quotes " and \\, [brackets] {and braces}'},
    {"text": "\u00e9 \n \U0001f389", "more": {"a": [1, {"b": ","}]}},
    {"text": ""},
]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.json.gz"])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_an_array_is_read_as_an_object_a_line_is(write, name, indent, ascii_only):
    content = json.dumps(OBJECTS, indent=indent, ensure_ascii=ascii_only).encode()
    path = write(name, gzip.compress(content) if name.endswith(".gz") else content)

    records = records_of(path)

    assert [record.fields for record in records] == OBJECTS
    assert [record.line for record in records] == [1, 2, 3]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    st.lists(st.dictionaries(st.text(), VALUES), min_size=1),
    st.sampled_from([None, 1]),
    st.integers(1, 9),
)
def test_any_array_of_objects_is_unfolded_wherever_blocks_end(objects, indent, size):
    data = json.dumps(objects, indent=indent, ensure_ascii=False).encode(errors="surrogatepass")
    blocks = [data[start : start + size] for start in range(0, len(data), size)]

    lines = b"".join(unfolded(iter(blocks), "a.json")).split(b"\n")

    assert lines.pop() == b""
    assert [json.loads(line) for line in lines] == objects


@pytest.mark.parametrize(
    "data", [b"", b" ", b"[1, 2]", b'["a"]\n', b'{"a": [{}]}\n{"a": 1}\n', b"[", b"[]\n[]"]
)
def test_what_is_no_array_of_objects_stays_as_it_is(data):
    assert b"".join(unfolded(iter([data[:1], data[1:]]), "a.json")) == data


def test_json_may_be_an_object_a_line(write):
    path = write("a.json", '\n{"text": "good"}\noops\n{"text": "bad"}\n')

    assert brief(records_of(path)) == [
        (2, "good"),
        (3, "broken JSON: Expecting value at character 1"),
        (4, "bad"),
    ]


@pytest.mark.parametrize("content", ["", "\n \n", "[]", " [ ]\n"])
def test_json_without_objects_has_no_records(write, content):
    assert records_of(write("a.json", content)) == []


@pytest.mark.parametrize(
    "content", ["i love this\n", '["good", "bad"]', "3", '{\n  "text": "good"\n}\n', "{}"]
)
def test_any_other_json_is_one_helpful_line(write, content):
    with pytest.raises(SentimentError, match=r"a\.json is neither an array of JSON objects nor"):
        open_records(InputFile(write("a.json", content)))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('[{"text": "good"}, {"text": "b', "its array does not end"),
        ('[{"text": "good"}, {"text": "bad"}, ', "its array does not end"),
        ('[{"text": "good"}]\n{"text": "bad"}\n', "it goes on behind its array"),
    ],
)
def test_objects_before_a_break_come_first(write, content, problem):
    windows = open_records(InputFile(write("a.json", content))).windows(1)

    assert next(windows)[0].text == "good"
    with pytest.raises(BrokenInputError, match=rf"a\.json is broken: {problem}; the records"):
        list(windows)


def test_an_element_that_is_no_object_is_unreadable_alone(write):
    path = write("a.json", '[{"text": "good"}, 3, {"text" "bad"}, {"text": "fine"},]')

    assert [(line, text[:18]) for line, text in brief(records_of(path))] == [
        (1, "good"),
        (2, "not a JSON object"),
        (3, "broken JSON: Expec"),
        (4, "fine"),
    ]


V2 = '{"data": {"id": "1", "text": "good", "user": {"name": "ann"}}, "includes": {}}\n'


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (V2, "data.text", "good"),
        (V2, "data.user.name", "ann"),
        ('{"data": {"text": "bad"}, "data.text": "good"}\n', "data.text", "good"),
        ('{"data": null, "id": 1}\n' + V2, "data.text", "good"),
    ],
)
def test_a_text_may_be_inside_of_an_object(write, line, column, text):
    assert records_of(write("a.jsonl", line), text_column=column)[-1].text == text


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        (V2, None, r"no column 'text'; columns: data, includes \(pass --text-column data\.text\)"),
        ('{"data": {"text": "good"}}', None, r"\(pass --text-column data\.text\)"),
        (V2, "data.txt", r"no column 'data\.txt' \(did you mean 'data\.text'\?\)"),
        ('{"id": 1, "text": "a"}', "id.text", r"no column 'id\.text'"),
    ],
)
def test_a_text_that_is_not_there_names_the_one_inside(write, line, column, message):
    with pytest.raises(SentimentError, match=message):
        open_records(InputFile(write("a.jsonl", line), text_column=column))


def test_an_object_without_the_text_inside_is_unreadable_alone(write):
    lines = V2 + '{"data": {"id": "2"}}\n{"data": [1]}\n{"id": 4}\n' + V2
    records = records_of(write("a.jsonl", lines), text_column="data.text")

    problem = "'data.text' is missing or null"
    assert [record.text or record.problem for record in records] == ["good", *[problem] * 3, "good"]


def test_where_a_tweet_is_cut_the_whole_text_is_read(write):
    tweets = [
        {"text": "whole", "truncated": False},
        {"text": "cu\u2026", "truncated": True, "extended_tweet": {"full_text": "cut no more"}},
        {"text": "cu\u2026", "full_text": "cut no more"},
        {"full_text": "whole too"},
        {"text": "odd", "extended_tweet": None},
    ]
    path = write("a.json", json.dumps(tweets))

    assert [record.text for record in records_of(path)] == [
        *("whole", "cut no more", "cut no more", "whole too", "odd")
    ]
    assert records_of(path, text_column="text")[1].text == "cu\u2026"  # as it was asked for
