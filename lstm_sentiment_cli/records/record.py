"""A record, the columns of an input, and those that an output adds."""

from collections import Counter
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


def find_text_column(header: Sequence[str], given: str | None, path: str) -> str:
    """Return the column of the text; a single column may have any name.

    An empty file has no columns, and no records for which a name could be wrong.
    """
    if not header:
        return given or "text"
    if given is None and len(header) == 1:
        if ";" in header[0] or "\t" in header[0]:
            raise SentimentError(
                f"{path} does not look like csv or tsv: its only column is '{header[0]}'; "
                "save it with commas, or as .tsv with tabs"
            )
        return header[0]
    return _choose(header, given, TEXT_COLUMNS, "text", path)


def find_label_column(header: Sequence[str], given: str | None, path: str) -> str:
    """Return the column of the label."""
    return _choose(header, given, LABEL_COLUMNS, "label", path)


def distinct_names(header: Sequence[str]) -> list[str]:
    """Return a header with numbers where names repeat: id, a, a, "" → id, a_1, a_2, ""."""
    times, numbers = Counter(header), Counter[str]()
    names: list[str] = []
    for name in header:
        distinct = name
        while times[name] > 1 and (distinct in times or distinct in names):
            numbers[name] += 1
            distinct = f"{name or 'column'}_{numbers[name]}"
        names.append(distinct)
    return names


def _choose(
    header: Sequence[str], given: str | None, common: tuple[str, ...], what: str, path: str
) -> str:
    """Return the given column, or the usual one, or the only one with a common name."""
    columns, option = distinct_names(header), f"{what}_column"
    wanted, remedy = given or what, f"name the column of the {what} with --{what}-column"
    if wanted in columns:
        return wanted
    if wanted in header:
        alike = [name for name, old in zip(columns, header, strict=True) if old == wanted]
        raise SentimentError(
            f"{path} has {len(alike)} columns '{wanted}'; rename one, or name "
            f"{' or '.join(alike)} with --{what}-column",
            option,
        )
    if given is None:
        found = [name for name in columns if name.strip().casefold() in common]
        if len(found) == 1:
            return found[0]
    else:
        remedy = f"--{what}-column"
    raise SentimentError(
        f"{path} has no column '{wanted}'{suggestion(wanted, columns)}; "
        f"columns: {', '.join(columns)} ({remedy})",
        option,
    )


class OutputColumns(NamedTuple):
    """The columns of an output: those of the input, then ours."""

    input: list[str]
    text: str  # the column of the input that has the text
    answer: list[str]  # predicted, and p_LABEL for each label
    explanation: list[str]  # empty, explanation, or for three labels explained, explanation
    doubts: list[str]  # empty, or doubts
    header: Sequence[str] = ()  # how the input names its columns, if some are alike

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
    header: Sequence[str] = (),
) -> OutputColumns:
    """Return the columns for these labels; `columns` are the input's, none if it has no names."""
    explanation = ["explained", "explanation"] if len(labels) > 2 else ["explanation"]
    return OutputColumns(
        list(columns) or [text_column],
        text_column,
        [prefix + name for name in ("predicted", *(f"p_{label}" for label in labels))],
        [prefix + name for name in explanation if explained],
        [f"{prefix}doubts"] if doubted else [],
        header,
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
