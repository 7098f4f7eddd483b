"""Which column holds the text, and which the label."""

from collections.abc import Sequence

from lstm_sentiment_cli.errors import SentimentError, suggestion

TEXT_COLUMNS = ("text", "tweet", "sentence", "content", "message")
LABEL_COLUMNS = ("label", "sentiment", "polarity", "target", "class")


def text_column(columns: Sequence[str], given: str | None, path: str) -> str:
    """Return the column of the text; the only column there is will do under any name."""
    if given is None and len(columns) == 1:
        if ";" in columns[0] or "\t" in columns[0]:
            raise SentimentError(
                f"{path} seems to be separated otherwise than its ending says: its only column is "
                f"'{columns[0]}'; save it with commas, or as .tsv with tabs"
            )
        return columns[0]
    return _choose(columns, given, TEXT_COLUMNS, "text", path)


def label_column(columns: Sequence[str], given: str | None, path: str) -> str:
    """Return the column of the label."""
    return _choose(columns, given, LABEL_COLUMNS, "label", path)


def check_distinct(columns: Sequence[str], path: str) -> None:
    """Raise SentimentError when two columns have one name."""
    for name in columns:
        if columns.count(name) > 1:
            raise SentimentError(
                f"{path}: column '{name}' occurs twice in the header; rename one of them"
            )


def _choose(
    columns: Sequence[str], given: str | None, common: tuple[str, ...], what: str, path: str
) -> str:
    """Return the column that was given, or the usual one, or the only one of a common name."""
    if given is not None:
        if given in columns:
            return given
        raise _no_column(columns, given, suggestion(given, columns), f"--{what}-column", path)
    if what in columns:
        return what
    found = [name for name in columns if name.strip().casefold() in common]
    if len(found) == 1:
        return found[0]
    hint = suggestion(what, columns)
    raise _no_column(columns, what, hint, f"name the {what}'s with --{what}-column", path)


def _no_column(
    columns: Sequence[str], wanted: str, hint: str, remedy: str, path: str
) -> SentimentError:
    there = ", ".join(columns) if columns else "none"
    return SentimentError(f"{path} has no column '{wanted}'{hint}; columns: {there} ({remedy})")
