"""What predict reads: arguments of the shell, files, standard input."""

import gzip
import json
import os
import sys

import pytest

from lstm_sentiment_cli.cli.scoring import ArgumentReader


def texts_of(out):
    return [line.split("\t")[-1] for line in out.split("\n")[:-1]]


@pytest.mark.parametrize(
    ("argument", "text", "undecodable"),
    [
        ("caf\u00e9", "caf\u00e9", 0),
        ("caf\udce9", "caf\ufffd", 1),
        ("caf\udcc3\udca9", "caf\u00e9", 0),  # Python was started without UTF-8
        ("\ufffd", "\ufffd", 0),
        ("half \ud83d", "half \ufffd\ufffd\ufffd", 1),
        ("", "", 0),
    ],
)
def test_arguments_hold_no_bytes_of_no_character(argument, text, undecodable):
    arguments = ArgumentReader([argument, "good"])

    (window,) = arguments.windows(1)
    assert [(record.text, record.line) for record in window] == [(text, 1), ("good", 2)]
    assert arguments.undecodable == undecodable


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are characters on Windows")
@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_arguments_that_are_not_utf8_are_scored_and_counted(run, golden_model, locale):
    code, out, err = run(
        *("predict", "-m", str(golden_model), os.fsdecode(b"bad \xff"), "caf\u00e9"), **locale
    )

    assert (code, texts_of(out)) == (0, ["bad \ufffd", "caf\u00e9"])
    assert err == "1 of 2 records contain bytes that are not utf-8, read as U+FFFD\n"


def test_a_text_that_names_a_file_is_scored_all_the_same_and_once_said_so(call, tmp_path):
    (tmp_path / "a.txt").write_text("one\n")
    (tmp_path / "b.txt").write_text("two\n")
    (tmp_path / "good").mkdir()

    code, out, err = call("predict", "good", "a.txt", "b.txt")

    assert (code, texts_of(out)) == (0, ["good", "a.txt", "b.txt"])
    assert err == "note: 'a.txt' is scored as a text; to score the file, use --input\n"
    assert call("predict", "--quiet", "a.txt").err == ""


def test_standard_input_stands_between_files_where_it_is_named(run, tmp_path, golden_model):
    (tmp_path / "a.txt").write_text("one\n")
    model = ["--model", str(golden_model)]

    ran = run("predict", *model, "-i", "-", "-i", "a.txt", given="zero\n")
    twice = run("predict", *model, "-i", "-", "-i", "-", given="zero\n")

    assert (ran.code, texts_of(ran.out)) == (0, ["zero", "one"])
    assert (twice.code, twice.out, twice.err.count("\n")) == (1, "", 1)
    assert "standard input can be read once" in twice.err


def test_all_inputs_must_be_there_before_anything_is_answered(call, tmp_path):
    (tmp_path / "a.txt").write_text("one\n")

    code, out, err = call("predict", "-i", "a.txt", "-i", "b.txt")

    assert (code, out) == (1, "")
    assert err == "error: no such file: b.txt (did you mean 'a.txt'?)\n"


@pytest.mark.parametrize("wanted", ["csv", "parquet"])
def test_inputs_of_other_columns_do_not_go_into_one_table(call, tmp_path, wanted):
    (tmp_path / "a.csv").write_text("id,text\n1,one\n")
    (tmp_path / "b.csv").write_text("text\ntwo\n")

    code, out, err = call("predict", "-i", "a.csv", "-i", "b.csv", "-f", wanted)

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "b.csv has different columns from a.csv" in err


def test_several_inputs_are_one_after_the_other(call, tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo")
    (tmp_path / "b.csv").write_text("id,text\n1,three\n")
    (tmp_path / "c.csv").write_text("id,text\n1,four\n")

    mixed = call("predict", "-i", "a.txt", "-i", "b.csv", "-i", "c.csv")
    same = call("predict", "-i", "b.csv", "-i", "c.csv", "-f", "csv")

    assert texts_of(mixed.out) == ["one", "two", "three", "four"]
    header, *rows = same.out.splitlines()
    assert header == "id,text,predicted,p_positive,p_negative"
    assert [row.split(",")[1] for row in rows] == ["three", "four"]


def test_any_inputs_go_together_into_jsonl(call, tmp_path):
    (tmp_path / "a.txt").write_text("one\n")
    (tmp_path / "b.csv").write_text("id,text\n1,two\n")

    out = call("predict", "-i", "a.txt", "-i", "b.csv", "-f", "jsonl").out

    one, two = map(json.loads, out.splitlines())
    assert list(one) == ["text", "predicted", "p_positive", "p_negative"]
    assert list(two) == ["id", *one]


def test_more_inputs_than_may_be_open_at_once(call, tmp_path):
    resource = pytest.importorskip("resource")
    # Too long to be read ahead whole, after which a file is closed.
    packed = gzip.compress(b"a" * 1_000_000)
    for number in range(40):
        (tmp_path / f"{number}.gz").write_bytes(packed)
    call("predict", "good")  # whatever is opened once is open by now
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(lowest_free := os.open("0.gz", os.O_RDONLY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free + 20, limits[1]))
    try:
        names = [word for number in range(40) for word in ("-i", f"{number}.gz")]
        code, out, err = call("predict", *names, "--quiet")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    assert (code, err, out.count("\n")) == (0, "", 40)


def test_a_file_in_another_encoding_is_read_in_it(call, tmp_path):
    (tmp_path / "latin.txt").write_bytes("caf\u00e9\n".encode("latin-1"))

    assert call("predict", "-i", "latin.txt", "--encoding", "latin-1").out.endswith("\tcaf\u00e9\n")
