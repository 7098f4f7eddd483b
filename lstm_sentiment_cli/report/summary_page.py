"""One HTML page of a summary: groups as dots, the shares over time, words and texts."""

import logging
import math

from lstm_sentiment_cli.evaluation.metrics import Interval
from lstm_sentiment_cli.figures import counted, points
from lstm_sentiment_cli.rendering.style import label_colours
from lstm_sentiment_cli.rendering.summaries import name_of
from lstm_sentiment_cli.report import plots
from lstm_sentiment_cli.report.page import rendered
from lstm_sentiment_cli.report.pictures import Picture
from lstm_sentiment_cli.summary.groups import FEW
from lstm_sentiment_cli.summary.summary import Summary

_NONE = Interval(math.nan, math.nan, math.nan)
_MOST_LINES = 4  # labels; more would hide each other


def summary_page(summary: Summary, *, naive: bool = False) -> str:
    """Return the page; all text from users is escaped."""
    # Matplotlib would report its caches and the fonts it looks for.
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    labels = summary.labels if len(summary.labels) > 2 else summary.labels[:1]
    groups = [*summary.rows, *([summary.whole] if summary.groups else [])]
    return rendered(
        "summary.html",
        summary=summary,
        labels=summary.labels,
        shown_labels=labels,
        naive=naive,
        few=FEW,
        rows=[(name_of(group, summary), group) for group in groups],
        texts=[(name_of(group, summary), group) for group in summary.groups or (summary.whole,)],
        differences=_differences(summary),
        files=summary.reading.names,
        told=counted(summary.whole.texts, "text"),
        pictures={each.name: each for each in _pictures(summary, labels[:_MOST_LINES])},
        swatches={
            label: plots.variable(colour) for label, colour in label_colours(summary.labels).items()
        },
    )


def _differences(summary: Summary) -> list[tuple[str, str, str, bool]]:
    """Return name, label, difference, and whether it is more than chance, of each one tested."""
    return [
        (name_of(group, summary), label, points(gap), differs)
        for group in summary.groups
        for label, gap, differs in zip(
            summary.labels, group.differences, group.differs, strict=False
        )
    ]


def _pictures(summary: Summary, labels: tuple[str, ...]) -> list[Picture]:
    found = []
    if summary.groups:
        groups = [*summary.rows, summary.whole]
        shares = {
            label: [group.shares[place] for group in groups] for place, label in enumerate(labels)
        }
        names = [name_of(group, summary) for group in groups]
        caption = "Dots are shares, lines their 95% intervals."
        drawn = plots.shares_of_groups(names, shares)
        found.append(Picture("groups", "Groups", caption, drawn))
    if periods := summary.whole.periods:
        starts = [each.start for each in periods]
        over = {
            label: [each.shares[place] if each.shares else _NONE for each in periods]
            for place, label in enumerate(labels)
        }
        caption = f"The share in each {summary.every}, and its 95% interval as a band."
        few = [0 < each.texts < FEW for each in periods]
        if any(few):
            caption += f" Dots are hollow where there are fewer than {FEW} texts."
        drawn = plots.shares_over_time(starts, over, few)
        found.append(Picture("over_time", "Share over time", caption, drawn))
        drawn = plots.volume(starts, [each.texts for each in periods])
        found.append(Picture("volume", "Texts", f"The texts of each {summary.every}.", drawn))
    return found
