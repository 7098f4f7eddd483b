"""What was typed in earlier conversations: a private file that stays small."""

import json
import os
import stat
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import platformdirs
from prompt_toolkit.history import History

from lstm_sentiment_cli.atomic import atomic_write, is_forbidden, locked
from lstm_sentiment_cli.errors import SentimentError

MOST_ENTRIES = 2_000
# A pasted book is scored, but nobody wants it back by pressing an arrow key.
LONGEST_ENTRY = 10_000
# Typing waits for no longer than this for another conversation.
_PATIENCE_SECONDS = 2.0


def history_path() -> Path:
    """Return where the history is kept: "~/.local/state/lstm-sentiment/history" on Linux."""
    return platformdirs.user_state_path("lstm-sentiment", appauthor=False) / "history"


class PrivateHistory(History):
    """History in a file that only its owner can read.

    Each line of the file is one entry as JSON, the oldest first. Entries that begin with a space
    are not kept. Conversations at the same time add to the same file, and each sees what was
    there when it began. Whatever is wrong with the file, typing goes on: `take_problem` tells it
    once, and the file is left alone from then on. While nothing is kept, the file is only ever
    emptied.
    """

    def __init__(self, path: Path, most_entries: int = MOST_ENTRIES, *, kept: bool = True) -> None:
        super().__init__()
        # Replacing a link would cut it off from the file it leads to.
        self._path = Path(os.path.realpath(path))
        self._most_entries = most_entries
        self._entries: list[str] = []
        self._problem: str | None = None
        self._given_up = False
        self.kept = False  # whether what is typed is kept for later conversations
        if kept:
            self.resume()

    def load_history_strings(self) -> Iterable[str]:
        """Return what the file held when the conversation began, the newest first."""
        return reversed(self._entries)

    def append_string(self, string: str) -> None:
        """Remember an entry, unless it begins with a space or is very long."""
        if not string.startswith(" ") and len(string) <= LONGEST_ENTRY:
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Add an entry to the file."""
        if self._given_up or not self.kept:
            return
        try:
            with self._locked(), os.fdopen(_open(self._path), "ab") as file:
                file.write(_line(string))
        except OSError as error:
            self._give_up(f"cannot be written ({error.strerror})")
        except SentimentError as error:
            self._problem, self._given_up = str(error), True

    def stop(self) -> None:
        """Keep nothing from now on, and offer nothing of what the file holds."""
        self.kept = False
        self._entries, self._loaded_strings = [], []

    def resume(self) -> None:
        """Keep what is typed from now on."""
        if self.kept:
            return
        self.kept, self._given_up = True, False
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                with os.fdopen(_open(self._path), "rb") as file:
                    lines = file.read().splitlines(keepends=True)
                # A line without an end is what a full disk or a power cut left of the last entry.
                entries = [json.loads(line) for line in lines if line.endswith(b"\n")]
                if not all(isinstance(entry, str) for entry in entries):
                    raise ValueError("not only strings")
                self._entries = entries[-self._most_entries :]
                if len(self._entries) < len(lines):
                    shorter = b"".join(map(_line, self._entries))
                    atomic_write(self._path, shorter, "or pass --no-history", private=True)
        except OSError as error:
            self._give_up(f"cannot be used ({error.strerror})")
        except SentimentError as error:
            self._problem, self._given_up = str(error), True
        except (ValueError, RecursionError):
            self._give_up("is damaged")

    def clear(self) -> None:
        """Forget everything, and empty the file, even if nothing is kept.

        SentimentError if it cannot be emptied. A damaged file is used again after that.
        """
        self._entries, self._loaded_strings = [], []
        try:
            with self._locked(), os.fdopen(_open(self._path, 0), "ab") as file:
                file.truncate(0)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            forbidden = is_forbidden(error)
            remedy = "make it writable, then clear it again" if forbidden else "remove it yourself"
            raise SentimentError(
                f"cannot clear the history {self._path}: {error.strerror}; {remedy}"
            ) from None
        self._given_up = False

    def take_problem(self) -> str | None:
        """Return what is wrong with the file, the first time it is asked for."""
        problem, self._problem = self._problem, None
        return problem

    def _locked(self) -> AbstractContextManager[None]:
        """Wait until no other conversation reads or writes the file."""
        busy = f"history {self._path} is kept locked by another process: going on without it"
        return locked(self._path, SentimentError(f"{busy}; end that process"), _PATIENCE_SECONDS)

    def _give_up(self, why: str) -> None:
        self._problem = (
            f"history {self._path} {why}: going on without it; "
            "remove what is there, or pass --no-history"
        )
        self._given_up = True


def _open(path: Path, if_missing: int = os.O_CREAT) -> int:
    """Open a file for reading and appending, and make it private."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | if_missing, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a file")
    path.chmod(0o600)
    return descriptor


def _line(entry: str) -> bytes:
    return json.dumps(entry).encode() + b"\n"
