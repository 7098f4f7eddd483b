"""The entry point: help, exit codes, and that every end is a promised one."""

import subprocess
import sys

import pytest

from lstm_sentiment_cli.cli.main import _NAMES, OnDemand
from lstm_sentiment_cli.inference.predictor import Predictor


@pytest.mark.parametrize(
    ("arguments", "given", "code"),
    [
        (["predict", "good"], b"", 0),
        (["predict", "--input", "nothing.txt"], b"", 1),
        (["predict", "--inptu", "a.txt"], b"", 2),
        (["predict", "--input-format", "jsonl"], b"{broken\n", 3),
    ],
)
def test_exit_codes(run, golden_model, arguments, given, code):
    ran = run(*arguments, given=given, LSTM_SENTIMENT_MODEL=str(golden_model))

    assert ran.code == code
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_help_lists_the_commands(call, arguments):
    code, out, err = call(*arguments)

    assert (code, err) == (0, "")
    assert out.startswith("Usage: ")
    for command in ("predict", "repl", "train", "evaluate", "models", "data"):
        assert f"\n  {command} " in out


@pytest.mark.parametrize("command", ["predict", "repl", "train", "evaluate", "models", "data"])
def test_every_command_has_help_and_the_common_options(call, command):
    code, out, err = call(command, "-h")

    assert (code, err) == (0, "")
    assert out == call(command, "--help").out
    assert f" {command} [OPTIONS]" in out
    assert command in {"models", "data"} or "--quiet" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["predcit"], "No such command 'predcit'. Did you mean 'predict'?"),
        (["--bogus"], "No such option: --bogus"),
        (["predict", "--inptu", "x"], "No such option: --inptu (Possible options: --input)"),
        (["predict", "--input"], "Option '--input' requires an argument."),
        (["models", "shwo"], "No such command 'shwo'. Did you mean 'show'?"),
        (["evaluate"], "Missing argument 'DATA'."),
        (["train"], "Missing option '--output' / '-o'."),
    ],
)
def test_what_is_typed_wrongly_is_a_usage_error(call, arguments, said):
    code, out, err = call(*arguments)

    assert (code, out) == (2, "")
    assert err.endswith(f"Error: {said}\n")


def test_a_text_that_begins_with_a_dash_is_told_the_remedy(call):
    code, out, err = call("predict", "-5 degrees")

    assert (code, out) == (2, "")
    assert err.endswith("No such option: -5; put a text that begins with a dash after --: "
                        "predict -- '-5 degrees'\n")  # fmt: skip
    assert call("predict", "--", "-5 degrees", "--help").out.count("\n") == 2
    assert "after --" not in call("evaluate", "-5").err
    assert "after --" not in call("predict", "--threshold", "high").err


def test_a_value_of_another_kind_is_one_line(call):
    code, out, err = call("predict", "--threshold", "high", "good")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: Invalid value for '--threshold': ")


@pytest.mark.parametrize("typed", ["pre\u202edict", "pre\x1b[31mdict", "pre\x9b31mdict"])
def test_usage_errors_show_what_was_typed_harmlessly(call, typed):
    for arguments in ([typed], ["predict", f"--{typed}"], ["predict", "--threshold", typed, "x"]):
        err = call(*arguments).err

        assert err
        assert not {"\u202e", "\x1b", "\x9b"} & set(err)


@pytest.mark.parametrize("quiet", [["--quiet", "predict"], ["predict", "-q"]])
def test_quiet_stands_before_and_after_the_command(call, tmp_path, quiet):
    (tmp_path / "broken.jsonl").write_text('{"text": "good"}\n{')

    code, out, err = call(*quiet, "--input", "broken.jsonl")

    assert (code, out.count("\n"), err) == (3, 2, "")


