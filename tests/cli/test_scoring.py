"""Scoring inputs of every kind: arguments, files, standard input; bad ones are one line."""

import gzip
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from lstm_sentiment_cli.cli.scoring import argument_reader


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
    arguments = argument_reader([argument, "good"])

    (window,) = arguments.windows(1)
    assert [(record.text, record.line) for record in window] == [(text, 1), ("good", 2)]
    assert arguments.undecodable() == undecodable


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are characters on Windows")
@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_arguments_that_are_not_utf8_are_scored_and_counted(run, golden_model, locale):
    code, out, err = run(
        *("predict", "-m", str(golden_model), os.fsdecode(b"bad \xff"), "caf\u00e9"), **locale
    )

    assert (code, texts_of(out)) == (0, ["bad \ufffd", "caf\u00e9"])
    assert err == "1 of 2 records had bytes that are not utf-8, read as U+FFFD\n"


@pytest.mark.parametrize(
    ("lines", "options", "fits"),
    [
        ([b"it\x92s caf\xe9", b"so good"], (), " (cp1252 fits)"),
        ([b"caf\xe9", b"\xa33 only", b"cut \xf0\x9f\x98"], (), " (cp1252 fits)"),
        ([b"cut \xf0\x9f\x98", b"so good"], (), ""),
        (["\u043f\u043b\u043e\u0445\u043e".encode("cp1251")], (), ""),
        ([b"caf\xe9"], ("--encoding", "ascii"), ""),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv"])
def test_bytes_of_another_encoding_name_the_option(call, tmp_path, lines, options, fits, name):
    (tmp_path / name).write_bytes(b"\n".join([b"text", *lines, b""]))

    err = call("predict", "--input", name, *options).err

    way_on = f"; if the file has another encoding, name it with --encoding{fits}"
    assert f"read as U+FFFD{way_on}\n" in err


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
    assert "standard input can be read only once" in twice.err


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


HOSTILE = "a[red][/]:smile:\x1b[31m\x1b]8;;x\x07\x9b31m\u202eb"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows names files otherwise")


@pytest.fixture
def refused(call):
    """Run a command that must end with 1, no output and one line, and return that line."""

    def refused(*arguments):
        code, out, err = call(*arguments)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("error: ")
        return err.removeprefix("error: ").removesuffix("\n")

    return refused


@pytest.fixture
def model(tmp_path, golden_model):
    """A model folder of one's own, to be spoilt."""
    return shutil.copytree(golden_model, tmp_path / "models" / "mine")


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("a.csv", None, [], "no such file: a.csv; check the path"),
        ("a.csv", "", ["--input-format", "cvs"], "unknown format 'cvs' (did you mean 'csv'?)"),
        ("a.csv", "", ["--format", "tabel"], "unknown format 'tabel' (did you mean 'table'?)"),
        ("a.csv", "", ["--encoding", "utf8x"], "unknown encoding 'utf8x' (did you mean 'utf"),
        (
            "a.csv",
            "id,tweets\n1,good\n",
            ["--text-column", "twets"],
            "a.csv has no column 'twets' (did you mean 'tweets'?); columns: id, tweets",
        ),
        ("a.csv", "id,words\n", [], "a.csv has no column 'text'; columns: id, words"),
        (
            "a.csv",
            "text,text\n",
            [],
            "a.csv has 2 columns 'text'; rename one, or name text_1 or text_2 with --text-column",
        ),
        ("a.txt", "good\n", ["--text-column", "text"], "a.txt is read as plain lines"),
        ("a.gz", "no gzip\n", [], "a.gz is not gzip data; make or fetch it again"),
        ("a.zip", "no zip\n", [], "a.zip is not zip data; make or fetch it again"),
        ("a.txt", "good\n", ["--threshold", "1.5"], "threshold must be between 0 and 1, got 1.5"),
        ("a.txt", "good\n", ["--threshold", "nan"], "threshold must be between 0 and 1, got nan"),
        ("a.txt", "good\n", ["--uncertain", "0.4"], "--uncertain takes LOW,HIGH, such as 0.4,0.6"),
        ("a.txt", "good\n", ["--uncertain", "0.6,0.4"], "uncertain band must be LOW,HIGH with"),
        ("a.txt", "good\n", ["good"], "give texts or --input, not both; repeat --input per file"),
    ],
)
def test_input_that_cannot_be_scored(refused, tmp_path, name, content, options, said):
    if content is not None:
        (tmp_path / name).write_text(content)

    assert refused("predict", "--input", name, *options).startswith(said)


def test_parquet_that_is_none(refused, tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_text("no parquet")

    assert refused("predict", "-i", "a.parquet").startswith(
        "a.parquet is not a complete parquet file: "
    )


def test_a_folder_is_not_read(refused, tmp_path):
    assert refused("predict", "-i", str(tmp_path)).endswith("is a folder; name the files in it")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="all may be read here")
def test_a_file_that_may_not_be_read(refused, tmp_path):
    (tmp_path / "secret.txt").touch(mode=0o000)

    assert refused("predict", "-i", "secret.txt").startswith("no permission to read secret.txt")


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.csv.gz"])
def test_an_empty_file_has_no_records_and_is_no_error(call, tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(b"") if name.endswith("gz") else b"")

    assert call("predict", "-i", name) == (0, "", "")


