"""What is written can be read: every record, every label, every character."""

import csv
import json
from datetime import date
from io import StringIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_samples import (
    GOOD,
    NAN,
    PARQUET,
    UNREADABLE,
    probabilities,
    read_texts,
    write_window,
    writer,
)

from lstm_sentiment_cli.records.encoders import (
    CsvRows,
    JsonRows,
    TsvRows,
    Window,
    cell,
    four_decimals,
    shortest,
)
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record


def test_tsv_is_the_answer_then_the_text(tmp_path):
    records = [GOOD, UNREADABLE, Record("a\tb\nc\rd\\n", None, 3, None), Record("", None, 4, None)]
    scores = probabilities([0.99996, 0.00004], [NAN, NAN], [0.25, 0.75], [0.5, 0.5])

    written = write_window(
        tmp_path / "out",
        records,
        predicted=["positive", "positive", "negative", "uncertain"],
        scores=scores,
    )

    assert written == (
        b"positive\t1.0000\t0.0000\tgood\n"
        b"\t\t\t\n"
        b"negative\t0.2500\t0.7500\ta\\tb\\nc\\rd\\\\n\n"
        b"uncertain\t0.5000\t0.5000\t\n"
    )


def test_a_full_window_of_tsv_is_written_as_its_rows_one_by_one(tmp_path):
    texts = ["good", "a\tb", "c\\d", "", None, "e\nf\r", "\u00e9"] * 200
    records = [Record(text, None, line, None) for line, text in enumerate(texts, start=1)]
    first = np.linspace(0, 1, len(records), dtype=np.float32)
    scores = np.stack([first, 1 - first], axis=1)
    predicted = ["positive", "negative"] * (len(records) // 2)

    with writer("tsv", tmp_path / "rows") as put:
        for row, record in enumerate(records):
            put(Window([record], predicted[row : row + 1], scores[row : row + 1]))
    window = write_window(tmp_path / "window", records, predicted=predicted, scores=scores)

    assert window == (tmp_path / "rows").read_bytes()


@pytest.mark.parametrize("records", [[], [GOOD]])
def test_the_header_of_tsv_is_there_once_when_asked_for(tmp_path, records):
    path = tmp_path / "out"
    with writer("tsv", path, header=True, prefix="m_") as put:
        for _ in range(2):
            put(Window(records, ["positive"] * len(records), np.ones((len(records), 2))))

    lines = path.read_text().splitlines()
    assert lines[0] == "m_predicted\tm_p_positive\tm_p_negative\ttext"
    assert len(lines) == 1 + 2 * len(records)


@given(st.lists(st.text(), min_size=1))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_tsv(tmp_path, texts):
    records = [Record(text, None, line, None) for line, text in enumerate(texts, 1)]

    write_window(tmp_path / "out.tsv", records, header=True, force=True)

    assert read_texts(tmp_path / "out.tsv") == texts


@pytest.mark.parametrize("kind", ["csv", "jsonl", PARQUET])
@given(texts=st.lists(st.text(), min_size=1), name=st.text())
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)
def test_any_text_and_column_survive(tmp_path, kind, texts, name):
    # Neither one of our own columns nor one to guess the text's by.
    columns = [f"x{name}", "my text"]
    records = [
        Record(text, dict(zip(columns, [text[::-1], text], strict=True)), line, None)
        for line, text in enumerate(texts, 1)
    ]
    path = tmp_path / f"out.{kind}"

    write_window(path, records, kind=kind, columns=columns, text_column="my text", force=True)

    assert read_texts(path, "my text") == texts
    reader = open_records(InputFile(path, text_column="my text"))
    assert reader.columns == [*columns, "predicted", "p_positive", "p_negative"]
    assert [row.fields[columns[0]] for window in reader.windows(9) for row in window] == [
        text[::-1] for text in texts
    ]


ROWS = [
    Record("good", {"id": "1", "text": "good"}, 2, None),
    Record(None, {"id": "2"}, 3, "1 field where the header has 2"),
    Record(None, None, 4, "broken row"),
]
SCORES = probabilities([0.7, 1e-8], [NAN, NAN], [NAN, NAN])


def test_csv_is_the_columns_of_the_input_then_ours_in_full(tmp_path):
    written = write_window(tmp_path / "o", ROWS, kind="csv", columns=["id", "text"], scores=SCORES)

    assert written == (
        b"id,text,predicted,p_positive,p_negative\n1,good,positive,0.7,1e-08\n2,,,,\n,,,,\n"
    )