def test_unreadable_records_are_counted_and_the_first_is_named(call, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "good"}\n[1]\n{"text": 3}\n\n{"text": "bad"}\n')
    (tmp_path / "b.csv").write_text('id,text\n1,good\n2\n"3,bad\n')

    jsonl = call("predict", "-i", "a.jsonl", "-f", "jsonl")
    csv = call("predict", "-i", "b.csv", "-f", "csv")
    both = call("predict", "-i", "a.jsonl", "-i", "b.csv")

    assert (jsonl.code, csv.code, both.code) == (3, 3, 3)
    assert jsonl.err == (
        "2 of 4 records could not be read and have no prediction, "
        "the first at line 2: not a JSON object\n"
    )
    null = '"predicted": null, "p_positive": null, "p_negative": null}'
    assert [line.endswith(null) for line in jsonl.out.splitlines()] == [False, True, True, False]
    assert [line.endswith(",,,") for line in csv.out.splitlines()] == [False, False, True, True]
    assert [line[:2] == "\t\t" for line in both.out.splitlines()] == [
        *[False, True, True, False],
        *[False, True, True],
    ]
    (tmp_path / "c.jsonl").write_text("{\n")
    assert call("predict", "-i", "c.jsonl", "-f", "table")[:2] == (3, "")
    assert "4 of 7 records" in both.err
    assert "line 2 of its file: not a JSON object" in both.err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a shell and /dev/full")
@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("predict good >&-", 1, "standard output is closed"),
        ("predict file 2>&-", 0, ""),
        ("predict good <&-", 0, ""),
        ("predict <&-", 1, "standard input is closed"),
        ("repl <&-", 1, "standard input is closed"),
        ("predict -i nothing 2>&-", 1, ""),
        ("predict good >/dev/full", 1, "cannot write standard output: No space left on device"),
        ("--help >/dev/full", 1, "cannot write standard output: No space left on device"),
        ("models list >/dev/full", 1, "cannot write standard output: No space left on device"),
    ],
)
def test_closed_and_full_streams_are_one_line(
    environment, golden_model, tmp_path, line, code, said
):
    (tmp_path / "file").touch()  # of which there would be something to say

    ended = subprocess.run(
        f"'{sys.executable}' -m lstm_sentiment_cli {line}",
        shell=True,
        cwd=tmp_path,
        env=environment | {"LSTM_SENTIMENT_MODEL": str(golden_model)},
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    assert ended.returncode == code
    assert ended.stderr.startswith(f"error: {said}" if said else "")
    assert ended.stderr.count("\n") == (1 if said else 0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no closed pipes")
@pytest.mark.parametrize("command", ["--help", "--version", "models show", "predict -f table a b"])
def test_a_pipe_that_is_closed_before_anything_is_written_is_no_error(
    environment, golden_model, command
):
    with subprocess.Popen(
        [sys.executable, "-m", "lstm_sentiment_cli", *command.split()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment | {"LSTM_SENTIMENT_MODEL": str(golden_model)},
    ) as process:
        process.stdout.close()

        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_no_memory_is_one_line_with_what_to_do(call, monkeypatch):
    def load(_folder, **_options):
        raise MemoryError

    monkeypatch.setattr(Predictor, "load", load)

    for arguments in (["predict", "good"], ["evaluate", "--behaviour"]):
        code, out, err = call(*arguments)
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert err.startswith("error: out of memory; close other programs")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that is in use")
@pytest.mark.parametrize("command", _NAMES)
def test_a_working_directory_that_was_deleted_is_one_line(call, tmp_path, monkeypatch, command):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    below = {"models": ["list"], "config": ["show"], "data": ["check"]}
    code, out, err = call(command, *below.get(command, []))

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("error: cannot use the working directory: ")
    assert call("--help").code == 0


LOADED = """
import sys
from lstm_sentiment_cli.cli.main import main
try:
    main(["predict", "--help"])
except SystemExit:
    pass
print(*(name for name in sys.modules if name.startswith("lstm_sentiment_cli.cli.")))
"""


def test_names_keep_their_order_and_have_their_commands():
    commands = OnDemand(dict.fromkeys(_NAMES))

    assert list(commands) == list(_NAMES)
    assert [command.name for command in commands.values()] == list(_NAMES)
    assert commands["predict"] is commands["predict"]


def test_what_is_no_command_has_none():
    commands = OnDemand(dict.fromkeys(_NAMES))

    assert commands.get("predct") is None
    with pytest.raises(KeyError):
        commands["predct"]


def test_one_command_imports_no_other():
    printed = subprocess.check_output([sys.executable, "-c", LOADED], text=True)
    imported = {name.rpartition(".")[2] for name in printed.splitlines()[-1].split()}

    assert "predict" in imported
    assert imported.isdisjoint(name.replace("-", "_") for name in _NAMES if name != "predict")


def test_a_slip_is_answered_with_the_nearest_name(run):
    ended = run("predct", "so good")

    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean 'predict'?" in ended.err
