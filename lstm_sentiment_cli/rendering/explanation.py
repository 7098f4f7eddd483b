"""Why a text was answered so: its words in colours, the strongest of them, and all as a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lstm_sentiment_cli.rendering.blocks import ellipsis
from lstm_sentiment_cli.rendering.cells import fitted

if TYPE_CHECKING:
    from lstm_sentiment_cli.inference.explanation import Explanation


def coloured(
    text: str,
    explanation: "Explanation",
    width: int,
    *,
    labels: Sequence[str],
    unicode: bool = True,
    colour: bool = True,
) -> Text:
    """Return the whole text, wrapped to the width, each word in the colour of what it speaks for.

    Without colour the sign is written: "+good", "-bad", twice for the strongest.
    `labels` are those of the model, in its order: they choose the colours, as in bars.
    """
    return Text(fitted(text, width, ellipsis(unicode)))


def strongest(
    explanation: "Explanation",
    width: int,
    *,
    labels: Sequence[str],
    unicode: bool = True,
    colour: bool = True,
) -> Text:
    """Return one line that names the three strongest units; an empty Text where none counts."""
    return Text("")


def contributions_table(
    explanation: "Explanation",
    width: int,
    *,
    labels: Sequence[str],
    unicode: bool = True,
    colour: bool = True,
) -> Text:
    """Return a line for each unit, strongest first: its contribution, a bar, the unit."""
    return Text("")
