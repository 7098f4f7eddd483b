"""Files that are there whole or not at all, whatever ends the process; no TensorFlow here."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lstm_sentiment_cli.errors import SentimentError


def write_whole(
    path: Path, write: Callable[[BinaryIO], object], *, aside: str, cannot: str, remedy: str
) -> None:
    """Write a file under the name `aside`, then rename it: a kill leaves it as it was.

    When that fails, SentimentError says "`cannot` PATH: why; free some space `remedy`".
    """
    draft = path.with_name(aside)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise SentimentError(
            f"{cannot} {path}: {error.strerror}; free some space {remedy}"
        ) from None
