"""The file of labels: what is written, what is read again, and what is refused."""

import os
import re
import sys
from pathlib import Path

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.labelling.label_file import SKIPPED, Columns, open_labels
from tests.labelling.conftest import rows

COLUMNS = Columns(["id", "text", "label"], "text", "label")


@pytest.fixture
def path(folder):
    return folder / "labels.csv"


def add(file, text="so good", label="positive", picked="random", number=7):
    file.add(text, {"id": number, "text": text}, label, picked)


def test_a_row_is_there_when_add_returns(path):
    with open_labels(path, COLUMNS) as file:
        assert not path.exists()
        add(file, 'a "good", day\nso long', number=7)

        assert rows(path) == [
            {"id": "7", "text": 'a "good", day\nso long', "label": "positive", "picked": "random"}
        ]


def test_taking_back_is_the_inverse_of_adding(path):
    with open_labels(path, COLUMNS) as file:
        add(file)
        before = path.read_bytes()
        add(file, "so bad", "negative", "uncertain")

        assert file.take_back()[:3] == ("so bad", "negative", "uncertain")
        assert path.read_bytes() == before
        assert file.take_back().fields == {"id": "7", "text": "so good", "label": "positive"}
        assert rows(path) == file.asked == []


def test_reading_is_the_inverse_of_writing(path):
    with open_labels(path, COLUMNS) as file:
        add(file, 'tabs\t, quotes " and ends\r\nof lines\rof every kind')
        add(file, "日本語 🎉", SKIPPED, "uncertain", number=None)
        written = file.asked
    with open_labels(path, COLUMNS) as file:
        assert file.asked == written
        assert [each.labelled for each in file.asked] == [True, False]


@pytest.mark.parametrize(
    "content",
    [
        b"id,text,label,picked\n1,so good,positive,random\n",
        b"\xef\xbb\xbfid,text,label,picked\r\n1,so good,positive,random\r\n",
        b'"id",text,label,picked\n\n"1","so good",positive,random\n\n',
        b"id,text,label,picked\n1,so good,positive,random",  # an editor left out the last end
    ],
)
def test_what_others_have_saved_again_stays_as_it_is(path, content):
    path.write_bytes(content)
    with open_labels(path, COLUMNS) as file:
        assert [each.text for each in file.asked] == ["so good"]
        add(file, "so bad", "negative")

        assert [each["text"] for each in rows_of_any(path)] == ["so good", "so bad"]
        assert b"".join(path.read_bytes().splitlines()[:2]).startswith(content.split(b"\n")[0][:20])
        file.take_back()
        file.take_back()
        assert path.read_bytes() == content.splitlines(keepends=True)[0]


def rows_of_any(path):
    return [each for each in rows(path) if each["text"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"text,label\nso good,positive\n",
            "was not made from this input by label: .* text, label",
        ),
        (b"\xff\xfe", "is not UTF-8"),
        (b'id,text,label,picked\n1,"so good,positive,random\n', "line 2: unexpected end of data"),
        (b"id,text,label,picked\n1,so good\n", "a row has 2 cells, not 4; .*: 1,so good"),
    ],
)
def test_what_is_not_such_a_file_is_refused_and_left_alone(path, content, said):
    path.write_bytes(content)

    with pytest.raises(SentimentError, match=said), open_labels(path, COLUMNS):
        pass

    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("labels.tsv", "name the file labels.csv"),
        ("none/labels.csv", "there is no folder none; create it"),
        ("folder.csv", "it is a folder"),
    ],
)
def test_a_place_that_cannot_be_is_told_before_the_first_answer(folder, name, said):
    (folder / "folder.csv").mkdir()

    with pytest.raises(SentimentError, match=said), open_labels(Path(name), COLUMNS):
        pass


def test_a_protected_file_is_told_before_the_first_answer(path, monkeypatch):
    path.write_text("")
    monkeypatch.setattr(os, "access", lambda place, _mode: place != path)  # root may do everything

    said = re.escape(f"{path} is write-protected")
    with pytest.raises(SentimentError, match=said), open_labels(path, COLUMNS):
        pass


def test_two_do_not_label_into_one_file(path):
    with open_labels(path, COLUMNS):
        busy = "is being written by another process; end that one, or name another file"
        with pytest.raises(SentimentError, match=busy), open_labels(path, COLUMNS):
            pass
    with open_labels(path, COLUMNS) as file:
        add(file)


def test_what_another_program_writes_meanwhile_is_not_lost(path):
    with open_labels(path, COLUMNS) as file:
        add(file)
        edited = path.read_text().replace("positive", "negative")
        path.write_text(edited)

        with pytest.raises(SentimentError, match="was changed by another program; start again"):
            add(file, "so bad")
        assert path.read_text() == edited


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are for POSIX systems")
def test_a_full_disk_loses_no_earlier_answer(path):
    import resource

    with open_labels(path, COLUMNS) as file:
        add(file)
        before = path.read_bytes()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            with pytest.raises(SentimentError, match="cannot write "):
                add(file, "so bad")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        assert path.read_bytes() == before
        assert [each.text for each in file.asked] == ["so good"]
        add(file, "so bad")
        assert len(rows(path)) == 2
    assert [each.name for each in path.parent.iterdir()] == ["labels.csv"]


def test_what_is_no_character_is_written_as_in_all_outputs(path):
    with open_labels(path, COLUMNS) as file:
        add(file, "half \ud83d of it")

    assert rows(path)[0]["text"] == "half ? of it"
