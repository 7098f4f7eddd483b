"""/history in a real terminal: what the file of the next conversation holds."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("XDG's folders", allow_module_level=True)

from tests.repl.conversation import ENTER, UP


def test_history_is_cleared_after_it_was_switched_off(repl, kept):
    with repl() as terminal:
        terminal.ask(f"i love this{ENTER}")
        terminal.ask(f"/history off{ENTER}")
        terminal.ask(f"a secret{ENTER}")
        terminal.ask(f"/history clear{ENTER}")
        terminal.send(UP)  # there is nothing to go back to
        terminal.settle()
        terminal.leave()

    assert kept.read_bytes() == b""


def test_history_is_switched_on_again(repl, kept):
    with repl() as terminal:
        terminal.ask(f"/history off{ENTER}")
        terminal.ask(f"a secret{ENTER}")
        terminal.ask(f"/history on{ENTER}")
        terminal.ask(f"i love this{ENTER}")
        terminal.leave()

    assert kept.read_text() == '"/history off"\n"i love this"\n'


@pytest.mark.parametrize("options", [["--no-history"], []], ids=["no-history", "dumb"])
def test_a_conversation_that_keeps_nothing_clears_what_earlier_ones_kept(repl, kept, options):
    kept.write_text('"i love this"\n')
    with repl(*options, **({} if options else {"TERM": "dumb"})) as terminal:
        assert "history cleared" in terminal.ask(f"/history clear{ENTER}")[1]
        terminal.leave()

    assert kept.read_bytes() == b""
