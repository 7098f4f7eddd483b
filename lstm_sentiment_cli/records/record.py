"""A record, the columns of an input, and those that an output adds."""

from collections.abc import Callable, Container, Sequence
from typing import Any, NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion


class Record(NamedTuple):
    """A line, row or object of an input; an unreadable one has a problem instead of a text."""

    text: str | None  # None: it could not be read
    fields: dict[str, object] | None
    """The columns of the input in order, as far as they could be read; None for plain lines."""
    line: int  # where it begins, from 1 (in parquet: which row)
    problem: str | None  # why it could not be read


def map_values(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change each value in lists and objects of JSON, and the names in objects too."""
    if isinstance(value, list):
        return [map_values(item, change) for item in value]
    if isinstance(value, dict):
        return {change(name): map_values(item, change) for name, item in value.items()}
    return change(value)


TEXT_COLUMNS = ("text", "tweet", "sentence", "content", "message")
LABEL_COLUMNS = ("label", "sentiment", "polarity", "target", "class")


def find_text_column(columns: Sequence[str], given: str | None, path: str) -> str:
    """Return the column of the text; a single column may have any name.

    An empty file has no columns, and no records for which a name could be wrong.
    """
    if not columns:
        return given or "text"
    if given is None and len(columns) == 1:
        if ";" in columns[0] or "\t" in columns[0]:
            raise SentimentError(
                f"{path} does not look like csv or tsv: its only column is '{columns[0]}'; "
                "save it with commas, or as .tsv with tabs"
            )
        return columns[0]
    return _choose(columns, given, TEXT_COLUMNS, "text", path)


def find_label_column(columns: Sequence[str], given: str | None, path: str) -> str:
    """Return the column of the label."""
    return _choose(columns, given, LABEL_COLUMNS, "label", path)


def check_distinct(columns: Sequence[str], path: str) -> None:
    """Raise SentimentError when two columns have the same name."""
    for name in columns:
        if columns.count(name) > 1:
            raise SentimentError(
                f"{path}: column '{name}' occurs twice in the header; rename one of them"
            )


def _choose(
    columns: Sequence[str], given: str | None, common: tuple[str, ...], what: str, path: str
) -> str:
    """Return the given column, or the usual one, or the only one with a common name."""
    if given is not None:
        if given in columns:
            return given
        wanted, remedy = given, f"--{what}-column"
    elif what in columns:
        return what
    else:
        found = [name for name in columns if name.strip().casefold() in common]
        if len(found) == 1:
            return found[0]
        wanted, remedy = what, f"name the column of the {what} with --{what}-column"
    raise SentimentError(
        f"{path} has no column '{wanted}'{suggestion(wanted, columns)}; "
        f"columns: {', '.join(columns)} ({remedy})",
        f"{what}_column",
    )


class OutputColumns(NamedTuple):
    """The columns of an output: those of the input, then ours."""

    input: list[str]
    text: str  # the column of the input that has the text
    answer: list[str]  # predicted, and p_LABEL for each label
    explanation: list[str]  # empty, explanation, or for three labels explained, explanation
    doubts: list[str]  # empty, or doubts

    @property
    def ours(self) -> list[str]:
        """The columns that the input does not have."""
        return self.answer + self.explanation + self.doubts

    @property
    def names(self) -> list[str]:
        """All of them, in their order."""
        return self.input + self.ours


def output_columns(
    labels: Sequence[str],
    columns: Sequence[str] = (),
    text_column: str = "text",
    *,
    prefix: str = "",
    explained: bool = False,
    doubted: bool = False,
) -> OutputColumns:
    """Return the columns for these labels; `columns` are the input's, none if it has no names."""
    explanation = ["explained", "explanation"] if len(labels) > 2 else ["explanation"]
    return OutputColumns(
        list(columns) or [text_column],
        text_column,
        [prefix + name for name in ("predicted", *(f"p_{label}" for label in labels))],
        [prefix + name for name in explanation if explained],
        [f"{prefix}doubts"] if doubted else [],
    )


def check_free(columns: Container[str], ours: Sequence[str]) -> None:
    """Raise SentimentError when the input has a column with the name of one of ours."""
    for name in ours:
        if name in columns:
            raise SentimentError(
                f"the input already has a column '{name}'; "
                "choose a prefix for the new columns, for example: --prefix model_",
                "prefix",
            )


def known_fields(record: Record, columns: OutputColumns) -> dict[str, object]:
    """Return the fields of a record; raise SentimentError if one has no column."""
    if record.fields is None:
        return {columns.text: record.text}
    known = columns.input
    for name in record.fields:
        if name not in known:
            raise SentimentError(
                f"the record at line {record.line} has a field '{name}' that the first record "
                "does not have; write --format jsonl, which has room for it"
            )
    return record.fields
