"""The keys that differ from prompt_toolkit's own."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completion, get_common_complete_suffix
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, SEARCH_BUFFER
from prompt_toolkit.filters import (
    emacs_insert_mode,
    emacs_mode,
    has_focus,
    has_selection,
    vi_insert_mode,
    vi_navigation_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.key_bindings import KeyBindingsBase
from prompt_toolkit.keys import Keys

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.style import visible
from lstm_sentiment_cli.repl.command import as_text

# A folder on a slow disk must not hold up the typing for longer than this.
_PATIENCE_SECONDS = 0.5


def tab() -> KeyBindings:
    """Return the binding of Tab."""
    keys = KeyBindings()

    @keys.add("tab", filter=has_focus(DEFAULT_BUFFER) & (emacs_insert_mode | vi_insert_mode))
    def _complete(event: KeyPressEvent) -> None:
        complete(event.current_buffer)

    return keys


def complete(buffer: Buffer) -> None:
    """Go on in an open menu, else take the only completion, what all begin with, or the first.

    prompt_toolkit's own Tab only asks for completions, which the keys behind it do not wait for;
    and it does nothing while the menu that opens by itself is being filled.
    """
    menu = buffer.complete_state
    if menu and menu.current_completion:
        buffer.complete_next()
        return
    found = _found_soon(buffer)
    if found is None:
        buffer.start_completion(insert_common_part=True)
    elif len(found) == 1:
        buffer.apply_completion(found[0])
    elif common := get_common_complete_suffix(buffer.document, found):
        buffer.insert_text(common)  # which opens the menu, as typing it would
    elif found:
        buffer.complete_state = CompletionState(buffer.document, found)
        buffer.go_to_completion(0)


def _found_soon(buffer: Buffer) -> list[Completion] | None:
    """Return what can stand at the cursor; None when it takes long to find that out."""
    found: list[Completion] = []
    document, asked = buffer.document, CompleteEvent(completion_requested=True)

    def find() -> None:
        found.extend(buffer.completer.get_completions(document, asked))

    finding = Thread(target=find, name="tab", daemon=True)
    finding.start()
    finding.join(_PATIENCE_SECONDS)
    return None if finding.is_alive() else found


# Halves of characters; those left out are how bytes of no character reach us from a terminal.
_NO_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_USUAL = ("editor", "nano", "vim", "vi", "emacs", "notepad")


def edit(text: str) -> str:
    """Return a text as its user left it in an editor; on failure say why, and return it as it was.

    The editor has the terminal while this waits for it.
    """
    try:
        return edited(text)
    except SentimentError as error:
        sys.stderr.write(f"error: {visible(str(error))}\n")
        sys.stderr.flush()
        return text


def edited(text: str) -> str:
    """Return a text as its user left it in an editor, without the end of its last line.

    SentimentError when there is no editor, or when it fails.
    """
    # The folder, and with it the file, can be read by its owner only.
    with TemporaryDirectory(prefix="lstm-sentiment-") as folder:
        file = Path(folder, "text.txt")
        file.write_bytes(_NO_BYTES.sub("\ufffd", text).encode(errors="surrogateescape"))
        _run(editor(), file)
        try:
            # Bytes of no character become what the terminal makes of them when they are typed.
            found = file.read_bytes().decode(errors="surrogateescape")
        except OSError as error:
            raise SentimentError(f"the editor left no text ({error.strerror})") from None
    return found.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def editor() -> list[str]:
    """Return the user's editor and its options: $VISUAL, else $EDITOR, else a usual one."""
    for name in ("VISUAL", "EDITOR"):
        if wanted := os.environ.get(name, "").strip():
            try:
                return shlex.split(wanted)
            except ValueError:
                raise SentimentError(f"${name} has a quote without its end: {wanted}") from None
    for usual in _USUAL:
        if found := shutil.which(usual):
            return [found]
    raise SentimentError("no editor found; say which with: export EDITOR=NAME")


def _run(command: list[str], file: Path) -> None:
    try:
        code = subprocess.run([*command, str(file)], check=False).returncode  # noqa: S603
    except OSError as error:
        raise SentimentError(
            f"editor {command[0]} cannot be started ({error.strerror}); "
            "say which to use with: export EDITOR=NAME"
        ) from None
    if code:
        how = f"ended with {code}" if code > 0 else "was stopped"
        raise SentimentError(f"editor {command[0]} {how}: the text stays as it was")


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


_TYPING = has_focus(DEFAULT_BUFFER)


@dataclass
class _Editor:
    """Whether a text is being edited elsewhere: then Ctrl-C is for the editor."""

    open: bool = False


def key_bindings() -> KeyBindingsBase:
    """Return all of them."""
    editor = _Editor()
    return merge_key_bindings([_clearing(editor), _pasting(), _several_lines(editor), tab()])


def _clearing(editor: _Editor) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-c", filter=_TYPING)
    @keys.add("<sigint>", filter=_TYPING)
    def _clear(event: KeyPressEvent) -> None:
        if editor.open:
            return
        if event.current_buffer.text:
            event.current_buffer.reset()
            event.app.vi_state.reset()  # as at every new line
        else:
            event.app.exit(exception=KeyboardInterrupt)

    return keys


def _pasting() -> KeyBindings:
    keys = KeyBindings()

    @keys.add(Keys.BracketedPaste, filter=_TYPING)
    def _paste(event: KeyPressEvent) -> None:
        """Insert a paste; one that holds the end of a line is answered at once."""
        buffer = event.current_buffer
        pasted = event.data.replace("\r\n", "\n").replace("\r", "\n")
        text = pasted.strip("\n")
        starts_line = buffer.cursor_position == 0
        buffer.insert_text(as_text(text) if starts_line and "\n" not in text else text)
        if "\n" in pasted:
            buffer.validate_and_handle()

    @keys.add(Keys.BracketedPaste, filter=has_focus(SEARCH_BUFFER))
    def _seek(event: KeyPressEvent) -> None:
        """Search for the first line of a paste."""
        event.current_buffer.insert_text(event.data.splitlines()[0] if event.data.strip() else "")

    return keys


def _several_lines(editor: _Editor) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter", filter=_TYPING & (emacs_mode | vi_insert_mode))
    def _newline(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-x", "c-e", filter=_TYPING & emacs_mode & ~has_selection)
    @keys.add("v", filter=_TYPING & vi_navigation_mode)
    def _edit(event: KeyPressEvent) -> None:
        """Have the text edited elsewhere; Enter then sends what came of it."""
        buffer = event.current_buffer

        async def edit_elsewhere() -> None:
            editor.open = True
            try:
                text = await run_in_terminal(lambda: edit(buffer.text), in_executor=True)
            finally:
                editor.open = False
            buffer.document = Document(text)

        event.app.create_background_task(edit_elsewhere())

    return keys
