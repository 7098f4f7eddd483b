"""The real program in a real pseudo-terminal."""

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests import terminal_emulator
from tests.terminal_emulator import Emulator

ENTER, CTRL_C, CTRL_D, CTRL_R = "\r", "\x03", "\x04", "\x12"
UP, RIGHT = "\x1b[A", "\x1b[C"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[;m]")


@pytest.fixture
def repl(tiny_model, tmp_path):
    """Give what starts the REPL in a terminal: ("--no-history", columns=40, TERM="dumb")."""

    def start(*options, model=tiny_model, columns=80, **environment):
        command = [*terminal_emulator.LSTM_SENTIMENT, "repl", "--model", str(model), *options]
        homes = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
        return Emulator(command, columns=columns, environment=homes | environment)

    return start


@pytest.fixture
def history(tmp_path):
    """Return where the REPL keeps its history on Linux; elsewhere only what it does is tested."""
    path = tmp_path / "lstm-sentiment" / "history"
    path.parent.mkdir()
    return path


def leave(terminal):
    terminal.send(CTRL_D)
    assert terminal.wait_for_exit() == 0


def ask(terminal, keys):
    """Press keys at an empty prompt and return the lines that answer them."""
    terminal.wait_for_prompt()
    before = len(terminal.lines) - 1
    terminal.send(keys)
    terminal.wait_for(lambda text: len(text.split("\n")) > before + 2)
    terminal.wait_for_prompt()
    return terminal.lines[before:-1]


def test_a_sentence_is_answered_by_bars_as_wide_as_the_terminal(repl, tiny_model):
    with repl() as terminal:
        terminal.wait_for_prompt()
        banner = terminal.lines[:-1]
        echo, first, second, empty = ask(terminal, f"i love this{ENTER}")

        assert len(banner) == 2
        assert f"model {tiny_model.name}" in banner[0]
        assert echo == "> i love this"
        assert re.fullmatch(r"▸ positive +\d+\.\d% █+[▏▎▍▌▋▊▉]?", first)
        assert re.fullmatch(r"  negative +\d+\.\d%( [█▏▎▍▌▋▊▉]+)?", second)
        assert first.index("%") == second.index("%")
        assert empty == ""
        leave(terminal)


