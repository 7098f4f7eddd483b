"""Keys that differ from prompt_toolkit's own: Ctrl-C, pastes, Tab, the editor, type-ahead."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

from prompt_toolkit.application import Application, get_app, run_in_terminal
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completion, get_common_complete_suffix
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, SEARCH_BUFFER
from prompt_toolkit.filters import (
    Condition,
    emacs_insert_mode,
    emacs_mode,
    has_focus,
    has_selection,
    vi_insert_mode,
    vi_navigation_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from lstm_sentiment_cli.atomic import temporary_files
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.style import visible
from lstm_sentiment_cli.repl.arguments import escape_slash

KEYS = KeyBindings()
_TYPING = has_focus(DEFAULT_BUFFER)
_IN_EDITOR = Event()  # set while an editor has the terminal: Ctrl-C is then its own
_EDITORS: list["subprocess.Popen[bytes]"] = []  # that are running: one, or none


@KEYS.add("c-c", filter=_TYPING)
@KEYS.add("<sigint>", filter=_TYPING)
def _clear(event: KeyPressEvent) -> None:
    if _IN_EDITOR.is_set():
        return
    if event.current_buffer.text:
        event.current_buffer.reset()
        event.app.vi_state.reset()  # as at every new line
    else:
        event.app.exit(exception=KeyboardInterrupt)


@KEYS.add("<sigint>", filter=~Condition(lambda: get_app().is_running))
def _nothing(_event: KeyPressEvent) -> None:
    """Ctrl-C came between two prompts; prompt_toolkit would end one that is not running."""


@KEYS.add("<bracketed-paste>", filter=_TYPING)
def _paste(event: KeyPressEvent) -> None:
    """Insert a paste; one with the end of a line in it is answered at once."""
    buffer = event.current_buffer
    pasted = event.data.replace("\r\n", "\n").replace("\r", "\n")
    text = pasted.strip("\n")
    starts_line = buffer.cursor_position == 0
    buffer.insert_text(escape_slash(text) if starts_line and "\n" not in text else text)
    if "\n" in pasted:
        buffer.validate_and_handle()


@KEYS.add("<bracketed-paste>", filter=has_focus(SEARCH_BUFFER))
def _search(event: KeyPressEvent) -> None:
    """Search for the first line of a paste."""
    event.current_buffer.insert_text(event.data.splitlines()[0] if event.data.strip() else "")


@KEYS.add("escape", "enter", filter=_TYPING & (emacs_mode | vi_insert_mode))
def _newline(event: KeyPressEvent) -> None:
    event.current_buffer.insert_text("\n")


@KEYS.add("c-x", "c-e", filter=_TYPING & emacs_mode & ~has_selection)
@KEYS.add("v", filter=_TYPING & vi_navigation_mode)
def _edit(event: KeyPressEvent) -> None:
    """Edit the text in the user's editor; Enter then sends it."""
    buffer = event.current_buffer

    async def edit_text() -> None:
        _IN_EDITOR.set()
        try:
            text = await run_in_terminal(lambda: edit(buffer.text), in_executor=True)
        finally:
            _IN_EDITOR.clear()
            for editor in _EDITORS:  # the program ends: nobody would read what it writes
                editor.terminate()
        buffer.document = Document(text)

    event.app.create_background_task(edit_text())


# A folder on a slow disk must not hold up the typing for longer than this.
_PATIENCE_SECONDS = 0.5


@KEYS.add("tab", filter=_TYPING & (emacs_insert_mode | vi_insert_mode))
def _complete(event: KeyPressEvent) -> None:
    """Go on in an open menu; else insert the only completion, their common beginning, or the first.

    prompt_toolkit's own Tab only asks for completions, which the next keys do not wait for; and
    it does nothing while the menu that opens by itself is being filled.
    """
    buffer = event.current_buffer
    menu = buffer.complete_state
    if menu and menu.current_completion:
        buffer.complete_next()
        return
    found = _completions(buffer)
    if found is None:
        buffer.start_completion(insert_common_part=True)
    elif len(found) == 1:
        buffer.apply_completion(found[0])
    elif common := get_common_complete_suffix(buffer.document, found):
        buffer.insert_text(common)  # which opens the menu, as typing it would
    elif found:
        buffer.complete_state = CompletionState(buffer.document, found)
        buffer.go_to_completion(0)


def _completions(buffer: Buffer) -> list[Completion] | None:
    """Return the completions at the cursor; None if finding them takes long."""
    found: list[Completion] = []
    document, asked = buffer.document, CompleteEvent(completion_requested=True)

    def find() -> None:
        found.extend(buffer.completer.get_completions(document, asked))

    finding = Thread(target=find, name="tab", daemon=True)
    finding.start()
    finding.join(_PATIENCE_SECONDS)
    return None if finding.is_alive() else found


