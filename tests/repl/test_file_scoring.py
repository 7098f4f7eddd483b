import gzip
import os
import re
import signal
from itertools import count

import pytest

from lstm_sentiment_cli.repl.file_scoring import summarize_file
from tests.repl.small_models import WordRuntime, predictor_of, predictor_of_three

pytestmark = pytest.mark.usefixtures("folder")


def summary_of(path, predictor=None, on_progress=lambda done: None):
    return summarize_file(predictor or predictor_of("default"), path, on_progress)


def test_a_file_is_summarized_as_the_command_does_it(folder, say):
    (folder / "a.txt").write_text("good\nbad\nday\ngood day\n" * 20)
    summary = summary_of(folder / "a.txt")

    assert summary.whole.texts == 80
    assert summary.whole.counted == (0.5, 0.5)
    assert summary.whole.shares[0].low < 0.5 < summary.whole.shares[0].high
    assert [text.text for text in summary.whole.surest["positive"]] == ["good", "good day"]
    lines = say("/file a.txt")
    assert lines[0] == "80 texts of a.txt"
    assert any(re.match(r"   80  [45]\d\.\d% \(\d+\.\d-\d+\.\d\)", line) for line in lines)
    assert " 98.2% sure: good day" in lines


def test_of_three_labels_each_has_its_share(folder):
    (folder / "a.txt").write_text("good\nbad\n" * 50)

    summary = summary_of(folder / "a.txt", predictor_of_three("three"))

    assert summary.labels == ("positive", "negative", "very neutral")
    assert sum(share.value for share in summary.whole.shares) == pytest.approx(1)
    assert summary.whole.surest["negative"] == []


def test_what_could_not_be_read_or_was_cut_is_told(folder, say):
    (folder / "a.jsonl").write_bytes(b'{"text": "good"}\n{broken\n{"text": "caf\xe9"}\n')
    (folder / "b.txt").write_text("good " * 9)

    said = "\n".join(say("/file a.jsonl"))
    assert "1 of 3 records could not be read, the first at line 2: broken JSON" in said
    assert "1 of 3 records had undecodable bytes, read as U+FFFD" in said
    assert "1 of 1 record had more than the 8 tokens that are read" in say("/file b.txt")


@pytest.mark.parametrize("name", ["empty.txt", "broken.jsonl"])
def test_a_file_without_a_text_is_an_error(folder, say, name):
    (folder / name).write_text("{" if name == "broken.jsonl" else "")

    assert say(f"/file {name}")[0].startswith(("error: there are no texts", "error: no record of"))


def test_a_file_that_breaks_off_is_shown_as_far_as_it_goes(folder, say):
    whole = gzip.compress(os.urandom(200_000).hex().encode().replace(b"0", b"\n"))
    (folder / "a.txt.gz").write_bytes(whole[: len(whole) // 2])

    lines = say("/file a.txt.gz")

    assert lines[0].endswith(" texts of a.txt.gz")
    assert any(line.startswith("error: a.txt.gz is broken: ") for line in lines)


def test_ctrl_c_stops_it_and_shows_what_was_scored(folder, say, monkeypatch):
    with (folder / "a.txt").open("w") as file:
        file.writelines(f"good day {number}\n" for number in range(100_000))
    calls, run = count(1), WordRuntime.run

    def interrupted(self, tokens, lengths):
        if next(calls) == 200:  # batches, in the seventh of 25 windows
            os.kill(os.getpid(), signal.SIGINT)
        return run(self, tokens, lengths)

    monkeypatch.setattr(WordRuntime, "run", interrupted)

    first, *lines = say("/file a.txt")

    assert first.startswith("stopped after ")
    assert 0 < int(first.split()[2].replace(",", "")) < 100_000
    assert "positive" in lines
    assert say("good")[0].startswith("▸ positive")


def test_progress_is_told(folder):
    (folder / "a.txt").write_text("good\n" * 5_000)
    told = []
    summary_of(folder / "a.txt", on_progress=told.append)

    assert told == [4_096, 5_000]


@pytest.mark.parametrize(
    "typed", ["my tweets.txt", "'my tweets.txt'", '"my tweets.txt"', "my\\ tweets.txt", "~/-"]
)
def test_a_path_is_taken_however_it_is_typed(folder, say, monkeypatch, typed):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("COLUMNS", "400")
    (folder / "my tweets.txt").write_text("good\n")
    (folder / "-").write_text("good\n")

    assert say(f"/file {typed}")[0].startswith("1 text of ")


def test_a_dash_is_a_file_of_that_name(folder, say):
    assert say("/file -")[0] == "error: no such file: ./-; check the path"
    (folder / "-").write_text("good\n")
    assert say("/file -")[0] == "1 text of ./-"


def test_a_csv_without_a_column_of_texts_says_which_command_can_be_told_one(folder, say):
    (folder / "my tweets.csv").write_text("id,body\n1,good\n")

    assert say("/file my tweets.csv") == [
        "error: my tweets.csv has no column 'text'; columns: id, body (name the column of the "
        "text with lstm-sentiment summarize 'my tweets.csv' --text-column NAME)",
        "",
    ]
