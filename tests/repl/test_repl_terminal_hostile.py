"""What a terminal would act on, in a real pseudo-terminal: it is shown, and nothing is done."""

import re

import pytest

from tests.terminal_emulator import CTRL_R, ENTER

HOSTILE = (
    "love [red] [/] :smile: \x1b]0;owned\x07 \x1b]52;c;b3duZWQ=\x07 \x1b]8;;http://owned\x1b\\ "
    "\x9b31m \x9d0;owned\x9c \u202eabc \u2066def \u200f e" + "\u0301" * 10_000 + "\x1b[2J\x1bc\x07"
)
# Titles, links, the clipboard, resets, bells, an empty screen, and what reorders its neighbours.
ACTING = re.compile(
    "\x1b[]Pc^_X]|\x07|[\x80-\x9f]|\x1b\\[2J|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def assert_harmless(terminal):
    shown = terminal.raw.decode()
    assert not ACTING.search(shown)
    assert shown.count("\u0301") < 200
    assert (terminal.screen.title, terminal.screen.icon_name) == ("", "")


@pytest.mark.parametrize("paste", [HOSTILE, f"{HOSTILE}\nlove\n"])
def test_a_hostile_paste(shared, paste):
    terminal = shared("--explain")
    terminal.paste(paste)
    terminal.send("" if "\n" in paste else ENTER)
    terminal.wait_for_answers()
    assert "[red] [/] :smile:" in terminal.text
    terminal.ask(f"/why{ENTER}")
    terminal.ask(f"/last{ENTER}")

    assert_harmless(terminal)


def test_a_hostile_search_and_a_hostile_suggestion(repl):
    with repl() as terminal:
        terminal.wait_for_prompt()
        terminal.paste(HOSTILE.replace("\u0301", ""))  # books are not kept
        terminal.send(ENTER)
        terminal.wait_for_answers()
        terminal.send("love [re")
        terminal.wait_for("> love [red] [/]", times=2)
        terminal.clear()
        terminal.send(CTRL_R)
        terminal.wait_for("(reverse-i-search)`':")
        terminal.paste("\u202eabc")
        terminal.wait_for("(reverse-i-search)`\ufffdabc': love [red]")

        assert_harmless(terminal)


def test_hostile_names_in_arguments_in_the_menu_and_in_the_toolbar(repl, tmp_path, golden_model):
    name = "bad\x1b]0;owned\x07\u202e\x9d1;owned\x9c"
    folder = tmp_path / name
    folder.mkdir()
    for file in golden_model.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with repl(model=folder) as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.wait_for_foot("bad\ufffd]0;owned\ufffd")
        terminal.send(f"/file {tmp_path}/b")
        terminal.wait_for("bad\ufffd]0;owned", times=3)  # the banner, the menu and the toolbar
        terminal.clear()
        terminal.ask(f"/model {name}{ENTER}")

        assert_harmless(terminal)
        terminal.leave()


def test_half_a_character_in_an_argument_is_one_line(repl):
    with repl("--compare", "nope\udcff") as terminal:
        assert terminal.wait_for_exit() == 1

        errors = [line for line in terminal.lines if line.startswith("error: ")]
        assert len(errors) == 1
        assert "nope\\udcff" in terminal.text
        assert "Traceback" not in terminal.text


def test_bytes_of_no_character_do_not_end_the_conversation(shared):
    terminal = shared("--explain")
    terminal.send_bytes(b"i love \xff\xfe this\r")
    terminal.wait_for_answers()

    assert "▸ positive" in terminal.text


WIDE = ("i love 日本語 this", "👨‍👩‍👧‍👦 love 👍🏽", "שלום love عالم", "e\u0301 love", "love")


@pytest.mark.parametrize("columns", [40, 80])
def test_characters_of_every_width_keep_the_bars_aligned(shared, columns):
    terminal = shared("--explain", columns=columns)
    for text in WIDE:
        bars = [line for line in terminal.ask(f"{text}{ENTER}") if "%" in line]
        assert len({line.index("%") for line in bars}) == 1
        assert len(bars) == 2
    terminal.paste("\n".join(WIDE))
    terminal.wait_for_answers(3 * len(WIDE))

    table = [line for line in terminal.above if "%" in line][-len(WIDE) :]
    assert len({line.index("%") for line in table}) == 1