# Lone surrogates, but for those as which a terminal's invalid bytes reach us.
_NO_BYTES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_USUAL_EDITORS = ("editor", "nano", "vim", "vi", "emacs", "notepad")


def edit(text: str) -> str:
    """Return a text as edited in the user's editor; if that fails, say why and return it unchanged.

    The editor has the terminal meanwhile.
    """
    try:
        return edited(text)
    except SentimentError as error:
        sys.stderr.write(f"error: {visible(str(error))}\n")
        sys.stderr.flush()
        return text


def edited(text: str) -> str:
    """Return a text as edited in the user's editor, without the end of its last line.

    SentimentError if there is no editor, if it fails, or if there is no room for the text.
    """
    command = editor_command()
    with temporary_files():
        # Only its owner can read the folder, and so the file.
        folder = TemporaryDirectory(prefix="lstm-sentiment-")
    with folder:
        file = Path(folder.name, "text.txt")
        with temporary_files():
            file.write_bytes(_NO_BYTES.sub("\ufffd", text).encode(errors="surrogateescape"))
        try:
            code = _run([*command, str(file)])
        except OSError as error:
            raise SentimentError(
                f"cannot start the editor {command[0]} ({error.strerror}); "
                "choose one with: export EDITOR=NAME"
            ) from None
        if code:
            how = f"failed with exit code {code}" if code > 0 else "was stopped"
            raise SentimentError(f"editor {command[0]} {how}; the text is unchanged")
        try:
            # Invalid bytes become what they would be if they were typed.
            found = file.read_bytes().decode(errors="surrogateescape")
        except OSError as error:
            raise SentimentError(
                f"the editor removed the file ({error.strerror}); the text is unchanged"
            ) from None
    return found.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _run(command: list[str]) -> int:
    """Run an editor to its end, and return its exit code."""
    with subprocess.Popen(command) as editor:  # noqa: S603
        _EDITORS.append(editor)
        try:
            return editor.wait()
        finally:
            _EDITORS.remove(editor)


def editor_command() -> list[str]:
    """Return the user's editor and its options: $VISUAL, else $EDITOR, else a usual one."""
    for name in ("VISUAL", "EDITOR"):
        if command := os.environ.get(name, "").strip():
            try:
                return shlex.split(command)
            except ValueError:
                raise SentimentError(
                    f"${name} has a quote that is not closed: {command}; set it again"
                ) from None
    for usual in _USUAL_EDITORS:
        if found := shutil.which(usual):
            return [found]
    raise SentimentError("no editor found; choose one with: export EDITOR=NAME")


@contextmanager
def keep_type_ahead(app: Application[Any]) -> Iterator[None]:
    """Keep keys pressed after a prompt for the next one; Ctrl-C still interrupts.

    They are not shown between the lines of an answer, and a paste stays marked as one.
    """
    app.after_render += _mark_pastes
    restore = stop_echo(app.input.fileno())
    try:
        yield
    finally:
        restore()  # first: a terminal that has gone takes no more output
        app.after_render -= _mark_pastes
        app.output.disable_bracketed_paste()
        app.output.flush()


def _mark_pastes(app: Application[Any]) -> None:
    """Have pastes marked after a prompt too, which has just switched that off itself.

    An editor runs while its prompt is not done, and gets pastes unmarked, as elsewhere.
    """
    if app.is_done:
        app.output.enable_bracketed_paste()
        app.output.flush()


_INPUT, _LOCAL = 0, 3  # where the flags of each kind stand in a terminal's settings


def stop_echo(terminal: int) -> Callable[[], None]:
    """Have a terminal neither show nor edit what is typed; return what undoes that.

    Called before a prompt, this is what the prompt returns to: there is no moment without it.
    Called before each prompt: a shell that had the terminal after Ctrl-Z leaves its own settings.
    """
    if sys.platform == "win32":  # has no such settings
        return lambda: None
    import termios

    def apply(settings: list[Any]) -> None:
        with suppress(termios.error):  # it was closed
            termios.tcsetattr(terminal, termios.TCSANOW, settings)

    try:
        usual = termios.tcgetattr(terminal)
    except termios.error:  # no terminal
        return lambda: None
    silent = usual.copy()
    # Enter must not become another key, nor Backspace and Ctrl-D act on a line here.
    silent[_INPUT] &= ~termios.ICRNL
    silent[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    apply(silent)
    return partial(apply, usual)
