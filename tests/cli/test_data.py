"""data fetch, check and describe, from the command line."""

import json
import os
import re
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lstm_sentiment_cli.datasets import SENTIMENT140
from tests.conftest import ROOT


@pytest.fixture
def data(call, monkeypatch):
    """Run a command below `data` in an empty folder."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return partial(call, "data")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder."""

    def log_message(self, *_):
        """Keep no log: what is on stderr is the command's."""


@pytest.fixture
def site(tmp_path):
    """Serve a folder on this machine; give the folder and its address."""
    pytest.importorskip("httpx")
    folder = tmp_path / "site"
    folder.mkdir()
    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def write_archive(path, lines_of_a_label):
    """Write an archive laid out like the real one, with sentences of our own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in SENTIMENT140.members:
            lines = [
                f'"{label}","{number}","date","NO_QUERY","me","caf\xe9 number {number}"\n'
                for label, rows in member.rows_by_label.items()
                for number in range(min(rows, lines_of_a_label))
            ]
            archive.writestr(member.path, "".join(lines).encode("latin-1"))


def write_examples(path, positive=10, negative=10, more=()):
    lines = [f"positive,good {number}" for number in range(positive)]
    lines += [f"negative,bad {number}" for number in range(negative)]
    path.write_text("\n".join(["label,text", *lines, *more]) + "\n")


def test_bare_data_shows_its_help(data):
    code, out, err = data()

    assert (code, err) == (0, "")
    assert "\n  fetch " in out
    assert "\n  check " in out


def test_a_set_of_fewer_rows_than_it_must_have_is_refused_in_one_line(data, site, tmp_path):
    folder, url = site
    write_archive(folder / "small.zip", lines_of_a_label=3)

    code, out, err = data("fetch", "sentiment140", "--url", f"{url}/small.zip")

    assert (code, out) == (1, "")
    *said, error = err.splitlines()
    assert said[0].startswith("fetched 0.0 of 0.0 MB")
    assert said[-1] == "checking the download"
    assert "6 rows (0: 3, 4: 3) instead of 1,600,000 rows (0: 800,000, 4: 800,000)" in error
    assert list((tmp_path / "data").iterdir()) == []


def test_what_does_not_exist_is_one_line(data, site):
    _, url = site

    code, out, err = data("fetch", "sentiment140", "--url", f"{url}/nothing.zip")

    assert (code, out) == (1, "")
    assert err.startswith(f"error: cannot fetch {url}/nothing.zip: the server answers 404")
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect has no terminal there")
def test_at_a_terminal_a_bar_is_drawn_and_only_the_error_stays(site, tmp_path):
    import pexpect

    folder, url = site
    (folder / "noise.zip").write_bytes(bytes(5_000_000))
    command = ["-m", "lstm_sentiment_cli", "data", "fetch", "sentiment140"]
    child = pexpect.spawn(
        sys.executable,
        [*command, "--url", f"{url}/noise.zip", "--output", str(tmp_path)],
        env=os.environ | {"TERM": "xterm-256color", "NO_PROXY": "127.0.0.1", "COLUMNS": "100"},
        encoding="utf-8",
        timeout=60,
    )
    shown = child.read()
    child.close()

    assert child.exitstatus == 1
    assert "━" in shown
    assert "/5.0 MB" in shown
    assert "error: the download is not a whole zip archive" in shown
    assert "fetched" not in shown


def test_an_unknown_set_is_one_line(data):
    code, out, err = data("fetch", "sentiment104")

    assert (code, out) == (1, "")
    assert "did you mean 'sentiment140'" in err


def test_check_of_good_data(data, tmp_path):
    write_examples(tmp_path / "good.csv", more=["neutral,a film", "positive,GOOD 1"])

    code, out, err = data("check", "good.csv")

    counts = dict(line.strip().rsplit("  ", 1) for line in out.splitlines() if "  " in line.strip())
    counts = {what.strip(): rows.strip() for what, rows in counts.items()}
    assert (code, err) == (0, "")
    assert counts["positive"] == "11 (52%)"
    assert counts["rows with other labels (neutral)"] == "1"
    assert counts["duplicate texts"] == "1"
    assert counts["total rows"] == "22"


def test_check_as_json(data, tmp_path):
    write_examples(tmp_path / "good.csv", more=["negative,good 3"])

    code, out, _ = data("check", "good.csv", "--json")

    found = json.loads(out)
    assert code == 0
    assert found["by_label"] == {"positive": 10, "negative": 11}
    assert (found["duplicates"], found["contradictions"]) == (1, 1)
    assert found["lengths"]["median"] == 2


@pytest.mark.parametrize(
    ("positive", "negative", "complaint"),
    [(20, 0, "all examples are positive"), (20, 2, "too few examples of negative: 2")],
)
def test_data_a_model_cannot_learn_from_is_shown_and_refused(
    data, tmp_path, positive, negative, complaint
):
    write_examples(tmp_path / "poor.csv", positive, negative)

    code, out, err = data("check", "poor.csv", "--json")

    assert code == 1
    assert json.loads(out)["by_label"] == {"positive": positive, "negative": negative}
    assert err.count("\n") == 1
    assert complaint in err


def test_rows_that_cannot_be_read_are_shown_by_line_and_refused_unless_skipped(data, tmp_path):
    rows = [{"label": label, "text": "x"} for label in ["positive", "negative"] * 12]
    lines = [json.dumps(row) for row in rows]
    (tmp_path / "broken.jsonl").write_text("\n".join([*lines, "{", "[1]"]) + "\n")

    code, out, err = data("check", "broken.jsonl")
    skipped, shown, _ = data("check", "broken.jsonl", "--skip-unreadable", "--json")

    assert code == 1
    assert "error: 2 rows cannot be read, the first in broken.jsonl, line 25" in err
    assert "broken.jsonl" in out
    assert skipped == 0
    assert [row["line"] for row in json.loads(shown)["unreadable"]] == [25, 26]


def test_labels_of_ones_own(data, tmp_path):
    moods = ["happy", "sad", "bored"]
    lines = [f"{mood},text {number}" for mood in moods for number in range(10)]
    (tmp_path / "moods.csv").write_text("\n".join(["label,text", *lines]))

    code, out, _ = data("check", "moods.csv", "--labels", ",".join(moods), "--json")

    assert (code, json.loads(out)["by_label"]) == (0, dict.fromkeys(moods, 10))


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


def test_a_description_shows_everything(call, moods):
    code, out, err = call("data", "describe", "moods.jsonl")

    assert (code, err) == (0, "")
    assert out.startswith("60 texts, 2 rows that could not be read\n")
    for mood in ("glad", "sad", "calm"):
        assert re.search(rf"^{mood} +20  33\.3% █+$", out, re.MULTILINE)
        assert re.search(rf"\b{mood} +z +here +elsewhere", out)
    assert re.search(r"^5 to 8 60 100\.0% █+$", out, re.MULTILINE)
    assert re.search(r"with a hashtag +60 \(100\.0%\)", out)
    assert re.search(r"lovely +\d\.\d +20 +0 ", out)


def test_describe_as_json(call, moods):
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


@pytest.fixture
def scored(tmp_path):
    """Write rows of labels, of probabilities, and of both."""
    rows = [
        f"{label},{tone} {number},{answer}"
        for number in range(10)
        for label, tone, answer in (
            ("positive", "good", ","),
            ("negative", "bad", "0.25,0.75"),
            ("", "awful", "0.125,0.875"),
        )
    ]
    header = "label,text,p_positive,p_negative"
    (tmp_path / "scored.csv").write_text("\n".join([header, *rows, ",broken,0.5,0.6"]))


@pytest.mark.parametrize(
    "command", [["check"], ["describe"], ["describe", "--labels", "positive,negative"]]
)
@pytest.mark.usefixtures("scored")
def test_rows_with_probabilities_are_counted(call, command):
    table = call("data", *command, "scored.csv").out
    found = json.loads(call("data", *command, "scored.csv", "--json").out)

    assert found["by_label"] == {"positive": 10, "negative": 20}
    assert (found["with_probabilities"], found["with_both"]) == (20, 10)
    assert re.search(r"with probabilities alone +10\b", table)
    assert re.search(r"with a label and probabilities +10\b", table)


@pytest.mark.usefixtures("scored")
def test_a_row_that_is_no_distribution_is_an_error_with_its_line(call):
    code, out, err = call("data", "check", "scored.csv")

    assert code == 1
    assert "p_positive + p_negative is 1.1, not 1" in " ".join(out.split())
    assert "the first in scored.csv, line 32: p_positive + p_negative is 1.1, not 1; " in err


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
def test_what_cannot_be_described_is_one_line(call, moods, tmp_path, arguments, complaint):
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
def test_lines_fit_the_terminal(call, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    shown = call("data", "describe", SAMPLE).out

    assert max(map(len, shown.splitlines())) <= int(columns)


def test_what_stands_in_files_is_harmless(call, tmp_path):
    rows = ["[red]a\x1b[31m,wow\x1b]0;own\x07", "\u202ec,[bold]no[/bold]"] * 3
    (tmp_path / "hostile.csv").write_text("\n".join(["label,text", *rows]), encoding="utf-8")

    out = call("data", "describe", "hostile.csv").out

    assert "[red]a\ufffd[31m" in out
    assert not any(sign in out for sign in "\x1b\x07\u202e")


@pytest.mark.parametrize("command", [("data", "check"), ("data", "describe"), ("evaluate",)])
def test_a_delimiter_is_named_where_labelled_files_are_read(call, tmp_path, command):
    rows = ["label;text", *["positive;good, so good", "negative;bad, so bad"] * 20]
    (tmp_path / "a.csv").write_text("\n".join(rows))

    assert "name it with --delimiter ';'" in call(*command, "a.csv").err
    assert call(*command, "a.csv", "--delimiter", ";").code == 0


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("data", "check"), "rows with bytes of another encoding (see --encoding) 2"),
        (("data", "describe"), "2 rows with bytes of another encoding (see --encoding)"),
        (("evaluate",), "2 rows had bytes of another encoding, read as U+FFFD; name it with --enc"),
    ],
)
def test_bytes_of_another_encoding_are_told(call, tmp_path, command, told):
    rows = [b"label,text", *[b"positive,good", b"negative,bad"] * 20, *[b"positive,caf\xe9"] * 2]
    (tmp_path / "a.csv").write_bytes(b"\n".join(rows))

    read = call(*command, "a.csv")
    named = call(*command, "a.csv", "--encoding", "cp1252")

    assert told in " ".join((read.out + read.err).split())
    assert "another encoding" not in named.out + named.err
