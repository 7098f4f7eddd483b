import csv
import errno
import json
import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_sentiment_cli.atomic import locked
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile, read_examples
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.repl.saving import save_answers, save_correction
from lstm_sentiment_cli.repl.session import Session
from tests.conftest import ROOT
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
    with pytest.raises(SentimentError, match=r"must end in \.csv, \.tsv"):
        save_answers(tmp_path / name, session.answer(["good"]))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("there.csv", "already exists"), ("folder.csv", "already"), ("no/a.csv", "create its folder")],
)
def test_nothing_is_overwritten(session, tmp_path, name, said):
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "folder.csv").mkdir()

    with pytest.raises(SentimentError, match=said):
        save_answers(tmp_path / name, session.answer(["good"]))

    assert (tmp_path / "there.csv").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"folder.csv", "there.csv"}


def test_a_folder_that_may_not_be_written_is_told_with_what_helps(
    session, tmp_path, refuse_opening
):
    refuse_opening(errno.EACCES)
    with pytest.raises(SentimentError, match="Permission denied; make it writable or name another"):
        save_answers(tmp_path / "a.csv", session.answer(["good"]))


def test_a_name_that_is_too_long_is_one_line(session, tmp_path):
    with pytest.raises(SentimentError, match="cannot write"):
        save_answers(tmp_path / f"{'a' * 300}.csv", session.answer(["good"]))


LABELS = ("positive", "negative")


def read_corrections(path):
    return [(each.text, each.label) for each in read_examples([DataFile(path)], LABELS)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "corrections.csv"


def test_each_correction_is_a_row_and_the_last_label_of_a_text_counts(path):
    save_correction(path, "oh great", "positive")
    save_correction(path, "so, so", "positive")
    labels = save_correction(path, "oh great", "negative")

    assert labels == {"oh great": "negative", "so, so": "positive"}
    assert read_corrections(path) == [("oh great", "negative"), ("so, so", "positive")]
    assert list(path.parent.iterdir()) == [path]


# A line of a paste: anything but the end of a line.
ENTRIES = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1)


@given(st.dictionaries(ENTRIES.filter(str.strip), st.sampled_from(LABELS), min_size=1, max_size=5))
def test_what_is_labelled_is_what_training_reads(tmp_path_factory, labels):
    path = tmp_path_factory.mktemp("corrections") / "corrections.csv"
    for text, label in labels.items():
        save_correction(path, text, label)

    assert dict(read_corrections(path)) == labels


def test_a_text_as_long_as_a_book_can_be_labelled(path):
    for label in LABELS:
        assert save_correction(path, "a" * 200_000, label) == {"a" * 200_000: label}


def test_what_is_no_character_is_replaced_once(path):
    save_correction(path, "caf\udce9", "positive")
    labels = save_correction(path, "caf\udce9", "negative")

    assert labels == {"caf?": "negative"}


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_a_new_file_is_private_and_an_old_one_keeps_its_permissions(path):
    save_correction(path, "good", "positive")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    path.chmod(0o640)
    save_correction(path, "bad", "negative")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links want a privilege there")
def test_a_file_behind_a_link_stays_there(path, tmp_path):
    place = tmp_path / "elsewhere.csv"
    path.symlink_to(place)
    save_correction(path, "good", "positive")
    save_correction(path, "bad", "negative")

    assert path.is_symlink()
    assert len(read_corrections(place)) == 2


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbftext,label\r\noh great,negative\r\n", b"text,label\noh great,negative"],
)
def test_a_file_that_another_program_has_saved_is_read(path, content):
    path.write_bytes(content)

    assert save_correction(path, "good", "positive") == {
        "oh great": "negative",
        "good": "positive",
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"label,text\nnegative,oh great\n", "its columns are label, text, not text, label"),
        (b"text,label,when\na,positive,now\n", "its columns are text, label, when, not text"),
        (b"text;label\na;positive\n", "its columns are text;label, not text, label"),
        (b"important\n", "its columns are important, not text, label"),
        (b'text,label\n"a,positive\n', "line 2: unexpected end of data; correct the line"),
        (b"text,label\na\n", "the row of 'a' has 1 cell, not 2; correct the row"),
        (b"text,label\ncaf\xe9,positive\n", "is not UTF-8; save it as UTF-8"),
    ],
)
def test_what_is_no_file_of_corrections_is_refused_and_left_alone(path, content, said):
    path.write_bytes(content)

    with pytest.raises(SentimentError) as error:
        save_correction(path, "good", "positive")

    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == content


