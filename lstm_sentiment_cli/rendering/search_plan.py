"""What a tuning will do, before it does it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from lstm_sentiment_cli.rendering.durations import lasting
from lstm_sentiment_cli.rendering.leaderboard import knob_text
from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.estimate import Estimate, Span
    from lstm_sentiment_cli.tuning.plan import Plan
    from lstm_sentiment_cli.tuning.search import Search
    from lstm_sentiment_cli.tuning.space import Space

_PROPOSERS = {"bayesian": "Bayesian optimisation", "random": "chance", "grid": "a grid"}


def space_table(space: "Space") -> Table:
    """Return a line for each knob that is searched: what is tried, and what the reference has."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text("knob"), no_wrap=True)
    table.add_column(Text("tried"), overflow="fold")
    table.add_column(Text("reference"), overflow="fold")
    reference = space.reference()
    for name, searched in space.to_json().items():
        table.add_row(*map(Text, (name, _tried(searched), knob_text(reference[name]))))
    return table


def plan_lines(plan: "Plan", estimate: "Estimate") -> list[str]:
    """Return what is the same in all trials, how many there are, on which rows, for how long."""
    search, rows = plan.search, plan.to_json()["rows"]
    limits = [f"at most {search.trials:,} trials"] if search.trials else []
    limits += [f"at most {lasting(search.seconds)}"] if search.seconds else []
    held_out = f"{rows['held_out']:,}" if plan.held_out else "none"
    return [
        _fixed(search.space),
        *moved_lines(plan.moved),
        f"labels: {', '.join(map(visible, search.labels))}",
        f"{', '.join(limits)}; {search.folds} folds each; proposed by "
        f"{_PROPOSERS[search.algorithm]}, compared by {search.objective.replace('_', ' ')}",
        f"{rows['all']:,} rows, {held_out} of them held out from all trials; a fold learns "
        f"{rows['learnt_in_a_fold']:,} and is measured on {rows['measured_in_a_fold']:,}",
        _times(estimate, search),
        "(from a short training of the reference here: the least if every fold stops early as "
        "soon as it may, the most if none does; other networks take more or less)",
    ]


def moved_lines(moved: Mapping[str, Any]) -> list[str]:
    """Return what of the reference the space has not."""
    if not moved:
        return []
    knobs = ", ".join(f"{name} {knob_text(value)}" for name, value in moved.items())
    return [f"not in the space: the reference's {knobs}; trial 0 is as near to it as there is"]


def _fixed(space: "Space") -> str:
    knobs = ", ".join(
        f"{name} {knob_text(value)}"
        for name, value in space.fixed.to_dict().items()
        # Folds are held out, and no fraction.
        if name not in space.dimensions and name != "validation_fraction"
    )
    return f"the same in all trials: {knobs}"


def _times(estimate: "Estimate", search: "Search") -> str:
    limit = f"{lasting(search.seconds)} at most" if search.seconds else ""
    trials = _span(estimate.search) if estimate.search else ""
    return (
        f"estimate: a fold {_span(estimate.fold)}, "
        f"the search {f'{trials} ({limit})' if trials and limit else trials or limit}, "
        f"the trainings after it {_span(estimate.refits)}"
    )


def _tried(searched: Any) -> str:
    """Return what is tried of a knob: a list of values, or a range."""
    if isinstance(searched, list):
        # Values of lstm_units hold commas themselves.
        return " | ".join(map(knob_text, searched))
    return f"{searched['low']:g} to {searched['high']:g}, {searched['scale']}"


def _span(span: "Span") -> str:
    least, most = lasting(span.least), lasting(span.most)
    return least if least == most else f"{least} to {most}"