def test_jsonl_is_the_fields_of_the_input_then_ours_in_full(tmp_path):
    written = write_window(
        tmp_path / "o", ROWS, kind="jsonl", columns=["id", "text"], scores=SCORES
    )

    blank = {"predicted": None, "p_positive": None, "p_negative": None}
    assert [json.loads(line) for line in written.splitlines()] == [
        {"id": "1", "text": "good", "predicted": "positive", "p_positive": 0.7, "p_negative": 1e-8},
        {"id": "2"} | blank,
        {"text": None} | blank,
    ]
    assert b'"p_positive": 0.7,' in written


def test_parquet_is_the_columns_of_the_input_then_ours(tmp_path):
    pyarrow = pytest.importorskip("pyarrow.parquet")
    write_window(tmp_path / "o", ROWS, kind="parquet", columns=["id", "text"], scores=SCORES)

    table = pyarrow.read_table(tmp_path / "o")

    assert table.to_pylist() == [
        {
            "id": "1",
            "text": "good",
            "predicted": "positive",
            "p_positive": pytest.approx(0.7),
            "p_negative": pytest.approx(1e-8),
        },
        dict.fromkeys(table.column_names) | {"id": "2"},
        dict.fromkeys(table.column_names),
    ]
    assert [str(field.type) for field in table.schema] == ["string"] * 3 + ["float"] * 2


@pytest.mark.parametrize("kind", ["csv", "jsonl", PARQUET])
def test_plain_lines_get_a_column_called_text(tmp_path, kind):
    path = tmp_path / f"out.{kind}"
    write_window(path, [GOOD], kind=kind)

    (record,) = next(open_records(InputFile(path)).windows(9))

    assert (record.text, list(record.fields)[:2]) == ("good", ["text", "predicted"])


def test_dates_of_parquet_become_text(tmp_path):
    fields = {"text": "good", "day": date(2009, 4, 6), "raw": b"caf\xc3\xa9"}
    records = [Record("good", fields, 1, None)]

    as_csv = write_window(tmp_path / "a", records, kind="csv", columns=list(fields))
    as_jsonl = write_window(tmp_path / "b", records, kind="jsonl", columns=list(fields))

    assert as_csv.splitlines()[1].decode() == "good,2009-04-06,caf\u00e9,positive,0.7,0.3"
    assert json.loads(as_jsonl)["day"] == "2009-04-06"


def test_parquet_of_many_windows_is_read_again(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "out.parquet"
    with writer("parquet", path) as put:
        for window in range(3):
            records = [Record(f"{window} {row}", None, 1, None) for row in range(30_000)]
            scores = np.full((30_000, 2), 0.5, np.float32)
            put(Window(records, ["positive"] * 30_000, scores))

    texts = read_texts(path)

    assert (len(texts), texts[0], texts[-1]) == (90_000, "0 0", "2 29999")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("tsv", b""), ("csv", b"id,text,predicted,p_a,p_b,p_c\n"), ("jsonl", b"")],
)
def test_no_records_still_make_a_file(tmp_path, kind, expected):
    with writer(kind, tmp_path / "o", labels="abc", columns=["id", "text"]):
        pass

    assert (tmp_path / "o").read_bytes() == expected


def test_values_of_json_become_cells_and_values_again(tmp_path):
    fields = {"text": "good", "n": 1, "list": ["\u00e9"], "yes": True, "no": None, "nan": NAN}
    records = [Record("good", fields, 1, None)]

    as_csv = write_window(tmp_path / "a", records, kind="csv", columns=list(fields))
    as_jsonl = write_window(tmp_path / "b", records, kind="jsonl", columns=list(fields))

    assert as_csv.splitlines()[1].decode() == 'good,1,"[""\u00e9""]",true,,,positive,0.7,0.3'
    assert json.loads(as_jsonl, parse_constant=pytest.fail) == fields | {
        "nan": None,
        "predicted": "positive",
        "p_positive": 0.7,
        "p_negative": 0.3,
    }


def test_half_characters_are_replaced(tmp_path):
    records = [Record("\ud83d!", {"text": "\ud83d!"}, 1, None)]

    for kind in ("tsv", "csv", "jsonl"):
        assert b"?!" in write_window(tmp_path / kind, records, kind=kind)


CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2)


def lines(rows, *cells):
    names = [str(number) for number in range(len(cells[0]))]
    return rows(names).lines((dict(zip(names, row, strict=True)), ()) for row in cells)


