"""A text in the user's own editor."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.visible import visible

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
