"""A threshold or an uncertain band that was found: to paste, and what it does."""

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.metrics import name, plain_table, share

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.metrics import Interval
    from lstm_sentiment_cli.evaluation.threshold import Found
    from lstm_sentiment_cli.inference.decision import Decision


def to_paste(decision: "Decision") -> Text:
    """Return the rule as options of `predict`, and as lines of lstm-sentiment.toml."""
    options, settings = [], ["[predict]"]
    if decision.threshold is not None:
        options.append(f"--threshold {decision.threshold:g}")
        settings.append(f"threshold = {decision.threshold:g}")
    if decision.uncertain is not None:
        band = ",".join(f"{end:g}" for end in decision.uncertain)
        options.append(f"--uncertain {band}")
        settings.append(f'uncertain = "{band}"')
    return Text.assemble(
        "options of predict:\n",
        (f"  {' '.join(options)}\n", "bold"),
        "or in lstm-sentiment.toml:",
        *(f"\n  {line}" for line in settings),
    )


def figures_table(found: "Found") -> Table:
    """Return what the rule does to the rows as a whole."""
    answers, gain = found.answers, found.gain
    table = plain_table("figure", "value (95% interval)")
    if gain is None:
        table.add_row("rows answered", f"{answers.coverage:.1%}")
        table.add_row("accuracy of these", share(answers.accuracy))
    else:
        what = gain.objective.replace("-", " ").replace("f1", "F1")
        table.add_row(f"{what} at 0.5", f"{gain.before:.1%}")
        table.add_row(f"{what} at {found.decision.threshold:g}", f"{gain.after:.1%}")
        table.add_row("difference", _difference(gain.difference))
    table.add_row("rows", f"{answers.rows:,}")
    return table


def answers_table(found: "Found") -> Table:
    """Return one line for each label: how often its answers are right, how many are found."""
    table = plain_table("label", "precision", "recall", "answers")
    for label, its in found.answers.by_label.items():
        table.add_row(
            name(label), share(its.precision), f"{its.recall.value:.1%}", f"{its.answers:,}"
        )
    return table


def _difference(interval: "Interval") -> str:
    """Return a difference of shares: "+0.1 points (-0.2 to +0.3)"."""
    value, low, high = (100 * bound for bound in interval)
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"
