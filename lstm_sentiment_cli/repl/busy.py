"""The terminal while an entry is answered: what is typed and pasted then is kept for the prompt."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from prompt_toolkit.application import Application

_INPUT, _LOCAL = 0, 3  # where a terminal's settings have the flags of each kind


@contextmanager
def keeping_keys(app: Application[Any]) -> Iterator[Callable[[], None]]:
    """Keep keys pressed after a prompt as they are for the next one; Ctrl-C still interrupts.

    Nothing of them is shown between the lines of an answer, and a paste stays marked as one.
    Gives what is to be called before each prompt.
    """
    app.after_render += _mark_pastes
    try:
        with _unseen_keys(app.input.fileno()) as keep:
            yield keep
    finally:
        app.after_render -= _mark_pastes
        app.output.disable_bracketed_paste()
        app.output.flush()


def _mark_pastes(app: Application[Any]) -> None:
    """Have pastes marked after a prompt too, which itself has just ended that.

    An editor, which is there while its prompt is not done, gets them unmarked as elsewhere.
    """
    if app.is_done:
        app.output.enable_bracketed_paste()
        app.output.flush()


@contextmanager
def _unseen_keys(terminal: int) -> Iterator[Callable[[], None]]:
    if sys.platform == "win32":  # has no such settings
        yield lambda: None
        return
    import termios

    def keep() -> None:
        # Set before a prompt, it is what the prompt goes back to: there is no moment without it.
        # And again before each: a shell that had the terminal after Ctrl-Z leaves its own settings.
        with suppress(termios.error):
            settings = termios.tcgetattr(terminal)
            # Enter is not to become another key, nor Backspace and Ctrl-D to act on a line here.
            settings[_INPUT] &= ~termios.ICRNL
            settings[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
            termios.tcsetattr(terminal, termios.TCSANOW, settings)

    try:
        usual = termios.tcgetattr(terminal)
    except termios.error:  # no terminal
        yield lambda: None
        return
    try:
        yield keep
    finally:
        with suppress(termios.error):  # it was closed
            termios.tcsetattr(terminal, termios.TCSANOW, usual)
