import subprocess

import pytest

from tests.terminal_emulator import LSTM_SENTIMENT


def lstm_sentiment(*arguments, typed=b""):
    done = subprocess.run(
        [*LSTM_SENTIMENT, *arguments], input=typed, check=False, capture_output=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("typed", [b"i love this\n/quit\n\n//x\n", b"", b"no end", b"\xff\x00\r\n"])
def test_without_a_terminal_it_does_what_predict_does(tiny_model, typed):
    repl = lstm_sentiment("repl", "--model", str(tiny_model), typed=typed)

    assert repl == lstm_sentiment("predict", "--model", str(tiny_model), typed=typed)
    assert repl[0] == 0
    assert repl[1].count(b"\n") == len(typed.splitlines())
    assert b"\x1b" not in repl[1] + repl[2]


def test_without_a_terminal_a_missing_model_is_one_line(tmp_path):
    code, out, err = lstm_sentiment("repl", "--model", str(tmp_path / "nope"), typed=b"good\n")

    assert (code, out, err.count(b"\n")) == (1, b"", 1)


@pytest.mark.parametrize(
    "options", [["--threshold", "0.99"], ["--uncertain", "0,1"], ["--explain"]], ids=" ".join
)
def test_without_a_terminal_the_options_of_answers_hold_too(tiny_model, options):
    common = ["--model", str(tiny_model), *options]
    repl = lstm_sentiment("repl", *common, typed=b"i love this\n")

    assert repl == lstm_sentiment("predict", *common, typed=b"i love this\n")
    assert repl[0] == 0
    assert repl != lstm_sentiment("predict", *common[:2], typed=b"i love this\n")


def test_without_a_terminal_a_wrong_option_is_one_line():
    code, out, err = lstm_sentiment("repl", "--uncertain", "x", typed=b"good\n")

    assert (code, out, err.count(b"\n")) == (1, b"", 1)


def test_without_a_terminal_a_model_to_compare_with_is_refused_not_forgotten(tiny_model):
    command = ["repl", "--model", str(tiny_model), "--compare", "default"]
    code, out, err = lstm_sentiment(*command, typed=b"good\n")

    assert (code, out, err.count(b"\n")) == (1, b"", 1)
    assert err.startswith(b"error: --compare needs a terminal; ")


def test_without_a_terminal_a_model_to_compare_with_that_a_file_names_is_for_other_times(
    tiny_model, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lstm-sentiment.toml").write_text("[repl]\ncompare = 'default'\n")
    code, out, _ = lstm_sentiment("repl", "--model", str(tiny_model), typed=b"good\n")

    assert (code, out.count(b"\n")) == (0, 1)
