"""predict --doubts: a column of reasons not to trust an answer, in every format."""

import csv
import json
from pathlib import Path

import pytest

TEXTS = ["i don't love this", "сегодня отличный день", "", "xyzzy plugh love", "so " * 65]
REASONS = [
    [],
    ["knows 0 of 3 words", "not English"],
    ["no words"],
    ["knows 1 of 3 words"],
    ["truncated"],
]


@pytest.fixture
def predict(call, default_model):
    def predict(*arguments):
        code, out, err = call("predict", "-q", "-m", str(default_model), *arguments)
        assert (code, err) == (0, "")
        return out

    return predict


def test_json_lines_have_lists(predict):
    rows = [json.loads(line) for line in predict("--doubts", "-f", "jsonl", *TEXTS).splitlines()]

    assert [row["doubts"] for row in rows] == REASONS


def test_tsv_and_csv_have_lists_as_json(predict):
    lines = predict("--doubts", "--header", *TEXTS).splitlines()
    rows = list(csv.DictReader(predict("--doubts", "-f", "csv", *TEXTS).splitlines()))

    assert lines[0].split("\t") == ["predicted", "p_positive", "p_negative", "doubts", "text"]
    assert [json.loads(line.split("\t")[3]) for line in lines[1:]] == REASONS
    assert [json.loads(row["doubts"]) for row in rows] == REASONS


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], []])
def test_parquet_has_lists_of_strings(predict, texts):
    parquet = pytest.importorskip("pyarrow.parquet")
    Path("in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))

    predict("--doubts", "-i", "in.jsonl", "-o", "out.parquet")

    table = parquet.read_table("out.parquet")
    assert str(table.schema.field("doubts").type).startswith("list<")
    assert table["doubts"].to_pylist() == REASONS[: len(texts)]


def test_a_table_has_a_line_below_for_each_doubtful_text(predict):
    lines = predict("--doubts", "-f", "table", *TEXTS[:4]).splitlines()

    assert [line.strip() for line in lines[4:]] == [
        "knows 0 of 3 words, clearly not English: сегодня отличный день",
        "no words to go by:",
        "knows 1 of 3 words: xyzzy plugh love",
    ]


def test_doubts_come_after_an_explanation(predict):
    (line,) = predict("--doubts", "--explain", "-f", "jsonl", "--prefix", "my_", "ok").splitlines()

    assert list(json.loads(line))[-2:] == ["my_explanation", "my_doubts"]


def test_a_record_that_cannot_be_read_has_no_doubts(call, default_model):
    Path("in.jsonl").write_text('{"text": "good"}\n{"x": 1}\n')

    out = call("predict", "-m", str(default_model), "--doubts", "-i", "in.jsonl", "-f", "jsonl").out

    assert [json.loads(line)["doubts"] for line in out.splitlines()] == [[], None]


@pytest.mark.parametrize("kind", ["tsv", "csv", "jsonl", "table"])
def test_without_the_option_nothing_is_added(predict, kind):
    assert "doubts" not in predict("-f", kind, *TEXTS)
    assert "no words" not in predict("-f", kind, *TEXTS)
