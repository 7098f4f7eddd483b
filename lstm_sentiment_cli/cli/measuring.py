"""Labelled files through a model, as several commands ask for it."""

from collections.abc import Sequence
from pathlib import Path

from lstm_sentiment_cli.cli.counting import counting
from lstm_sentiment_cli.cli.terminal import Terminal
from lstm_sentiment_cli.evaluation.peers import Peer
from lstm_sentiment_cli.evaluation.run import Measured, evaluate_files
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.data_file import DataFile


def measure(
    predictor: Predictor,
    paths: Sequence[Path],
    terminal: Terminal,
    against: Peer | None = None,
    *,
    text_column: str | None,
    label_column: str | None,
    encoding: str,
    skip_unreadable: bool,
) -> Measured:
    """Measure a model on labelled files; say how far it is, and what was left out.

    A peer is measured on the same rows.
    """
    files = [
        DataFile(path, text_column=text_column, label_column=label_column, encoding=encoding)
        for path in paths
    ]
    with counting(terminal, "examples") as on_progress:
        measured = evaluate_files(
            predictor, files, against, skip_unreadable=skip_unreadable, on_progress=on_progress
        )
    for remark in measured.remarks():
        terminal.say(remark)
    return measured
