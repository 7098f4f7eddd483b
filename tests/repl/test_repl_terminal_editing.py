"""Editing at the real prompt, in a real pseudo-terminal."""

import re
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.repl.conversation import (
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


def test_ctrl_c_clears_the_line_and_says_how_to_leave(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send("never mi")
        terminal.wait_for("> never mi")
        terminal.clear()
        assert "never" not in terminal.text

        terminal.send(CTRL_C)
        terminal.wait_for("Ctrl-D or /quit leaves\n>")
        terminal.leave()


def test_ctrl_d_deletes_in_a_line_and_leaves_an_empty_one(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send("words")
        terminal.wait_for("> words")
        terminal.send(f"{CTRL_A}{CTRL_D}")
        terminal.wait_for("> ords")
        terminal.clear()
        terminal.leave()


def test_alt_enter_begins_a_line_and_enter_sends_both(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.send(f"i love this{ALT_ENTER}/quit")
        terminal.wait_for("> i love this\n  /quit")
        terminal.send(ENTER)
        terminal.wait_for("%", times=2)
        terminal.wait_for_prompt()

        assert [line.split()[-1] for line in terminal.lines if "%" in line] == ["this", "/quit"]
        terminal.leave()


def test_what_was_typed_comes_back(repl):
    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.ask(f"worst day ever{ENTER}")
        terminal.leave()
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


@pytest.mark.parametrize(("options", "keys"), [((), CTRL_X_CTRL_E), (("--vi",), f"{ESCAPE}v")])
def test_a_text_can_be_edited_elsewhere(repl, tmp_path, options, keys):
    program = tmp_path / "editor"
    program.write_text('#!/bin/sh\ncat "$1"; printf "ing it\\nworst day ever\\n" >> "$1"\n')
    program.chmod(0o700)
    with repl(*options, VISUAL=str(program)) as terminal:
        terminal.wait_for_prompt()
        terminal.send(f"lov{keys}")
        terminal.wait_for("> loving it\n  worst day ever")
        terminal.send(ENTER)
        terminal.wait_for("%", times=2)
        terminal.leave()


@pytest.mark.parametrize("editor", ["/no/such/editor", "false", "'"])
def test_an_editor_that_fails_loses_nothing(repl, editor):
    with repl(VISUAL=editor) as terminal:
        terminal.wait_for_prompt()
        terminal.send("love")
        terminal.send(CTRL_X_CTRL_E)
        terminal.wait_for("error: ")
        terminal.wait_for(lambda _text: terminal.above[-1] == "> love")

        assert "Traceback" not in terminal.text
        assert "positive" in "\n".join(terminal.ask_on(f"ly{ENTER}"))
        terminal.leave()


def test_ctrl_c_stops_an_editor_that_only_waits_and_loses_nothing(repl):
    with repl(VISUAL="sh -c 'echo waiting; exec sleep 60'") as terminal:
        terminal.wait_for_prompt()
        terminal.send(f"lovely{CTRL_X_CTRL_E}")
        terminal.wait_for("waiting")
        terminal.send(CTRL_C)
        terminal.wait_for("error: editor sh was stopped; the text is unchanged")
        terminal.wait_for(lambda _text: terminal.above[-1] == "> lovely")
        terminal.clear()
        terminal.leave()


def test_vi_shows_its_mode(repl):
    with repl("--vi") as terminal:
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
        terminal.leave()


def test_a_long_line_and_a_long_history_can_be_typed_on(repl, kept):
    kept.write_text("".join(f'"entry number {number}"\n' for number in range(2_000)))
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.paste("so good " * 1_250)
        terminal.wait_for("so good so")
        for letter in "and more":
            terminal.send(letter)
        terminal.wait_for("so good and more", seconds=2)
        terminal.send(ENTER)
        terminal.wait_for("truncated: the model reads the first")
        terminal.leave()


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_a_damaged_history_is_told_once(repl, kept):
    kept.write_bytes(b"no json\n")

    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.ask(f"worst day ever{ENTER}")

        assert re.sub(r"\s+", " ", terminal.text).count("is damaged: going on without it") == 1
        terminal.leave()
    assert kept.read_bytes() == b"no json\n"


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_without_history_nothing_is_kept(repl, kept):
    with repl("--no-history") as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.leave()

    assert list(kept.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_history_can_be_switched_off_and_cleared(repl, kept):
    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.ask(f"/history clear{ENTER}")
        terminal.ask(f"worst day ever{ENTER}")
        terminal.ask(f" a secret{ENTER}")
        terminal.ask(f"/history off{ENTER}")
        terminal.ask(f"another secret{ENTER}")
        terminal.leave()

    assert kept.read_text() == '"worst day ever"\n"/history off"\n'


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's folders")
def test_a_closed_terminal_keeps_what_was_typed(repl, kept):
    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")

    assert kept.read_text() == '"i love this"\n'
