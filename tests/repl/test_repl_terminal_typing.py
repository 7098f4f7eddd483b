"""Typing and editing at the real prompt, in a real pseudo-terminal."""

import pytest

from tests.terminal_emulator import (
    ALT_ENTER,
    CTRL_A,
    CTRL_C,
    CTRL_D,
    CTRL_R,
    CTRL_X_CTRL_E,
    ENTER,
    ESCAPE,
    RIGHT,
    UP,
)


def write_editor(program, script):
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)


def test_ctrl_c_clears_the_line_and_says_how_to_leave(shared):
    terminal = shared()
    terminal.send("never mi")
    terminal.wait_for("> never mi")
    terminal.clear()
    assert "never" not in terminal.text

    terminal.send(CTRL_C)
    terminal.wait_for("Ctrl-D or /quit leaves\n>")


def test_ctrl_d_deletes_in_a_line(shared):  # in an empty one it leaves, as all these tests do
    terminal = shared()
    terminal.send("words")
    terminal.wait_for("> words")
    terminal.send(f"{CTRL_A}{CTRL_D}")
    terminal.wait_for("> ords")
    terminal.clear()


def test_alt_enter_begins_a_line_and_enter_sends_both(shared):
    terminal = shared()
    terminal.send(f"i love this{ALT_ENTER}/quit")
    terminal.wait_for("> i love this\n  /quit")
    terminal.send(ENTER)
    terminal.wait_for_answers()

    assert [line.split()[-1] for line in terminal.lines if "%" in line] == ["this", "/quit"]


def test_what_was_typed_comes_back_also_after_the_terminal_was_closed(repl, kept):
    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.ask(f"worst day ever{ENTER}")

    assert kept.read_text() == '"i love this"\n"worst day ever"\n'
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send(UP)
        terminal.wait_for("> worst day ever")
        terminal.clear()
        terminal.send(f"i l{UP}")
        terminal.wait_for(lambda _text: terminal.screen.cursor.x == len("> i love this"))
        terminal.clear()
        terminal.send(f"{CTRL_R}lov")
        terminal.wait_for("i love this")
        terminal.clear()
        terminal.send("wor")
        terminal.wait_for("> worst day ever")
        assert terminal.screen.cursor.x == len("> wor")
        assert terminal.ask_on(f"{RIGHT}{ENTER}")[0] == "> worst day ever"
        terminal.leave()


EDITS = 'cat "$1"; printf "ing it\\nworst day ever\\n" >> "$1"'


def test_a_text_can_be_edited_elsewhere(shared, editor):
    write_editor(editor, EDITS)
    terminal = shared()
    terminal.send(f"lov{CTRL_X_CTRL_E}")
    terminal.wait_for("> loving it\n  worst day ever")
    terminal.send(ENTER)
    terminal.wait_for_answers()


@pytest.mark.parametrize("script", [None, "exit 1"])
def test_an_editor_that_fails_loses_nothing(shared, editor, script):
    if script:
        write_editor(editor, script)
    else:
        editor.unlink(missing_ok=True)
    assert_nothing_is_lost(shared())


def test_an_editor_with_a_quote_that_is_not_closed_loses_nothing(repl):
    with repl(VISUAL="'") as terminal:
        assert_nothing_is_lost(terminal)
        terminal.leave()


def assert_nothing_is_lost(terminal):
    terminal.wait_for_prompt()
    terminal.send("love")
    terminal.send(CTRL_X_CTRL_E)
    terminal.wait_for("error: ")
    terminal.wait_for(lambda _text: terminal.above[-1] == "> love")

    assert "Traceback" not in terminal.text
    assert "positive" in "\n".join(terminal.ask_on(f"ly{ENTER}"))


@pytest.mark.parametrize("typed", ["lovely", ""])
def test_ctrl_c_stops_an_editor_that_only_waits_and_loses_nothing(shared, editor, typed):
    write_editor(editor, "echo waiting; exec sleep 60")
    terminal = shared(columns=160)
    terminal.send(f"{typed}{CTRL_X_CTRL_E}")
    terminal.wait_for("waiting")
    terminal.send(CTRL_C)
    terminal.wait_for(f"error: editor {editor} was stopped; the text is unchanged")
    terminal.wait_for(lambda _text: terminal.above[-1] == f"> {typed}".rstrip())
    assert "Ctrl-D or /quit leaves" not in terminal.text
    terminal.clear()


def test_vi_shows_its_mode_and_calls_the_editor(repl, editor):
    write_editor(editor, EDITS)
    with repl("--vi", VISUAL=str(editor)) as terminal:
        terminal.wait_for_foot("[insert] · default")
        terminal.send("worst day")
        terminal.send(ESCAPE)
        terminal.wait_for_foot("[normal] · default")
        terminal.send("bbcebest")
        terminal.wait_for("> best day")
        terminal.wait_for_foot("[insert] · default")
        assert "▸ positive" in "\n".join(terminal.ask_on(ENTER))
        terminal.send(f"x{ESCAPE}")
        terminal.wait_for_foot("[normal]")
        terminal.clear()
        terminal.wait_for_foot("[insert]")

        terminal.send(f"lov{ESCAPE}v")
        terminal.wait_for("> loving it\n  worst day ever")
        terminal.send(ENTER)
        terminal.wait_for("%", times=4)
        terminal.leave()


def test_a_long_line_and_a_long_history_can_be_typed_on(repl, kept):
    kept.write_text("".join(f'"entry number {number}"\n' for number in range(2_000)))
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.paste("so good " * 1_250)
        terminal.wait_for("so good so")
        for letter in "and more":
            terminal.send(letter)
        terminal.wait_for("so good and more")
        terminal.send(ENTER)
        terminal.wait_for("truncated: the model reads the first")
        terminal.leave()
