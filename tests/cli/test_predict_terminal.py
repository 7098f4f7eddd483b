"""predict as a person at a terminal sees it."""

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.terminal_emulator import LSTM_SENTIMENT, ROOT, Emulator

HOSTILE = "[red]a[/] :smile: \x1b[31mb\x1b]8;;x\x07c\x9b31md \u202ee"
HARMLESS = "[red]a[/] :smile: \ufffd[31mb\ufffd]8;;x\ufffdc\ufffd31md \ufffde"
# All that we send: bold, dim, colours of the palette, and back.
OURS = re.compile(r"\x1b\[(?:0|1|2|38;5;[0-9]+)m")


@pytest.fixture
def show(environment, tmp_path, golden_model):
    """Run a command in a terminal to its end; return its code, the screen's lines and the bytes."""

    def show(*arguments, columns=80, typed="", code=0, **extra):
        known = {"LSTM_SENTIMENT_MODEL": str(golden_model), "HOME": environment["HOME"]}
        with Emulator(
            [*LSTM_SENTIMENT, *arguments], columns=columns, environment=known | extra
        ) as terminal:
            terminal.send(typed)
            assert terminal.wait_for_exit() == code
            return terminal.lines, terminal.raw.decode()

    return show


def test_bare_predict_shows_its_help_and_ends(show_all):
    for code, _, raw in show_all([["predict"], ["predict", "--format", "csv"]]):
        assert code == 0
        assert raw.startswith("Usage: ")
        assert "  -i, --input FILE " in raw
        assert "\x1b" not in raw


@pytest.mark.parametrize("rule", [("--threshold", "0.6"), ("--uncertain", "0.4,0.6")])
def test_a_rule_for_two_labels_fails_before_the_first_prompt(show, default_model, rule):
    three = default_model.with_name("three-class")
    lines, _ = show("repl", "--model", str(three), *rule, columns=200, code=1)

    (line,) = lines
    assert line.startswith("error: a threshold and an uncertain band need a model with two labels")


def test_one_text_is_answered_by_bars_that_fill_the_width(show):
    lines, raw = show("predict", "i love this", columns=60)

    positive, negative = lines
    assert re.match(r"▸ positive  80\.4% █+", positive)
    assert re.match(r"  negative  19\.6% █+", negative)
    assert len(positive) <= 60
    assert positive.count("█") > 3 * negative.count("█")
    assert OURS.search(raw)


def test_several_texts_are_answered_by_a_line_each(show):
    *lines, remark = show("predict", "i love this", "", "worst day ever")[0]

    assert remark == "1 of 3 records had no words to go by: do not rely on such answers"
    assert [line.split()[0] for line in lines] == ["positive", "negative", "negative"]
    assert [line[26:].strip() for line in lines] == ["i love this", "", "worst day ever"]


@pytest.mark.parametrize(
    ("options", "variables"),
    [(["--no-color"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})],
)
def test_without_colour_there_is_no_escape_code(show_all, options, variables):
    texts = (["i love this"], ["i love this", "worst day ever"])

    for code, lines, raw in show_all([["predict", *options, *each] for each in texts], **variables):
        assert (code, len(lines)) == (0, 2)
        assert "\x1b" not in raw
        assert "positive  80.4% " in lines[0]


def test_what_texts_hold_does_nothing_to_the_terminal(show_all):
    kinds = ([], ["-f", "tsv"], ["-f", "csv"], ["-f", "jsonl"])
    commands = [["predict", *kind, HOSTILE, "good"] for kind in kinds]

    for code, lines, raw in show_all(commands, columns=200):
        assert code == 0
        assert not set("\x1b\x07\x9b\u202e") & set(OURS.sub("", raw))
        assert HARMLESS in "\n".join(lines)


