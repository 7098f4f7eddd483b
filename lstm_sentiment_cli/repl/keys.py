"""The keys that differ from prompt_toolkit's own."""

from dataclasses import dataclass

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER, SEARCH_BUFFER
from prompt_toolkit.filters import (
    emacs_mode,
    has_focus,
    has_selection,
    vi_insert_mode,
    vi_navigation_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.key_binding.key_bindings import KeyBindingsBase
from prompt_toolkit.keys import Keys

from lstm_sentiment_cli.repl.editor import edit
from lstm_sentiment_cli.repl.entry import as_text
from lstm_sentiment_cli.repl.tab import tab

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