def test_empty_input_prompts_again(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send(ENTER + ENTER)
        terminal.wait_for("\n>\n>\n>")

        assert "%" not in terminal.text
        leave(terminal)


def test_each_line_of_a_paste_is_a_text_even_a_command(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.paste("i love this\n/quit\nworst day ever")
        terminal.wait_for("%", times=3)
        terminal.wait_for_prompt()

        table = [line for line in terminal.lines if "%" in line]
        assert [line.split()[0] for line in table] == ["positive", table[1].split()[0], "negative"]
        assert [line[line.index("%") + 13 :] for line in table] == [
            "i love this",
            "/quit",
            "worst day ever",
        ]
        leave(terminal)


def test_fifty_pasted_lines_are_scored_each(repl):
    with repl(columns=60) as terminal:
        terminal.wait_for_prompt()
        terminal.paste("".join(f"i love number {number}\n" for number in range(50)))
        terminal.wait_for("i love number 49\n\n>")

        assert terminal.raw.count(b"% \x1b") == 50
        leave(terminal)


def test_ctrl_c_clears_the_line_and_says_how_to_leave(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send("never mi")
        terminal.wait_for("> never mi")
        terminal.send(CTRL_C)
        terminal.wait_for_prompt()
        assert "never" not in terminal.text

        terminal.send(CTRL_C)
        terminal.wait_for("Ctrl-D or /quit leaves\n>")
        leave(terminal)


def test_ctrl_d_deletes_in_a_line_and_leaves_an_empty_one(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send("words")
        terminal.wait_for("> words")
        terminal.send(f"\x01{CTRL_D}")
        terminal.wait_for("> ords")
        terminal.send(CTRL_C)
        terminal.wait_for_prompt()
        leave(terminal)


def test_commands(repl):
    with repl() as terminal:
        assert ask(terminal, f"/hlep{ENTER}")[1:] == [
            "error: no command /hlep (did you mean '/help'?); //hlep scores it as a text",
            "",
        ]
        assert "%" not in terminal.text
        assert "/model [NAME]" in "\n".join(ask(terminal, f"/help{ENTER}"))
        assert ask(terminal, f"/model no-such-model{ENTER}")[1].startswith("error: ")
        assert "positive" in "\n".join(ask(terminal, f"//love{ENTER}"))
        assert "%" in "\n".join(ask(terminal, f":({ENTER}"))
        terminal.send(f"/quit{ENTER}")
        assert terminal.wait_for_exit() == 0


def test_what_was_typed_comes_back(repl):
    with repl() as terminal:
        ask(terminal, f"i love this{ENTER}")
        ask(terminal, f"worst day ever{ENTER}")
        leave(terminal)
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send(UP)
        terminal.wait_for("> worst day ever")
        terminal.send(CTRL_C)
        terminal.wait_for_prompt()
        terminal.send(f"{CTRL_R}lov")
        terminal.wait_for("i love this")
        terminal.send(CTRL_C)
        terminal.wait_for_prompt()
        terminal.send("wor")
        terminal.wait_for("> worst day ever")
        terminal.send(RIGHT)
        assert "> worst day ever" in ask_rest(terminal, ENTER)
        leave(terminal)


def ask_rest(terminal, keys):
    """Press the last keys of a line and return the screen with its answer."""
    terminal.send(keys)
    terminal.wait_for("%", times=2)
    terminal.wait_for_prompt()
    return terminal.text


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_a_damaged_history_is_told_once(repl, history):
    history.write_bytes(b"no json\n")

    with repl() as terminal:
        ask(terminal, f"i love this{ENTER}")
        ask(terminal, f"worst day ever{ENTER}")

        assert re.sub(r"\s+", " ", terminal.text).count("is damaged: going on without it") == 1
        leave(terminal)
    assert history.read_bytes() == b"no json\n"


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_without_history_nothing_is_kept(repl, history):
    with repl("--no-history") as terminal:
        ask(terminal, f"i love this{ENTER}")
        leave(terminal)

    assert list(history.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_a_closed_terminal_keeps_what_was_typed(repl, history):
    with repl() as terminal:
        ask(terminal, f"i love this{ENTER}")

    assert history.read_text() == '"i love this"\n'


@pytest.mark.parametrize(
    ("options", "environment"), [((), {"NO_COLOR": "1"}), (("--no-color",), {})]
)
def test_colours_can_be_switched_off(repl, options, environment):
    with repl(*options, **environment) as terminal:
        ask(terminal, f"i love this{ENTER}")
        terminal.send("i lo")
        terminal.wait_for("> i love this")  # the suggestion too

        assert not COLOUR.search(terminal.raw)
    with repl() as terminal:
        ask(terminal, f"i love this{ENTER}")

        assert COLOUR.search(terminal.raw)


def test_a_dumb_terminal_gets_no_escape_codes(repl):
    with repl(TERM="dumb") as terminal:
        assert ask(terminal, f"i love this{ENTER}")[1].endswith("####")
        terminal.send("half a senten")
        terminal.wait_for("> half a senten")
        terminal.send(CTRL_C)
        terminal.wait_for("Ctrl-D or /quit leaves\n>")
        leave(terminal)

        assert b"\x1b" not in terminal.raw
        assert terminal.raw.replace(b"\r\n", b"").isascii()


def test_an_encoding_without_blocks(repl):
    with repl(PYTHONIOENCODING="ascii") as terminal:
        answer = ask(terminal, f"i love this{ENTER}")

        assert answer[1].startswith("> positive")
        assert answer[1].endswith("####")
        leave(terminal)


@pytest.mark.parametrize("columns", [20, 40, 120])
def test_bars_fit_every_width(repl, columns):
    with repl(columns=columns) as terminal:
        answer = ask(terminal, f"i love love love love it{ENTER}")
        bars = [line for line in answer if "%" in line]

        assert len(bars) == 2
        assert columns - 4 <= len(bars[0]) <= columns
        leave(terminal)


def test_a_resized_window_gets_bars_of_its_new_width(repl):
    with repl(columns=40) as terminal:
        terminal.wait_for_prompt()
        terminal.resize(100, 24)
        answer = ask(terminal, f"i love love love love it{ENTER}")

        assert 96 <= max(map(len, answer)) <= 100
        leave(terminal)


HOSTILE = (
    "love [red] [/] :smile: \x1b]0;owned\x07 \x1b]52;c;b3duZWQ=\x07 \x1b]8;;http://owned\x1b\\ "
    "\x9b31m \x9d0;owned\x9c \u202eabc \u2066def \u200f e" + "\u0301" * 10_000 + "\x1b[2J\x1bc\x07"
)


@pytest.mark.parametrize("paste", [HOSTILE, f"{HOSTILE}\nlove\n"])
def test_hostile_text_reaches_the_terminal_harmlessly(repl, paste):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.paste(paste)
        terminal.send("" if "\n" in paste else ENTER)
        terminal.wait_for("%", times=2)
        terminal.wait_for_prompt()

        shown = terminal.raw.decode()
        assert "[red] [/] :smile:" in terminal.text
        assert not re.search(
            "\x1b[]Pc^_X]|\x07|\x9b|\x9d|[\u202a-\u202e\u2066-\u2069\u200f]", shown
        )
        assert "\x1b[2J" not in shown
        assert shown.count("\u0301") < 100
        assert terminal.screen.title == ""
        leave(terminal)


def test_bytes_of_no_character_do_not_end_the_conversation(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send_bytes(b"i love \xff\xfe this\r")
        terminal.wait_for("%", times=2)
        terminal.wait_for_prompt()

        assert "▸ positive" in terminal.text
        leave(terminal)


def test_a_model_that_is_not_there_is_one_line(repl, tmp_path):
    with repl(model=tmp_path / "nope") as terminal:
        assert terminal.wait_for_exit() == 1

        errors = [line for line in terminal.lines if line.startswith("error: ")]
        assert len(errors) == 1
        assert "Traceback" not in terminal.text
