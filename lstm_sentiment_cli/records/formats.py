"""The formats of records, and which one a file's name means."""

from pathlib import PurePath

from lstm_sentiment_cli.errors import SentimentError, suggestion

INPUT_FORMATS = ("lines", "csv", "tsv", "jsonl", "parquet")
OUTPUT_FORMATS = ("tsv", "csv", "jsonl", "parquet")
CONTAINERS = (".gz", ".bz2", ".xz", ".zip")

_BY_ENDING = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


def format_of(path: str) -> str | None:
    """Return what the name says of the format: "a.csv.gz" → "csv", "notes.txt" → None."""
    name = PurePath(path)
    if name.suffix.lower() in CONTAINERS:
        name = name.with_suffix("")
    return _BY_ENDING.get(name.suffix.lower())


def check_format(name: str, known: tuple[str, ...], option: str) -> None:
    """Raise SentimentError when this is not the name of a format."""
    if name not in known:
        raise SentimentError(
            f"unknown format '{name}'{suggestion(name, known)}; choose from {', '.join(known)}",
            option,
        )
