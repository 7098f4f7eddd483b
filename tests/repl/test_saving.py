import csv
import errno
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.repl.saving import save_answers
from lstm_sentiment_cli.repl.session import Session
from tests.repl.small_models import load


def read_back(path):
    reader = open_records(InputFile(path))
    return reader.columns, [record.fields for window in reader.windows(100) for record in window]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))))
def test_what_is_saved_can_be_read_as_records(ending, texts, tmp_path_factory):
    texts = ["good", *filter(str.strip, texts)]
    path = tmp_path_factory.mktemp("saved") / f"answers.{ending}"
    session = Session("default", load)

    save_answers(path, session.answer(texts))

    _, rows = read_back(path)
    assert [row["text"] for row in rows] == texts
    assert {row["model"] for row in rows} == {"default"}
    assert rows[0]["predicted"] == "positive"
    assert float(rows[0]["p_positive"]) == pytest.approx(0.982014)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_models_of_different_labels_share_a_file(session, tmp_path, ending):
    path = tmp_path / f"answers.{ending}"
    session.answer(["good"])
    session.switch("three")
    session.answer(["bad"])

    save_answers(path, list(session.answers))

    columns, (first, second) = read_back(path)
    assert set(columns) == {
        *("answer", "text", "model", "predicted", "p_positive", "p_negative"),
        *(["p_very neutral"] if ending != "jsonl" else []),
    }
    assert first.get("p_very neutral", "") == ""
    assert (second["model"], second["predicted"]) == ("three", "very neutral")
    assert float(second["p_very neutral"]) > 0.7


def test_the_answer_of_the_model_compared_with_is_a_row_of_its_own(session, tmp_path):
    session.compare("three")
    save_answers(tmp_path / "a.csv", session.answer(["bad"]))

    with (tmp_path / "a.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["text"], row["model"], row["predicted"]) for row in rows] == [
        ("bad", "default", "negative"),
        ("bad", "three", "very neutral"),
    ]


def test_explanations_are_saved_where_there_are_some(session, tmp_path):
    plain = session.answer(["good"])
    session.explain = True
    save_answers(tmp_path / "a.jsonl", [*plain, *session.answer(["good day"])])

    first, second = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert "explanation" not in first
    assert "explained" not in second
    assert [(part["start"], part["end"], part["text"]) for part in second["explanation"]] == [
        (0, 4, "good"),
        (5, 8, "day"),
    ]
    assert second["explanation"][0]["contribution"] == 6.0


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_tables_have_explanations_as_predict_writes_them(session, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    plain = session.answer(["so so"])
    session.explain = True
    answers = [*plain, *session.answer(["good \\n\tday"])]
    session.switch("three")
    save_answers(path, [*answers, *session.answer(["bad"])])

    columns, (first, second, third) = read_back(path)
    assert (first["explanation"], first["explained"], second["explained"]) == ("", "", "")
    assert second["text"] == "good \\n\tday"
    found = json.loads(second["explanation"])
    assert [second["text"][unit["start"] : unit["end"]] for unit in found] == [
        unit["text"] for unit in found
    ]
    assert found[0] == {"start": 0, "end": 4, "text": "good", "contribution": 6.0}
    assert third["explained"] == "very neutral"
    assert columns.index("p_very neutral") < columns.index("explained")


def test_without_explanations_there_is_no_column_for_them(session, tmp_path):
    save_answers(tmp_path / "a.csv", session.answer(["good"]))

    assert read_back(tmp_path / "a.csv")[0] == [
        *("answer", "text", "model", "predicted", "p_positive", "p_negative"),
    ]


def test_of_more_than_two_labels_it_is_said_which_is_explained(session, tmp_path):
    session.switch("three")
    session.explain = True
    save_answers(tmp_path / "a.jsonl", session.answer(["bad"]))

    assert json.loads((tmp_path / "a.jsonl").read_text())["explained"] == "very neutral"


@pytest.mark.parametrize("name", ["answers", "a.txt", "a.parquet", "a.csv.gz", ".csv"])
def test_the_ending_says_the_format(session, tmp_path, name):
    with pytest.raises(SentimentError, match=r"must end in \.csv, \.tsv or \.jsonl"):
        save_answers(tmp_path / name, session.answer(["good"]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("there.csv", "exists already"), ("folder.csv", "already"), ("no/a.csv", "make its folder")],
)
def test_nothing_is_overwritten(session, tmp_path, name, said):
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(SentimentError, match=said):
        save_answers(tmp_path / name, session.answer(["good"]))

    assert (tmp_path / "there.csv").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"folder.csv", "there.csv"}


def test_a_folder_that_may_not_be_written_is_told_with_what_helps(session, tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may write everywhere
    with pytest.raises(SentimentError, match="Permission denied; make it writable or name another"):
        save_answers(tmp_path / "a.csv", session.answer(["good"]))


def test_a_name_that_is_too_long_is_one_line(session, tmp_path):
    with pytest.raises(SentimentError, match="cannot write"):
        save_answers(tmp_path / f"{'a' * 300}.csv", session.answer(["good"]))
