"""`repl` without a terminal, and its own options."""

import pytest

from lstm_sentiment_cli.cli.repl import check_corrections
from lstm_sentiment_cli.errors import SentimentError


@pytest.mark.parametrize("typed", [b"i love this\n/quit\n\n//x\n", b"", b"no end", b"\xff\x00\r\n"])
def test_without_a_terminal_it_does_what_predict_does(piped, typed):
    repl = piped(typed, "repl")

    assert repl == piped(typed, "predict")
    assert repl.code == 0
    assert repl.out.count("\n") == len(typed.splitlines())
    assert "\x1b" not in repl.out + repl.err


def test_a_pipe_of_another_process_is_read_alike(run, default_model):
    common = ["--model", str(default_model)]
    repl = run("repl", *common, given="i love this\n/quit\n")

    assert repl == run("predict", *common, given="i love this\n/quit\n")
    assert (repl.code, repl.out.count("\n")) == (0, 2)


@pytest.mark.parametrize(
    "options", [["--threshold", "0.999"], ["--uncertain", "0,1"], ["--explain"]], ids=" ".join
)
def test_without_a_terminal_the_options_of_answers_hold_too(piped, default_model, options):
    common = ["--model", str(default_model)]
    repl = piped(b"i love this\n", "repl", *common, *options)

    assert repl == piped(b"i love this\n", "predict", *common, *options)
    assert repl.code == 0
    assert repl != piped(b"i love this\n", "predict", *common)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "./nope"], "error: model folder "),
        (["--uncertain", "x"], "error: --uncertain "),
        (["--compare", "default"], "error: --compare needs a terminal; "),
    ],
)
def test_without_a_terminal_a_wrong_option_is_one_line(piped, options, said):
    ended = piped(b"good\n", "repl", *options)

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith(said)


def test_without_a_terminal_a_model_to_compare_with_that_a_file_names_is_for_other_times(
    piped, tmp_path
):
    (tmp_path / "lstm-sentiment.toml").write_text("[repl]\ncompare = 'default'\n")
    ended = piped(b"good\n", "repl")

    assert (ended.code, ended.out.count("\n")) == (0, 1)


@pytest.mark.parametrize("name", ["corrections", "corrections.tsv", "corrections.csv.gz", "a.txt"])
def test_corrections_must_be_csv(tmp_path, name):
    with pytest.raises(SentimentError, match="corrections are saved as csv"):
        check_corrections(tmp_path / name)
