"""A conversation with the real program in a real pseudo-terminal."""

import re

from tests.terminal_emulator import Emulator

ENTER, TAB, ESCAPE, BACKSPACE = "\r", "\t", "\x1b", "\x7f"
ALT_ENTER = ESCAPE + ENTER
CTRL_A, CTRL_C, CTRL_D, CTRL_R, CTRL_U = "\x01", "\x03", "\x04", "\x12", "\x15"
UP, DOWN, RIGHT = "\x1b[A", "\x1b[B", "\x1b[C"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[;m]")
# What a terminal would do more than show: titles, links, the clipboard, other characters' order.
ACTING = re.compile(
    "\x1b[]Pc^_X]|\x07|[\x80-\x9f]|[\u202a-\u202e\u2066-\u2069\u200e\u200f]|\x1b\\[2J"
)


class Conversation(Emulator):
    """The REPL, and who types into it."""

    def ask(self, keys: str) -> list[str]:
        """Press keys at an empty prompt; return the lines that they left and that answer them."""
        self.wait_for_prompt()
        before = len(self.above) - 1
        self.send(keys)
        self.wait_for(lambda _text: len(self.above) > before + 2)
        self.wait_for_prompt()
        return self.above[before:-1]

    def clear(self) -> None:
        """Clear the line."""
        self.send(CTRL_C)
        self.wait_for_prompt()

    def leave(self) -> None:
        """Press Ctrl-D at an empty prompt, after which nothing but the conversation is left."""
        self.wait_for_prompt()
        self.send(CTRL_D)
        assert self.wait_for_exit() == 0
        assert self.above[-2:] in ([">", ""], ["> ", ""]), self.text
