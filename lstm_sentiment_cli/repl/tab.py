"""Tab: takes what there is to take, however fast the next key follows."""

from threading import Thread

from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completion, get_common_complete_suffix
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import emacs_insert_mode, has_focus, vi_insert_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

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
