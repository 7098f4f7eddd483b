"""Counts as bars: a line each, the names before them and the figures between."""

from collections.abc import Mapping

from rich.text import Text

from lstm_sentiment_cli.rendering.bars import percentage
from lstm_sentiment_cli.rendering.blocks import bar, ellipsis
from lstm_sentiment_cli.rendering.cells import cells, fitted, padded

_SHORTEST_BAR = 4


def count_bars(
    counts: Mapping[str, int],
    width: int,
    *,
    unicode: bool = True,
    colours: Mapping[str, str] | None = None,
) -> Text:
    """Return one line for each count, the longest bar for the highest: "positive  12  60.0% ██".

    The percentage is of the sum of the counts.
    """
    total, highest = max(sum(counts.values()), 1), max([*counts.values(), 1])
    figures = {name: f"{count:,} {percentage(count / total)}" for name, count in counts.items()}
    figure_cells = max(map(len, figures.values()), default=0)
    widest = max((cells(fitted(name, width)) for name in counts), default=0)
    # A line is: name, space, count, space, percentage, space, bar.
    room = width - figure_cells - 2
    name_cells = max(min(widest, room - _SHORTEST_BAR), 1)
    lines = []
    for name, count in counts.items():
        drawn = bar(count / highest, room - name_cells, unicode=unicode)
        head = f"{padded(name, name_cells, ellipsis(unicode))} {figures[name]:>{figure_cells}} "
        lines.append(Text.assemble(head, (drawn, (colours or {}).get(name, ""))))
    return Text("\n").join(lines)
