"""A file summarized: `/file` shows what the command `summarize` does."""

import re
from collections.abc import Callable
from pathlib import Path
from shlex import quote

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.records.reader import InputFile
from lstm_sentiment_cli.summary.reading import Split, read
from lstm_sentiment_cli.summary.summary import Summary, summarized

_OPTION = re.compile("--(text-column|delimiter|input-format)")


def summarize_file(predictor: Predictor, path: Path, on_progress: Callable[[int], None]) -> Summary:
    """Summarize a file of any format; Ctrl-C ends it with the results so far."""
    # Standard input is where the conversation is typed: here "-" is a file of that name.
    given = "./-" if str(path) == "-" else str(path)
    try:
        reading = read(
            [InputFile(given)],
            Split(),
            lambda: predictor,
            on_progress,
            scored_by=lambda: predictor.manifest,
            stoppable=True,
        )
    except SentimentError as error:
        # /file has no options, the command has.
        command = f"lstm-sentiment summarize {quote(given)}"
        said = _OPTION.sub(lambda option: f"{command} {option[0]}", str(error))
        raise SentimentError(said.replace("--text-column)", "--text-column NAME)")) from None
    return summarized(reading)