@given(CELLS)
def test_a_line_of_csv_is_read_as_what_was_written(cells):
    line = lines(CsvRows, cells)

    assert list(csv.reader(StringIO(line, newline=""), strict=True)) == [cells]
    assert line.endswith("\n")


@given(CELLS)
def test_a_line_of_tsv_has_one_end_and_a_tab_between_cells(cells):
    line = lines(TsvRows, cells)

    assert line.count("\n") == 1
    assert "\r" not in line
    assert line.count("\t") == len(cells) - 1


def test_what_needs_no_quotes_has_none():
    assert lines(CsvRows, ["so, so", "good", 'say "hi"']) == '"so, so",good,"say ""hi"""\n'
    assert lines(TsvRows, ["a\tb", "\\o/\r"]) == "a\\tb\t\\\\o/\\r\n"


def test_a_lone_carriage_return_is_quoted():
    assert lines(CsvRows, ["a\rb", "c"]) == '"a\rb",c\n'


@pytest.mark.parametrize(
    ("rows", "header", "expected"),
    [
        (CsvRows, "a,b\n", "1,\n,true\n"),
        (TsvRows, "a\tb\n", "1\t\n\ttrue\n"),
        (JsonRows, "", '{"a": 1}\n{"b": true}\n'),
    ],
)
def test_a_value_that_is_missing_is_empty_or_left_out(rows, header, expected):
    written = rows(["a", "b"])

    assert written.header() == header
    assert written.lines([({"a": 1}, ()), ({"b": True}, ())]) == expected
    assert written.lines([]) == ""


@pytest.mark.parametrize("rows", [CsvRows, TsvRows, JsonRows])
def test_values_without_a_name_are_those_of_the_last_columns(rows):
    named, values = rows(["a", "b"]), rows(["a"], ["b"])

    assert values.header() == named.header()
    assert values.lines([({"a": 1}, [2])]) == named.lines([({"a": 1, "b": 2}, ())])


def test_numbers_are_written_as_json_writes_them():
    numbers = [0.1, 1e-8, 1e22, 5e-324, -0.0, 1e16, 123456789.0, 7, -1]

    assert [cell(number) for number in numbers] == [json.dumps(number) for number in numbers]


CHANCE = np.random.default_rng(1)
# The only float32 that lie halfway between two numbers of four decimals are odd 32nds.
HALVES = np.arange(33, dtype=np.float32) / np.float32(32)
UNITS = (np.arange(10_001) / 10_000).astype(np.float32)
BORDERS = ((np.arange(10_000) + 0.5) / 10_000).astype(np.float32)


def neighbours(numbers):
    around = [np.nextafter(numbers, np.float32(side)) for side in (-1, 2)]
    return np.concatenate([numbers, *around]).clip(0, 1)


@pytest.mark.parametrize(
    "numbers",
    [
        np.tile(neighbours(HALVES), 20),
        neighbours(UNITS),
        neighbours(BORDERS),
        CHANCE.random(200_000, dtype=np.float32),
        np.float32(2) ** CHANCE.uniform(-149, 0, 20_000).astype(np.float32),
        np.zeros(2000, np.float32),
        np.full(2000, np.nan, np.float32),
        np.linspace(-1, 2, 2000, dtype=np.float32),
        np.full(2000, -0.0, np.float32),
        np.full(2000, 0.00005),  # a float64, for which the table is not made
        HALVES,
        np.empty(0, np.float32),
    ],
)
def test_four_decimals_are_those_of_formatting(numbers):
    expected = [f"{number:.4f}" for number in numbers.tolist()]

    assert four_decimals(numbers[:, None]) == [expected]


def test_they_come_by_columns():
    assert four_decimals(np.float32([[0.25, 0.75]])) == [["0.2500"], ["0.7500"]]
    assert four_decimals(np.tile(np.float32([0.25, 0.75]), (999, 1))) == [
        ["0.2500"] * 999,
        ["0.7500"] * 999,
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        CHANCE.random(200_000, dtype=np.float32),
        np.float32(10) ** -CHANCE.uniform(0, 45, 20_000).astype(np.float32),
        neighbours(np.float32(10) ** -np.arange(10, dtype=np.float32)),
        neighbours(UNITS),
        neighbours(HALVES),
        np.float32([0, 1, 0.001, np.nan]),
        np.empty(0, np.float32),
    ],
)
def test_the_shortest_numbers_are_those_of_numpy(numbers):
    expected = numbers.astype(str).astype(float)

    assert np.array_equal(shortest(numbers), expected, equal_nan=True)
