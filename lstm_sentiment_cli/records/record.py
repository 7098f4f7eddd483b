"""A record, the columns of an input, and those that an output adds."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from lstm_sentiment_cli.errors import SentimentError, suggestion
from lstm_sentiment_cli.figures import listed


class Record(NamedTuple):
    """A line, row or object of an input; an unreadable one has a problem instead of a text."""

    text: str | None  # None: it could not be read
    fields: Mapping[str, object] | None
    """The columns of the input in order, as far as they could be read; None for plain lines."""
    line: int  # where it begins, from 1 (in parquet: which row)
    problem: str | None  # why it could not be read


def texts_of(records: Sequence[Record]) -> Sequence[str | None]:
    """Return the texts of records; those of a column are there without making the records."""
    texts: Sequence[str | None] | None = getattr(records, "texts", None)
    return [record.text for record in records] if texts is None else texts


def map_values(value: Any, change: Callable[[Any], Any]) -> Any:
    """Change each value in lists and objects of JSON, and the names in objects too."""
    if isinstance(value, list):
        return [map_values(item, change) for item in value]
    if isinstance(value, Mapping):
        return {change(name): map_values(item, change) for name, item in value.items()}
    return change(value)


def reach(fields: Mapping[str, object], name: str) -> object:
    """Return a field, or one inside of another: "data.text"; None if there is none."""
    if name in fields or "." not in name:
        return fields.get(name)
    outer, _, rest = name.partition(".")
    inner = fields.get(outer)
    return reach(inner, rest) if isinstance(inner, dict) else None


_MOST_INSIDE = 1000
_MOST_LISTED = 30


def _inside(fields: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of fields inside of others: "data.id", "data.text"."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from (f"{name}.{each}" for each in (*value, *_inside(value)))


class NoColumnError(SentimentError):
    """There is no column of this name, or none with a usual one; `columns` are those there are."""

    def __init__(self, message: str, option: str, columns: Sequence[str]) -> None:
        super().__init__(message, option)
        self.columns = columns


TEXT_COLUMNS = ("text", "tweet", "sentence", "content", "message")
LABEL_COLUMNS = ("label", "sentiment", "polarity", "target", "class")
_COMMON = {"text": TEXT_COLUMNS, "label": LABEL_COLUMNS}


First = Mapping[str, object] | None
"""A record of an input whose fields may have fields inside, to see which there are."""


def find_text_column(
    header: Sequence[str], given: str | None, path: str, first: First = None
) -> str:
    """Return the column of the text; a single column may have any name.

    `first` is a record, if fields may have fields inside, which are named "data.text".
    An empty file has no columns, and no records for which a name could be wrong.
    """
    if not header:
        return given or "text"
    if given is None and len(header) == 1 and not isinstance((first or {}).get(header[0]), dict):
        if sign := next((sign for sign in ";\t|" if sign in header[0]), None):
            delimiter = "tab" if sign == "\t" else f"'{sign}'"
            raise SentimentError(
                f"{path} does not look like csv or tsv: its only column is '{header[0]}'; "
                f"if {delimiter} separates its columns, name it with --delimiter {delimiter}",
                "delimiter",
            )
        return header[0]
    return _choose(header, given, "text", path, first)


def find_label_column(
    header: Sequence[str], given: str | None, path: str, first: First = None
) -> str:
    """Return the column of the label."""
    return _choose(header, given, "label", path, first)


def has_label_column(header: Sequence[str]) -> bool:
    """Return whether a column has one of the usual names of a label."""
    return not {name.strip().casefold() for name in header}.isdisjoint(LABEL_COLUMNS)


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


def _choose(header: Sequence[str], given: str | None, what: str, path: str, first: First) -> str:
    """Return the given column, or the usual one, or the only one with a common name."""
    columns, option = distinct_names(header), f"{what}_column"
    inside = list(islice(_inside(first or {}), _MOST_INSIDE))
    usual = "full_text" if what == "text" and "full_text" in columns else what
    wanted, remedy = given or usual, f"name the column of the {what} with --{what}-column"
    # What one record lacks, where it has nothing to look into, another may have.
    outer, dot, _ = wanted.partition(".")
    if wanted in columns or wanted in inside or (dot and (first or {}).get(outer, 0) is None):
        return wanted
    if wanted in header:
        alike = [name for name, old in zip(columns, header, strict=True) if old == wanted]
        raise SentimentError(
            f"{path} has {len(alike)} columns '{wanted}'; rename one, or name "
            f"{' or '.join(alike)} with --{what}-column",
            option,
        )
    if given is None:
        found = [name for name in columns if name.strip().casefold() in _COMMON[what]]
        if len(found) == 1:
            return found[0]
        if deeper := [name for name in inside if name.endswith((f".{what}", f".full_{what}"))]:
            remedy = f"pass --{what}-column {deeper[0]}"
    else:
        remedy = f"--{what}-column"
    raise NoColumnError(
        f"{path} has no column '{wanted}'{suggestion(wanted, [*columns, *inside])}; "
        f"columns: {listed(columns, _MOST_LISTED)} ({remedy})",
        option,
        columns,
    )


class OutputColumns(NamedTuple):
    """The columns of an output: those of the input, then ours."""

    input: list[str]
    text: str  # the column of the input that has the text
    answer: list[str]  # predicted, and p_LABEL for each label
    explanation: list[str]  # empty, explanation, or for three labels explained, explanation
    doubts: list[str]  # empty, or doubts
    header: Sequence[str] = ()  # how the input names its columns, if some are alike
    schema: Any = None  # of Arrow, if the input has one

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
    schema: Any = None,
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
        schema,
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


def known_fields(record: Record, columns: OutputColumns) -> Mapping[str, object]:
    """Return the fields of a record; raise SentimentError if one has no column."""
    if record.fields is None:
        return {columns.text: record.text}
    known = columns.input
    for name in record.fields:
        if name not in known:
            raise SentimentError(
                f"the record at line {record.line} has a field '{name}' that the first record "
                "does not have; write --format jsonl, where each record can have its own fields"
            )
    return record.fields
