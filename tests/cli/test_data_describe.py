"""data describe, from the command line."""

import json
import re

import pytest

from tests.conftest import ROOT

SAMPLE = str(ROOT / "data" / "sample.csv")


@pytest.fixture
def moods(tmp_path):
    """Write labelled texts of three moods, and rows that are none."""
    words = {"glad": "lovely", "sad": "awful", "calm": "usual"}
    rows = [
        {"label": mood, "text": f"what a {word} day number {number} #day"}
        for mood, word in words.items()
        for number in range(20)
    ]
    lines = [json.dumps(row) for row in rows]
    (tmp_path / "moods.jsonl").write_text("\n".join([*lines, "{", '{"text": "no label"}']))


def test_everything_is_shown(call, moods):
    code, out, err = call("data", "describe", "moods.jsonl")

    assert (code, err) == (0, "")
    assert out.startswith("60 texts, 2 rows that could not be read\n")
    for mood in ("glad", "sad", "calm"):
        assert re.search(rf"^{mood} +20  33\.3% █+$", out, re.MULTILINE)
        assert re.search(rf"\b{mood} +z +here +elsewhere", out)
    assert re.search(r"^5 to 8 60 100\.0% █+$", out, re.MULTILINE)
    assert re.search(r"with a hashtag +60 \(100\.0%\)", out)
    assert re.search(r"lovely +\d\.\d +20 +0 ", out)


def test_json_for_programs(call, moods):
    code, out, _ = call("data", "describe", "moods.jsonl", "--json", "--labels", "sad,glad")

    found = json.loads(out)
    assert code == 0
    assert found["by_label"] == {"sad": 20, "glad": 20}
    assert (found["rows"], found["left_out"], found["unreadable"]) == (62, {"calm": 20}, 2)
    assert found["by_file"] == {"moods.jsonl": 40}
    assert found["lengths"]["longest"] == found["lengths"]["median"] == 8
    assert {"first": 5, "last": 8, "texts": 40} in found["histogram"]
    assert found["telling_words"] == {"sad": [], "glad": []}  # of so few texts no word is sure
    _, out, _ = call("data", "describe", "moods.jsonl", "--json")
    (word, *_) = json.loads(out)["telling_words"]["sad"]
    assert (word["word"], word["here"], word["elsewhere"]) == ("awful", 20, 0)


def test_texts_without_a_word_are_described_too(call, tmp_path):
    (tmp_path / "empty.csv").write_text('label,text\na,""\nb,"  "\n')

    code, out, _ = call("data", "describe", "empty.csv")

    assert code == 0
    assert re.search(r"texts without words +2 \(100\.0%\)", out)


def test_several_files_and_columns_of_other_names(call, tmp_path):
    (tmp_path / "a.tsv").write_text("mood\tpost\npos\tgood\nneg\tbad\n")

    arguments = ("--text-column", "post", "--label-column", "mood", "--json")
    code, out, _ = call("data", "describe", "a.tsv", "a.tsv", *arguments)

    assert (code, json.loads(out)["by_label"]) == (0, {"positive": 2, "negative": 2})
    assert json.loads(out)["duplicates"] == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.csv"], "no such file: missing.csv"),
        (["moods.jsonl", "--labels", "glad"], "--labels must name two labels or more"),
        (["moods.jsonl", "--labels", "good,bad"], "no row is labelled good or bad"),
        (["moods.jsonl", "--label-column", "mood"], "no column 'mood'"),
        (["stars.csv"], "fit no known scale"),
        (["ids.csv"], "more than 100 different labels"),
        (["empty.csv"], "empty.csv"),
    ],
)
def test_what_can_be_mended_is_one_line_and_exit_code_1(
    call, moods, tmp_path, arguments, complaint
):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "stars.csv").write_text("label,text\n1,bad\n5,good\n")
    (tmp_path / "ids.csv").write_text("label,text\n" + "".join(f"u{n},x\n" for n in range(101)))

    code, out, err = call("data", "describe", *arguments)

    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert complaint in err


def test_a_terminal_without_blocks_gets_signs_it_can_draw(run):
    ended = run("data", "describe", SAMPLE, TERM="dumb", PYTHONUTF8="0", LC_ALL="C", COLUMNS="60",
                PYTHONCOERCECLOCALE="0")  # fmt: skip

    assert ended.code == 0
    assert ended.out.isascii()
    assert re.search(r"^positive 100  50\.0% #+$", ended.out, re.MULTILINE)
    assert max(map(len, ended.out.splitlines())) <= 60


@pytest.mark.parametrize("columns", ["40", "120"])
def test_lines_fit_the_terminal(run, columns):
    shown = run("data", "describe", SAMPLE, COLUMNS=columns).out

    assert max(map(len, shown.splitlines())) <= int(columns)


def test_what_stands_in_files_is_harmless(call, tmp_path):
    rows = ["[red]a\x1b[31m,wow\x1b]0;own\x07", "\u202ec,[bold]no[/bold]"] * 3
    (tmp_path / "hostile.csv").write_text("\n".join(["label,text", *rows]), encoding="utf-8")

    out = call("data", "describe", "hostile.csv").out

    assert "[red]a\ufffd[31m" in out
    assert not any(sign in out for sign in "\x1b\x07\u202e")
