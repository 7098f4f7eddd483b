"""The window around the prompt, in a real pseudo-terminal: its width, the menu, the toolbar."""

import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.repl.conversation import ENTER, TAB


@pytest.mark.parametrize("columns", [20, 40, 120])
def test_bars_fit_every_width(repl, columns):
    with repl(columns=columns) as terminal:
        answer = terminal.ask(f"i love love love love it{ENTER}")
        bars = [line for line in answer if "%" in line]

        assert len(bars) == 2
        assert columns - 4 <= len(bars[0]) <= columns
        terminal.leave()


def test_a_slash_opens_a_menu_of_commands(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send("/")
        terminal.wait_for("/history")
        assert "/explain" in terminal.text
        terminal.send("mo")
        terminal.wait_for(lambda text: "/model" in text and "/explain" not in text)
        terminal.send(TAB)
        terminal.wait_for("> /model")
        terminal.send(" d")
        terminal.wait_for(lambda text: "default" in text.split("> /model d", 1)[-1].split("\n")[1])
        terminal.send(TAB)
        terminal.wait_for("> /model default")
        terminal.send(ENTER)
        terminal.wait_for("model default: positive, negative")
        terminal.leave()
        assert "/explain" not in terminal.text


def test_texts_open_no_menu(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        for text in ("mo", "//mo", ":/", " /mo"):
            terminal.send(text)
            terminal.wait_for(f"> {text}")
            terminal.send(TAB)
            terminal.clear()

        assert "/model" not in terminal.raw.decode()


def test_the_toolbar_says_how_the_next_sentence_is_answered(repl):
    with repl() as terminal:
        terminal.wait_for_foot("default · threshold 0.5 · explain off")
        terminal.ask(f"i love this{ENTER}")
        terminal.wait_for_foot(" ms")
        terminal.ask(f"/threshold 0.7{ENTER}")
        terminal.ask(f"/explain on{ENTER}")
        terminal.wait_for_foot("default · threshold 0.7 · explain on · ")
        assert b"\x1b[7m" not in terminal.raw  # nothing is reversed
        terminal.leave()
        assert "threshold 0.5" not in terminal.text


@pytest.mark.parametrize(("columns", "rows"), [(59, 24), (80, 9)])
def test_a_small_terminal_has_no_toolbar(repl, columns, rows):
    with repl(columns=columns, rows=rows) as terminal:
        terminal.wait_for_prompt()
        terminal.send(f"i love this{ENTER}")
        terminal.wait_for("%", times=2)
        terminal.wait_for_prompt()

        assert "explain off" not in terminal.text
        terminal.leave()


def test_a_resized_window_is_drawn_anew(repl):
    with repl(columns=40, rows=30) as terminal:
        terminal.wait_for_prompt()
        terminal.send("i love love love love it")
        terminal.wait_for("love it")
        terminal.resize(100, 30)
        terminal.wait_for_foot("default · threshold 0.5")
        assert terminal.above[-1] == "> i love love love love it"
        answer = terminal.ask_on(ENTER)
        assert 96 <= max(map(len, answer)) <= 100

        terminal.resize(50, 20)
        terminal.wait_for(lambda text: "threshold" not in text.split("\n")[-1])
        answer = terminal.ask(f"i love this{ENTER}")
        assert 46 <= max(map(len, answer)) <= 50
        terminal.leave()


def test_what_is_typed_before_the_model_is_there_is_answered(repl):
    with repl() as terminal:
        terminal.send(f"i love this{ENTER}/mo")
        terminal.wait_for("%", times=2)
        terminal.wait_for("switch to one")

        assert "> /mo" in terminal.text
