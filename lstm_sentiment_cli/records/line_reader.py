"""The reader of formats in which each line is one record, and the plainest of them."""

from collections.abc import Callable, Iterator
from itertools import count, repeat

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.encoding import LineDecoder
from lstm_sentiment_cli.records.record import Record
from lstm_sentiment_cli.records.sources import LineSource

ParseLines = Callable[[list[str], int], list[Record]]
"""From lines, and the number of the first, to their records; an empty line may have none."""


class LineReader:
    """Reads lines and leaves to parse what they mean."""

    def __init__(
        self,
        source: LineSource,
        parse: ParseLines,
        *,
        columns: list[str],
        text_column: str,
        first_line: int = 1,
    ) -> None:
        self.columns = columns
        self.text_column = text_column
        self._source = source
        self._parse = parse
        self._line = first_line
        self._decoder = LineDecoder()

    @property
    def undecodable(self) -> int:
        """Lines so far that held bytes of no character."""
        return self._decoder.undecodable

    def windows(self, size: int) -> Iterator[list[Record]]:
        """Yield what can be had without waiting: at least one record, at most size."""
        try:
            while lines := self._source.take(size):
                records = self._parse(self._decoder.decode_all(lines), self._line)
                self._line += len(lines)
                if records:
                    yield records
        finally:
            self.close()

    def close(self) -> None:
        """Stop reading."""
        self._source.close()


def open_lines(source: LineSource, path: str, text_column: str | None) -> LineReader:
    """Read each line as a text, whatever it holds."""
    if text_column is not None:
        raise SentimentError(
            f"{path} is read as plain lines, which have no column '{text_column}'; "
            "name its format with --input-format"
        )
    return LineReader(source, _parse, columns=[], text_column="text")


def _parse(lines: list[str], first_line: int) -> list[Record]:
    texts = [line.removesuffix("\r") for line in lines]
    rows = zip(texts, repeat(None), count(first_line), repeat(None), strict=False)
    # What Record(*row) does, without a call of Python's for each line: a third of the time.
    return list(map(tuple.__new__, repeat(Record), rows))
