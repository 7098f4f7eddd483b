"""The real program in a real pseudo-terminal: what is asked and what is answered."""

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.repl.conversation import COLOUR, CTRL_C, ENTER


def test_a_sentence_is_answered_by_bars_as_wide_as_the_terminal(repl, tiny_model):
    with repl() as terminal:
        terminal.wait_for_prompt()
        *banner, space, _ = terminal.above
        echo, first, second, empty = terminal.ask(f"i love this{ENTER}")

        assert (len(banner), space) == (2, "")
        assert f"model {tiny_model.name}" in banner[0]
        assert echo == "> i love this"
        assert re.fullmatch(r"▸ positive +\d+\.\d% █+[▏▎▍▌▋▊▉]?", first)
        assert re.fullmatch(r"  negative +\d+\.\d%( [█▏▎▍▌▋▊▉]+)?", second)
        assert first.index("%") == second.index("%")
        assert empty == ""
        terminal.leave()


def test_empty_input_prompts_again(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send(ENTER + ENTER)
        terminal.wait_for("\n>\n>\n>")

        assert "%" not in terminal.text
        terminal.leave()


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
        terminal.leave()


def test_fifty_pasted_lines_are_scored_each(repl):
    pasted = [f"i love number {number}" for number in range(49)]
    pasted.insert(20, "/quit")
    with repl(columns=60, rows=120) as terminal:
        terminal.wait_for_prompt()
        terminal.paste("".join(f"{line}\n" for line in pasted))
        terminal.wait_for("%", times=50)
        terminal.wait_for_prompt()

        table = [line for line in terminal.lines if "%" in line]
        assert [line[line.index("%") + 13 :].strip() for line in table] == pasted
        terminal.leave()


def test_commands(repl):
    with repl() as terminal:
        assert terminal.ask(f"/hlep{ENTER}")[1:] == [
            "error: unknown command /hlep (did you mean '/help'?); //hlep scores it as a text",
            "",
        ]
        assert "%" not in terminal.text
        assert "/model [NAME]" in "\n".join(terminal.ask(f"/help{ENTER}"))
        assert terminal.ask(f"/model no-such-model{ENTER}")[1].startswith("error: ")
        assert "positive" in "\n".join(terminal.ask(f"//love{ENTER}"))
        assert "%" in "\n".join(terminal.ask(f":({ENTER}"))
        terminal.send(f"/quit{ENTER}")
        assert terminal.wait_for_exit() == 0


def test_an_answer_explains_itself(repl):
    with repl("--explain") as terminal:
        answer = terminal.ask(f"i love this and hate that{ENTER}")

        terminal.wait_for_foot("explain on")
        assert answer.count("i love this and hate that") == 1
        assert any(re.search(r"love \+\d\.\d\d", line) for line in answer)
        assert any(re.search(r"hate \u2212\d\.\d\d", line) for line in answer)
        assert "what each word adds" in "\n".join(terminal.ask(f"/why{ENTER}"))
        terminal.ask(f"/explain off{ENTER}")
        assert len(terminal.ask(f"i love this and hate that{ENTER}")) == 4
        terminal.leave()


def test_two_models_answer_side_by_side(repl, golden_model):
    with repl("--compare", str(golden_model)) as terminal:
        answer = terminal.ask(f"i love this{ENTER}")
        bars = [line for line in answer if "%" in line]

        assert [line.count("%") for line in bars] == [2, 2]
        assert any(golden_model.name in line for line in answer)
        terminal.wait_for_foot(f"compared with {golden_model.name}")
        terminal.leave()


@pytest.mark.parametrize(
    ("options", "environment"), [((), {"NO_COLOR": "1"}), (("--no-color",), {})]
)
def test_colours_can_be_switched_off(repl, options, environment):
    with repl("--explain", *options, **environment) as terminal:
        answer = "\n".join(terminal.ask(f"i love this{ENTER}"))
        terminal.send("i lo")
        terminal.wait_for("> i love this")  # the suggestion too
        terminal.clear()
        terminal.send("/mo")
        terminal.wait_for("switch to one")  # and the menu

        assert "+love" in answer
        assert not COLOUR.search(terminal.raw)
    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")

        assert COLOUR.search(terminal.raw)


def test_a_dumb_terminal_gets_no_escape_codes(repl):
    with repl(TERM="dumb") as terminal:
        assert terminal.ask(f"i love this{ENTER}")[1].endswith("####")
        terminal.send("half a senten")
        terminal.wait_for("> half a senten")
        terminal.send(CTRL_C)
        terminal.wait_for("Ctrl-D or /quit leaves\n>")
        terminal.leave()

        assert b"\x1b" not in terminal.raw
        assert terminal.raw.replace(b"\r\n", b"").isascii()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
)
def test_an_encoding_without_blocks(repl, environment):
    with repl("--explain", **environment) as terminal:
        answer = terminal.ask(f"i love this{ENTER}")
        terminal.send("/mo")
        terminal.wait_for("switch to one")

        assert answer[1].startswith("> positive")
        assert answer[1].endswith("####")
        terminal.wait_for_foot("default - threshold 0.5 - explain on")
        assert terminal.raw.isascii()
        terminal.clear()
        terminal.leave()


@pytest.mark.parametrize("option", ["--model", "--compare"])
def test_a_model_that_is_not_there_is_one_line_and_nothing_before_it(repl, tmp_path, option):
    with repl(option, str(tmp_path / "nope")) as terminal:
        assert terminal.wait_for_exit() == 1

        assert terminal.lines[0].startswith("error: model folder ")
        assert terminal.text.count("error: ") == 1
        assert "Ctrl-D leaves" not in terminal.text
        assert "Traceback" not in terminal.text
        assert b"1m>" not in terminal.raw


def test_a_damaged_model_is_one_line(repl, tmp_path):
    with repl(model=tmp_path) as terminal:
        assert terminal.wait_for_exit() == 1

        errors = [line for line in terminal.lines if line.startswith("error: ")]
        assert len(errors) == 1
        assert "Traceback" not in terminal.text
