"""How a line could go on, from what was typed before."""

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document


class NewestLine(AutoSuggest):
    """Suggests the rest of the newest line that begins like the one being typed."""

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """Return that rest, None where nothing was typed or no line begins so."""
        typed = document.current_line
        if not typed.strip("/ "):  # a slash alone opens the menu of commands
            return None
        for entry in reversed(buffer.history.get_strings()):
            # Most entries are passed over without being split: this follows every key.
            if typed in entry:
                for line in reversed(entry.split("\n")):
                    if line.startswith(typed):
                        return Suggestion(line[len(typed) :])
        return None
