"""Records, and short ways to write and read them."""

from importlib.util import find_spec

import numpy as np
import pytest

from lstm_sentiment_cli.records.encoders import Window
from lstm_sentiment_cli.records.reader import InputFile, open_records
from lstm_sentiment_cli.records.record import Record, output_columns
from lstm_sentiment_cli.records.writer import OutputFile, open_writer

LABELS = ("positive", "negative")
PARQUET = pytest.param(
    "parquet",
    marks=pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed"),
)
NAN = float("nan")
GOOD = Record("good", None, 1, None)
UNREADABLE = Record(None, None, 2, "broken")


def probabilities(*rows):
    return np.array(rows, np.float32).reshape(len(rows), -1)


def writer(
    kind, path, *, labels=LABELS, columns=(), text_column="text", header=False, force=False, **more
):
    file = OutputFile(str(path), kind, header, force)
    return open_writer(file, output_columns(labels, columns, text_column, **more))


def write_window(
    path, records, *, kind="tsv", predicted=None, scores=None, labels=LABELS, **options
):
    """Write one window in which everything is positive with 0.7, unless said otherwise."""
    predicted = predicted or ["positive"] * len(records)
    scores = scores if scores is not None else probabilities(*[[0.7, 0.3]] * len(records))
    with writer(kind, path, labels=labels, **options) as put:
        put(Window(records, predicted, scores))
    return path.read_bytes()


def read_texts(path, column="text"):
    windows = open_records(InputFile(path, text_column=column)).windows(100)
    return [record.text for window in windows for record in window]


def records_of(path, size=100, **options):
    return [
        record
        for window in open_records(InputFile(path, **options)).windows(size)
        for record in window
    ]


def write_nothing(kind, path, **options):
    with writer(kind, path, **options):
        pass


def lines_of(source):
    while lines := source.take(1):
        yield lines[0]


def brief(records):
    """Return text or problem with the line: what a table of cases can show."""
    return [(record.line, record.text or record.problem) for record in records]