@pytest.mark.parametrize(
    ("output", "options", "said"),
    [
        ("there.tsv", [], "there.tsv already exists; replace it with --force"),
        ("nowhere/a.tsv", [], "cannot write nowhere/a.tsv: there is no folder nowhere; create it"),
        (".", [], "cannot write .: it is a folder; name a file in it"),
        ("a.csv.gz", [], "a.csv.gz: compressed output is not supported; leave out .gz"),
        (
            "a.txt",
            ["--format", "table"],
            "--format table is for terminals only; a file can be csv, tsv",
        ),
    ],
)
def test_output_that_cannot_be_written(refused, tmp_path, output, options, said):
    (tmp_path / "there.tsv").write_text("old")

    assert refused("predict", "good", "--output", output, *options).startswith(said)
    assert [path.name for path in tmp_path.iterdir()] == ["there.tsv"]
    assert (tmp_path / "there.tsv").read_text() == "old"


def test_force_replaces_an_output_also_when_it_is_the_input(call, tmp_path):
    (tmp_path / "a.csv").write_text("text\ni love this\n")

    assert call("predict", "-i", "a.csv", "-o", "a.csv", "--force") == (0, "", "")
    assert (tmp_path / "a.csv").read_text().startswith("text,predicted,")


def test_an_error_on_the_way_keeps_the_old_output(refused, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n{"text": "b", "new": 1}\n')
    (tmp_path / "out.csv").write_text("old")

    said = refused("predict", "-i", "a.jsonl", "-o", "out.csv", "--force")

    assert said.startswith("the record at line 2 has a field 'new'")
    assert (tmp_path / "out.csv").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "out.csv"}


def test_a_model_of_no_such_name_is_told_the_nearest(refused, model):
    said = refused("predict", "-m", "mien", "good")

    assert said.startswith("no model 'mien' (did you mean 'mine'?)")
    assert "lstm-sentiment models list" in said
    assert refused("predict", "-m", "./mien", "good").startswith("model folder ./mien is missing")


def shorten(model):
    (model / "model.onnx").write_bytes((model / "model.onnx").read_bytes()[:-100])


def remove(model):
    (model / "tokenizer.json").unlink()


def spoil(model):
    (model / "tokenizer.json").write_text((model / "tokenizer.json").read_text() + " ")


def empty(model):
    (model / "manifest.json").write_text("")


def change(model, **changes):
    manifest = json.loads((model / "manifest.json").read_text())
    (model / "manifest.json").write_text(json.dumps(manifest | changes))


def renew(model):
    change(model, format_version=2)


def escape(model):
    change(model, files={"../../model.onnx": "0" * 64})


def link_out(model):
    (model / "tokenizer.json").rename(model.parent / "outside.json")
    (model / "tokenizer.json").symlink_to(model.parent / "outside.json")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (shorten, "model.onnx is damaged, its sha256 is not the one in manifest.json"),
        (remove, "tokenizer.json is missing"),
        (spoil, "tokenizer.json is damaged, its sha256 is not the one in manifest.json"),
        (empty, "manifest.json: not JSON"),
        (renew, "made by a newer lstm-sentiment (format 2); upgrade with pip install -U"),
        (escape, "file '../../model.onnx' leads out of the folder; do not use this model"),
        pytest.param(
            link_out, "tokenizer.json is a link that leads out of the folder", marks=POSIX
        ),
    ],
)
def test_a_model_folder_that_is_not_as_it_was(refused, model, damage, said):
    damage(model)

    for command in (["predict", "good"], ["evaluate", "data.csv"], ["models", "show"]):
        error = refused(*command, "--model", "mine")
        assert error.startswith(f"model folder {Path('models/mine')}: ")
        assert said in error


@POSIX
@pytest.mark.parametrize(
    "arguments",
    [
        ["predict", "-i", HOSTILE],
        ["predict", "-i", "a.csv"],
        ["predict", "-i", "a.jsonl", "--text-column", HOSTILE],
        ["predict", "-m", HOSTILE, "x"],
        ["predict", "-m", f"./{HOSTILE}", "x"],
        ["predict", "-f", HOSTILE, "x"],
        ["predict", "-o", f"{HOSTILE}/x", "x"],
        ["predict", "--encoding", HOSTILE, "-i", "a.csv"],
        ["predict", "--uncertain", HOSTILE, "x"],
        ["evaluate", HOSTILE],
        ["models", "show", HOSTILE],
    ],
)
def test_errors_show_hostile_words_harmlessly(refused, tmp_path, arguments):
    (tmp_path / "a.csv").write_text(f'id,"{HOSTILE}"\n', encoding="utf-8")
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "good"}\n')

    said = refused(*arguments)

    assert "a[red][/]:smile:" in said
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(said)


@POSIX
def test_a_hostile_name_of_a_file_is_shown_harmlessly_in_the_hint(call, tmp_path):
    (tmp_path / HOSTILE.replace("/", "")).write_text("good\n")

    err = call("predict", HOSTILE.replace("/", "")).err

    assert "a[red][]:smile:\ufffd[31m" in err
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(err)