def test_a_folder_of_that_name_is_refused(path):
    path.mkdir()

    with pytest.raises(SentimentError, match="Is a directory"):
        save_correction(path, "good", "positive")


def test_a_write_protected_file_is_refused_and_left_alone(path, monkeypatch):
    save_correction(path, "good", "positive")
    path.chmod(0o400)
    # Root, as whom tests may run, would be allowed to write it.
    monkeypatch.setattr(os, "access", lambda file, _mode: bool(file.stat().st_mode & 0o200))

    with pytest.raises(SentimentError) as error:
        save_correction(path, "bad", "negative")

    assert str(error.value).startswith(f"{path} is write-protected; make it writable, or name")
    assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0
    assert read_corrections(path) == [("good", "positive")]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "Permission denied; make it writable or name another file"),
        (errno.ENOSPC, "No space left on device; free some space or name another file"),
    ],
)
def test_what_cannot_be_written_has_a_remedy_that_fits(path, refuse_opening, number, remedy):
    refuse_opening(number)
    with pytest.raises(SentimentError) as error:
        save_correction(path, "good", "positive")

    assert remedy in str(error.value)


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(
        SentimentError, match=r"cannot write .*No such file.*; create its folder or"
    ):
        save_correction(tmp_path / "nowhere" / "corrections.csv", "good", "positive")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has such limits")
def test_a_full_disk_leaves_the_file_as_it_was(path, full_disk):
    save_correction(path, "good", "positive")
    with full_disk(), pytest.raises(SentimentError, match="cannot write"):
        save_correction(path, "bad", "negative")

    assert read_corrections(path) == [("good", "positive")]
    assert list(path.parent.iterdir()) == [path]


ADDING = """
import sys
from pathlib import Path
from lstm_sentiment_cli.repl.saving import save_correction
print("ready", flush=True)
sys.stdin.readline()
for number in range(10):
    save_correction(Path(sys.argv[1]), f"{sys.argv[2]} {number}", "positive")
"""


def test_two_conversations_that_label_at_the_same_time_lose_nothing(path):
    with ExitStack() as both:
        processes = [
            both.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", ADDING, path, name],
                    env=os.environ | {"PYTHONPATH": str(ROOT)},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for name in ("one", "two")
        ]
        for process in processes:
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            process.stdin.close()

    assert [process.returncode for process in processes] == [0, 0]
    assert len(read_corrections(path)) == 20
    assert list(path.parent.iterdir()) == [path]


def test_two_conversations_that_save_under_one_name_write_it_once(session, tmp_path):
    answers = session.answer(["good"])
    begin = threading.Barrier(2)

    def save(_number):
        begin.wait()
        try:
            return save_answers(tmp_path / "a.csv", answers)
        except SentimentError as error:
            return str(error)

    with ThreadPoolExecutor() as pool:
        said = set(pool.map(save, range(2)))

    assert said == {1, f"{tmp_path / 'a.csv'} already exists; choose another name, or remove it"}


def test_a_file_that_somebody_keeps_locked_is_one_line(path, monkeypatch):
    monkeypatch.setattr("lstm_sentiment_cli.repl.saving.locked", partial(locked, patience=0))
    with locked(path, SentimentError("")), pytest.raises(SentimentError) as error:
        save_correction(path, "good", "positive")

    assert str(error.value) == (
        f"{path} is being written by another process; try again, "
        "or name another file with repl --corrections"
    )


def test_evaluate_takes_the_file_as_it_is(path, run, golden_model):
    """Training does too, see tests/training/test_train_command.py."""
    for number in range(12):
        save_correction(path, f"i just love it when the bus is late, take {number}", "negative")
        save_correction(path, f"wicked, this tune number {number} is sick", "positive")

    measured = run("evaluate", str(path), "--json", "--model", str(golden_model))
    assert measured.code == 0, measured.err
    assert '"rows": 24' in measured.out
