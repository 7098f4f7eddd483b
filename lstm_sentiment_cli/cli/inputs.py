"""What `predict` reads: texts of the command line, one file, or several as if they were one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, repeat
from pathlib import Path
from typing import Protocol

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.read import open_records
from lstm_sentiment_cli.records.record import Record, RecordReader


class Reader(Protocol):
    """As much of a RecordReader as is needed here."""

    @property
    def columns(self) -> list[str]:
        """The columns of the input; [] for plain lines."""

    @property
    def text_column(self) -> str:
        """The column of the text; "text" for plain lines."""

    @property
    def undecodable(self) -> int:
        """How many records held bytes of no character, so far."""

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size."""


class Arguments:
    """Texts of the command line, as the records of plain lines."""

    text_column = "text"

    def __init__(self, texts: Sequence[str]) -> None:
        self.columns: list[str] = []
        self._texts = [_decoded(text) for text in texts]
        pairs = zip(texts, self._texts, strict=True)
        self.undecodable = sum("\ufffd" in text and text != argument for argument, text in pairs)

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield all of them: the shell bounds how many there can be."""
        del size
        yield list(map(Record, self._texts, repeat(None), count(1), repeat(None)))


class Together:
    """Several inputs, one after the other; the first tells the columns."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers = readers
        self.columns = readers[0].columns
        self.text_column = readers[0].text_column

    @property
    def undecodable(self) -> int:
        """How many records held bytes of no character, so far."""
        return sum(reader.undecodable for reader in self._readers)

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield the windows of each."""
        return chain.from_iterable(reader.windows(size) for reader in self._readers)


@dataclass
class _Reopened:
    """A file that was opened to see its columns, and is opened again when its turn comes.

    So that no more than one file of many is open, and read ahead, at a time.
    """

    open: Callable[[], RecordReader]

    def __post_init__(self) -> None:
        self._reader = self.open()
        self._reader.close()

    @property
    def columns(self) -> list[str]:
        return self._reader.columns

    @property
    def text_column(self) -> str:
        return self._reader.text_column

    @property
    def undecodable(self) -> int:
        return self._reader.undecodable

    def windows(self, size: int) -> Iterator[list[Record]]:
        self._reader = self.open()
        yield from self._reader.windows(size)


def open_inputs(
    paths: Sequence[str],
    *,
    format: str | None,  # noqa: A002  # the option's name
    text_column: str | None,
    encoding: str,
    same_columns: bool,
) -> Reader:
    """Open files, "-" for standard input; all of them must be there before one is read."""
    if paths.count("-") > 1:
        raise SentimentError("standard input can be read once; name it once with --input -")
    readers: list[Reader] = []
    for path in paths:
        opened = partial(
            open_records, path, format=format, text_column=text_column, encoding=encoding
        )
        again = len(paths) > 1 and Path(path).is_file()
        reader: Reader = _Reopened(opened) if again else opened()
        readers.append(reader)
        if same_columns and reader.columns != readers[0].columns:
            raise SentimentError(
                f"{path} has other columns than {paths[0]}; score them one by one, "
                "or with --format tsv"
            )
    return Together(readers) if len(readers) > 1 else readers[0]


def _decoded(argument: str) -> str:
    r"""Return text without what is no character: "caf\udce9" → "caf\ufffd"."""
    try:
        # Python hides bytes of no character in lone surrogates; if it was started without UTF-8,
        # those of good characters too.
        return argument.encode(errors="surrogateescape").decode(errors="replace")
    except UnicodeEncodeError:  # half a character, as Windows allows
        return argument.encode(errors="surrogatepass").decode(errors="replace")
