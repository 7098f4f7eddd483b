"""Which texts can be asked, in which order, and which columns come along."""

import json

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.labelling import candidates as module
from lstm_sentiment_cli.labelling.candidates import SeededOrder, read_candidates, same, texts_in
from lstm_sentiment_cli.records.labelled import DataFile
from lstm_sentiment_cli.records.reader import InputFile
from tests.labelling.conftest import LABELS, write_texts

MANY = [f"text number {number}" for number in range(400)]


def read(path, excluded=(), seed=1, **how):
    return read_candidates(DataFile(path, **how), LABELS, seed, excluded)


def texts(half):
    return [each.text for each in half]


def asked(found):
    return set(texts(found.drawn) + texts(found.pool))


def test_two_halves_have_every_text_once(folder):
    found = read(write_texts(folder / "a.csv", [*MANY, *MANY, "  Text  NUMBER 7 ", "", "  "]))

    assert len(found.drawn) + len(found.pool) == 400
    assert asked(found) == set(MANY)
    assert 150 < len(found.drawn) < 250


def test_the_order_depends_on_the_texts_and_the_seed_alone(folder):
    one = read(write_texts(folder / "a.csv", MANY))
    other = read(write_texts(folder / "b.csv", MANY[::-1]))
    longer = read(write_texts(folder / "c.csv", [*MANY, "one more", "and one more"]))

    assert texts(one.drawn) == texts(other.drawn) != sorted(texts(one.drawn))
    assert texts(one.pool) == texts(other.pool)
    assert [each for each in texts(longer.drawn) if each in MANY] == texts(one.drawn)
    assert texts(read(folder / "a.csv", seed=2).drawn) != texts(one.drawn)


def test_the_halves_are_those_that_the_seed_tells(folder):
    found, order = read(write_texts(folder / "a.csv", MANY)), SeededOrder(1)

    assert all(map(order.in_pool, texts(found.pool)))
    assert not any(map(order.in_pool, texts(found.drawn)))


def test_of_very_many_texts_each_half_keeps_the_first_of_its_order(folder, monkeypatch):
    path = write_texts(folder / "a.csv", MANY)
    whole = read(path)
    monkeypatch.setattr(module, "MOST_OF_A_HALF", 10)
    monkeypatch.setattr(module, "_WINDOW", 25)
    few = read(path)

    assert whole.remarks == []
    assert few.remarks == ["of 400 texts 20, drawn at random, can be asked"]
    assert texts(few.drawn) == texts(whole.drawn)[:10]
    assert texts(few.pool) == texts(whole.pool)[:10]


def test_texts_with_a_label_and_excluded_ones_are_not_asked(folder):
    path = folder / "a.csv"
    path.write_text(
        "id,sentiment,text\n1,,one\n2,positive,two\n3,NaN,three\n4,0,four\n5,,two\n6,,x\n7,neg,y\n7,,z\n8,neg,Z\n"
    )
    write_texts(folder / "b.csv", ["ONE", "other"], column="tweet")

    found = read(path, set(map(same, texts_in(InputFile(folder / "b.csv")))))

    assert asked(found) == {"three", "x"}
    assert found.columns == (["id", "sentiment", "text"], "text", "sentiment")
    assert found.remarks == [f"not asked: 4 texts with a label in {path} already; train on it too"]


@pytest.mark.parametrize(
    ("name", "content", "how", "columns"),
    [
        ("a.txt", "so good\n", {}, (["text", "label"], "text", "label")),
        (
            "a.csv",
            "id,review\n1,so good\n",
            {"text_column": "review"},
            (["id", "review", "label"], "review", "label"),
        ),
        (
            "a.csv",
            "id,text\n1,so good\n",
            {"label_column": "tone"},
            (["id", "text", "tone"], "text", "tone"),
        ),
        (
            "a.csv",
            "text,p_positive,p_negative,p_value\nso good,1,0,3\n",
            {},
            (["text", "p_value", "label"], "text", "label"),
        ),
        (
            "a.csv",
            "text,a,a\nso good,1,0\n",
            {},
            (["text", "a_1", "a_2", "label"], "text", "label"),
        ),
        (
            "a.jsonl",
            '{"data": {"text": "so good"}}\n{"data": {"text": "b"}, "id": 2}\n',
            {"text_column": "data.text"},
            (["data", "id", "text", "label"], "text", "label"),
        ),
        (
            "a.jsonl",
            '{"data": {"text": "so good"}, "text": 1}\n',
            {"text_column": "data.text"},
            (["data", "text", "data.text", "label"], "data.text", "label"),
        ),
    ],
)
def test_columns(folder, name, content, how, columns):
    (folder / name).write_text(content)

    found = read(folder / name, **how)

    assert found.columns == columns
    assert "so good" in asked(found)


def test_answers_of_the_model_are_left_out_and_this_is_said(folder):
    (folder / "a.csv").write_text("text,p_positive,p_negative\nso good,1,0\n")

    assert read(folder / "a.csv").remarks == [
        "columns left out, which would be learnt: p_positive, p_negative"
    ]


def test_the_other_fields_of_a_row_come_along(folder):
    (folder / "a.jsonl").write_text(json.dumps({"text": "so good", "tags": ["a"], "id": 3}))
    found = read(folder / "a.jsonl")
    (only,) = found.drawn + found.pool

    assert only.fields == {"text": "so good", "tags": ["a"], "id": 3}


def test_rows_that_cannot_be_read_are_counted(folder):
    (folder / "a.csv").write_bytes(b"id,text\n1,caf\xe9\n2\n3,good\n")

    assert read(folder / "a.csv").remarks == [
        "left out: 1 row that could not be read",
        "1 row had bytes that are not utf-8, read as U+FFFD; if the file has another encoding, "
        "name it with --encoding (cp1252 fits)",
    ]


@pytest.mark.parametrize(
    ("content", "how", "said"),
    [
        ("text,picked\na,b\n", {}, "has a column 'picked', which label writes itself"),
        ("text,id\na,b\n", {"label_column": "text"}, "'text' is the column of the text"),
        ("id,b\na,b\n", {}, "has no column 'text'"),
        ("text,class,target\na,b,c\n", {}, "has no column 'label'"),
    ],
)
def test_what_cannot_be_is_one_line(folder, content, how, said):
    (folder / "a.csv").write_text(content)

    with pytest.raises(SentimentError, match=said):
        read(folder / "a.csv", **how)
