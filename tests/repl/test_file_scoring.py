import gzip
import os
import signal
import threading
import tracemalloc

import numpy as np
import pytest

from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.inference.predictor import Scores
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.repl.file_scoring import LINES_PER_LABEL, Tally, score_file
from tests.repl.small_models import predictor_of, predictor_of_three

pytestmark = pytest.mark.usefixtures("folder")


def summary_of(path, predictor=None, decision=None, on_progress=lambda done: None):
    predictor = predictor or predictor_of("default")
    summary, broken = score_file(predictor, path, decision or Decision(), on_progress)
    assert broken is None
    return summary


def test_a_file_is_counted_by_answer_and_probability(folder):
    (folder / "a.txt").write_text("good\nbad\nday\ngood " * 3)
    summary = summary_of(folder / "a.txt")

    assert summary.records == 10
    assert summary.counts == {"positive": 4, "negative": 6}
    assert summary.histogram == [0, 6, 0, 0, 0, 0, 0, 0, 0, 4]
    assert summary.histogram[1] + summary.histogram[9] == summary.records


def test_the_surest_lines_of_each_label_are_kept_no_text_twice(folder):
    lines = [f"good {number}" for number in range(9_000)] + ["good 0"] * 9 + ["bad"] * 5_000
    (folder / "a.txt").write_text("\n".join(lines))
    surest = summary_of(folder / "a.txt").surest

    assert [(line.number, line.text) for line in surest["positive"]] == [
        (number, f"good {number - 1}") for number in range(1, LINES_PER_LABEL + 1)
    ]
    assert [line[1:] for line in surest["negative"]] == [(9_010, "bad")]


def test_other_labels_and_the_uncertain_band(folder):
    (folder / "a.txt").write_text("good\nbad\n")

    three = summary_of(folder / "a.txt", predictor_of_three("three"))
    assert three.counts == {"positive": 1, "negative": 0, "very neutral": 1}
    assert three.surest["negative"] == []
    unsure = summary_of(folder / "a.txt", decision=Decision(uncertain=(0.1, 0.2)))
    assert unsure.counts == {"positive": 1, "negative": 0, "uncertain": 1}


def test_what_could_not_be_read_or_was_cut_is_counted(folder):
    (folder / "a.jsonl").write_bytes(b'{"text": "good"}\n{broken\n{"text": "caf\xe9"}\n')
    (folder / "b.txt").write_text("good " * 9)

    unread = summary_of(folder / "a.jsonl")
    assert (unread.records, unread.unreadable, unread.undecodable) == (3, 1, 1)
    assert sum(unread.counts.values()) == sum(unread.histogram) == 2
    cut = summary_of(folder / "b.txt")
    assert (cut.truncated, cut.max_tokens) == (1, 8)


@pytest.mark.parametrize("name", ["empty.txt", "broken.jsonl"])
def test_a_file_without_a_text_has_no_answers(folder, name):
    (folder / name).write_text("{" if name == "broken.jsonl" else "")

    assert sum(summary_of(folder / name).counts.values()) == 0


def test_a_file_that_breaks_off_is_shown_as_far_as_it_goes(folder, say):
    whole = gzip.compress(os.urandom(200_000).hex().encode().replace(b"0", b"\n"))
    (folder / "a.txt.gz").write_bytes(whole[: len(whole) // 2])

    lines = say("/file a.txt.gz")

    assert lines[0].startswith("a.txt.gz: ")
    assert not lines[0].startswith("a.txt.gz: 0")
    assert any(line.startswith("error: a.txt.gz is broken: ") for line in lines)


def test_memory_does_not_grow_with_the_file():
    tally = Tally(("positive", "negative"))
    kept = []
    tracemalloc.start()
    for window in range(200):
        records = [Record(f"text {window} {row}", None, row, None) for row in range(100)]
        chances = np.linspace(0, 1, 100, dtype=np.float32) ** (1 / (window + 1))
        probabilities = np.stack([chances, 1 - chances], axis=1)
        nothing = np.zeros(100, bool)
        scores = Scores(probabilities, probabilities, nothing, nothing, nothing, nothing)
        tally.take(records, ["positive"] * 100, scores)
        del records, chances, probabilities, scores
        kept.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()

    assert tally.records == sum(tally.bins.values()) == 20_000
    assert sorted(tally.bins) == list(range(10))
    assert kept[-1] < kept[20] + 10_000


def test_ctrl_c_stops_it_and_shows_what_was_scored(folder, say):
    with (folder / "a.txt").open("w") as file:
        file.writelines(f"good day {number}\n" for number in range(400_000))
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    first, *lines = say("/file a.txt")

    assert first.startswith("a.txt: stopped after ")
    assert 0 < int(first.split()[3].replace(",", "")) < 400_000
    assert "most positive, with line numbers" in lines
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

    assert say(f"/file {typed}")[0].endswith(": 1 record")


def test_a_dash_is_a_file_of_that_name(folder, say):
    assert say("/file -")[0] == "error: no such file: ./-; check the path"
    (folder / "-").write_text("good\n")
    assert say("/file -")[0] == "-: 1 record"


def test_a_csv_without_a_column_of_texts_says_which_command_can_be_told_one(folder, say):
    (folder / "my tweets.csv").write_text("id,body\n1,good\n")

    assert say("/file my tweets.csv") == [
        "error: my tweets.csv has no column 'text'; columns: id, body (name the column of the "
        "text with lstm-sentiment predict --input 'my tweets.csv' --text-column NAME)",
        "",
    ]