def test_what_columns_hold_does_nothing_to_the_terminal(show_all, tmp_path):
    (tmp_path / "a.csv").write_text(f"text,{HOSTILE}\ngood,{HOSTILE}\n", encoding="utf-8")
    (tmp_path / "a.jsonl").write_text('{"text": "good", "more": {"x": ["\\u009b31m\\u202e"]}}\n')

    cases = (("csv", "a.csv"), ("jsonl", "a.csv"), ("jsonl", "a.jsonl"))
    commands = [["predict", "-i", str(tmp_path / name), "-f", kind] for kind, name in cases]
    for code, _, raw in show_all(commands, columns=200):
        assert code == 0
        assert not set("\x1b\x07\x9b\u202e") & set(raw)
        assert "\ufffd" in raw


def test_errors_do_nothing_to_the_terminal(show_all):
    commands = [
        ["predict", "-i", HOSTILE],
        ["predict", f"--{HOSTILE}"],
        [HOSTILE],
        ["predict", "-f", "parquet", "good"],
    ]

    shown = list(show_all(commands))

    assert [each.code for each in shown] == [1, 2, 2, 1]
    for _, _, raw in shown:
        assert not set("\x1b\x07\x9b\u202e") & set(raw)
        assert "rror: " in raw


def test_a_text_that_was_cut_is_told_once(show):
    lines, _ = show("predict", "so good " * 100)

    assert lines[2:] == ["truncated: the model reads the first 64 tokens"]


def test_a_terminal_that_cannot_say_a_character_shows_a_question_mark(show):
    lines, _ = show("predict", "\u4e2d good", "bad", PYTHONIOENCODING="latin-1")

    assert lines[0].endswith(" ? good")


def test_lines_are_answered_as_they_are_typed_when_asked_for(show):
    lines, _ = show("predict", "--input", "-", typed="i love this\n\x04")

    assert lines == ["i love this", "positive        0.8045  0.1955  i love this"]


def test_ctrl_c_at_a_terminal_ends_without_a_word(environment, golden_model):
    known = {"LSTM_SENTIMENT_MODEL": str(golden_model), "HOME": environment["HOME"]}
    with Emulator([*LSTM_SENTIMENT, "predict", "-i", "-"], environment=known) as terminal:
        terminal.send("good\n")
        terminal.wait_for("good", times=2)
        terminal.send("\x03")

        assert terminal.wait_for_exit() == 130
        assert terminal.lines[-1] == "^C"


def test_progress_is_drawn_while_a_file_is_scored_into_another_and_then_gone(show, tmp_path):
    (tmp_path / "a.txt").write_text("so good\n" * 20_000)
    files = ["predict", "-i", str(tmp_path / "a.txt"), "-o"]

    lines, raw = show(*files, str(tmp_path / "b.tsv"))
    quiet_lines, quiet_raw = show("--quiet", *files, str(tmp_path / "c.tsv"))

    assert re.search(r"[0-9,]+ texts", raw)
    assert (lines, quiet_lines, quiet_raw) == ([""], [""], "")
    assert (tmp_path / "b.tsv").read_text().count("\n") == 20_000


@pytest.mark.parametrize(("end", "drawn"), [("| head -n 2", False), ("> b.tsv", True)])
def test_progress_is_not_drawn_over_answers_that_a_pipe_may_show(
    environment, golden_model, tmp_path, end, drawn
):
    (tmp_path / "a.txt").write_text("so good\n" * 10_000)
    known = {"LSTM_SENTIMENT_MODEL": str(golden_model), "HOME": environment["HOME"]}
    program = f"PYTHONPATH={ROOT} {' '.join(LSTM_SENTIMENT)}"
    command = f"cd {tmp_path}; {program} predict -f table -i a.txt {end}"
    with Emulator(["sh", "-c", command], environment=known) as terminal:
        terminal.wait_for_exit()

        assert (" texts" in terminal.raw.decode()) is drawn
        assert len([line for line in terminal.lines if "so good" in line]) == (0 if drawn else 2)
