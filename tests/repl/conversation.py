"""A conversation with the real program in a real pseudo-terminal."""

import re

from tests.terminal_emulator import Emulator

ENTER, TAB, ESCAPE = "\r", "\t", "\x1b"
ALT_ENTER = ESCAPE + ENTER
CTRL_A, CTRL_C, CTRL_D, CTRL_R, CTRL_X_CTRL_E = "\x01", "\x03", "\x04", "\x12", "\x18\x05"
UP, RIGHT = "\x1b[A", "\x1b[C"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])[;m]")


class Conversation(Emulator):
    """The REPL, and who types into it."""

    def ask(self, keys: str) -> list[str]:
        """Press keys at an empty prompt; return the lines that they left and that answer them."""
        self.wait_for_prompt()
        return self.ask_on(keys)

    def ask_on(self, keys: str) -> list[str]:
        """Press keys at the end of a line; return the lines that it left and that answer it."""
        before = len(self.above) - 1
        self.send(keys)
        self.wait_for(lambda _text: len(self.above) > before + 2)
        self.wait_for_prompt()
        return self.above[before:-1]

    def wait_for_foot(self, sought: str) -> None:
        """Wait until the last line of the screen holds a text."""
        self.wait_for(lambda _text: sought in self.foot)

    def clear(self) -> None:
        """Clear the line."""
        self.send(CTRL_C)
        self.wait_for_prompt()

    def leave(self) -> None:
        """Press Ctrl-D at an empty prompt, which leaves nothing but the conversation."""
        self.wait_for_prompt()
        self.send(CTRL_D)
        assert self.wait_for_exit() == 0
        assert self.lines == self.above[:-1]
        assert self.lines[-1] == ">"
