"""predict --explain: in pipes, in files, and as a person at a terminal sees it."""

import json
import re
import sys
from itertools import product

import pytest
from counting_model import save_counting_model

WORDS = {"good": [2.0, 0.0], "bad": [0.0, 2.0], "so": [0.25, 0.0]}
HOSTILE = "so \x1b]8;;x\x07 http://x/\x9b31m\u202e bad"


@pytest.fixture
def model(tmp_path):
    """A model that adds what its words weigh."""
    return str(save_counting_model(tmp_path / "adding", WORDS, ["positive", "negative"]))


def units(*found):
    return [
        dict(zip(("start", "end", "text", "contribution"), each, strict=True)) for each in found
    ]


def test_json_lines_say_where_each_word_is_and_what_it_adds(call, model):
    _, out, _ = call("predict", "--explain", "--model", model, "-f", "jsonl", "so &amp; bad", "")

    rows = [json.loads(line) for line in out.splitlines()]
    assert rows[0]["explanation"] == units(
        (0, 2, "so", 0.25), (3, 8, "&amp;", 0.0), (9, 12, "bad", -2.0)
    )
    assert rows[1]["explanation"] == []
    assert "-0.0," not in out


def test_with_more_labels_the_predicted_one_is_explained_and_named(call, tmp_path):
    words = {"good": [0.0, 2.0, 0.0], "bad": [2.0, 0.0, 0.0]}
    model = save_counting_model(tmp_path / "three", words, ["angry", "glad", "calm"])

    _, out, _ = call("predict", "--explain", "--model", str(model), "-f", "jsonl", "good", "bad")

    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["explained"] for row in rows] == ["glad", "angry"]
    assert [row["explanation"][0]["contribution"] for row in rows] == [2.0, 2.0]


def test_records_that_cannot_be_read_have_no_explanation(call, model, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "good"}\n{"x": 1}\n{"text": "bad"}\n')

    code, out, _ = call("predict", "--explain", "--model", model, "-i", "a.jsonl", "-f", "jsonl")

    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 3
    assert [row["explanation"] and row["explanation"][0]["text"] for row in rows] == [
        "good", None, "bad",
    ]  # fmt: skip


def test_the_prefix_goes_before_our_names_and_a_taken_one_names_it(call, model, tmp_path):
    (tmp_path / "a.csv").write_text("text,explanation\ngood,mine\n")
    scoring = ["predict", "--explain", "--model", model, "-i", "a.csv", "-f", "csv"]

    code, _, err = call(*scoring)
    _, out, _ = call(*scoring, "--prefix", "m_")

    assert code == 1
    assert "already has a column 'explanation'" in err
    assert out.startswith("text,explanation,m_predicted,m_p_positive,m_p_negative,m_explanation\n")


def test_a_long_file_is_explained_in_order(run, model, tmp_path):
    lines = [f"so {'good' if number % 3 else 'bad'} {number}" for number in range(5000)]
    given = "".join(f"{line}\n" for line in lines)

    code, out, err = run("predict", "--explain", "--model", model, given=given)

    rows = [line.split("\t") for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [row[-1] for row in rows] == lines
    for number, row in enumerate(rows):
        second = json.loads(row[3])[1]
        assert (second["text"], second["contribution"]) == (
            ("good", 2.0) if number % 3 else ("bad", -2.0)
        )


def test_as_a_table_several_texts_have_signs_where_there_is_no_colour(call, model):
    _, out, _ = call("predict", "--explain", "--model", model, "-f", "table", "so good", "so bad")

    assert [line.split("so")[-1] for line in out.splitlines()] == [
        " ++good",
        " \N{MINUS SIGN}\N{MINUS SIGN}bad",
    ]


def test_one_text_has_bars_doubts_its_words_and_the_strongest(call, model):
    _, out, _ = call("predict", "--explain", "--model", model, "-f", "table", "so good zzz zzz bad")

    assert out.splitlines()[2:] == [
        "knows 3 of 5 words",
        "so ++good zzz zzz \N{MINUS SIGN}\N{MINUS SIGN}bad",
        "strongest for positive: good +2.00 · bad \N{MINUS SIGN}2.00",
    ]


def test_a_text_without_words_is_doubted_even_where_nothing_is_explained(call, default_model):
    _, out, _ = call("predict", "--model", str(default_model), "-f", "table", "")

    assert out.splitlines()[2:] == ["no words to go by"]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are for POSIX systems")
def test_at_a_terminal_words_are_coloured_and_do_nothing_else(show_all, model):
    explain = ["predict", "--explain", "--model", model]
    cases = list(product(["table", "tsv", "csv", "jsonl"], [[HOSTILE], [HOSTILE, "good"]]))
    commands = [[*explain, "-f", kind, *texts] for kind, texts in cases]

    for (kind, _), (code, _, raw) in zip(cases, show_all(commands, columns=300), strict=True):
        rest = re.sub(r"\x1b\[[0-9;]*m", "", raw)
        assert code == 0
        assert not set("\x1b\x07\x9b\u202e") & set(rest)
        assert "http://x/\ufffd31m\ufffd" in rest
        if kind == "table":
            assert re.search(r"\x1b\[1;38;5;[0-9]+;48;5;[0-9]+mbad", raw)
