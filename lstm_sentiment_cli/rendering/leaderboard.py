"""The trials of a search: a line each while it runs, and all by rank at its end."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from lstm_sentiment_cli.rendering.durations import lasting
from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.search import Objective, TrialResult

_MOST_RANKS = 10
_INDENT = " " * 6


def leaderboard_lines(
    ranked: Sequence["TrialResult"],
    differing: Sequence[Mapping[str, Any]],
    objective: "Objective",
    width: int,
) -> list[str]:
    """Return the best trials, and the reference wherever it stands, in lines of at most `width`.

    `differing` are, trial by trial, the knobs that are not as the reference has them; they stand
    below its score, for a dozen of them fit beside nothing.
    """
    lines = [f"rank  trial  {objective.replace('_', ' '):15}  time"]
    for rank, (trial, knobs) in enumerate(zip(ranked, differing, strict=True), start=1):
        if rank <= _MOST_RANKS or not trial.number:
            figures = f"{score(trial, objective)}  {lasting(trial.seconds)}"
            lines.append(f"{rank:4}  {trial.number:5}  {figures}")
            lines += wrap(
                _knobs(trial, knobs),
                width,
                initial_indent=_INDENT,
                subsequent_indent=_INDENT,
                break_long_words=False,
                break_on_hyphens=False,
            )
    if len(ranked) > _MOST_RANKS:
        lines.append(f"{len(ranked):,} in all; leaderboard.json has them")
    return lines


def trial_line(
    trial: "TrialResult", knobs: Mapping[str, Any], objective: "Objective", *, best: bool
) -> str:
    """Return how a trial ended as one line, the best so far marked by a star."""
    if trial.status == "complete":
        outcome = f"{score(trial, objective)}  {lasting(trial.seconds)}"
    else:
        outcome = f"{trial.status}: {visible(trial.reason)}" if trial.reason else trial.status
    star = "  *" if best else ""
    return f"trial {trial.number:2}  {outcome}  {_knobs(trial, knobs)}{star}"


def not_complete(trials: Sequence["TrialResult"]) -> list[str]:
    """Return what there is to say of trials that no leaderboard has: "2 trials were dropped"."""
    said = []
    for status, verb in (("dropped", "dropped"), ("unfinished", "not finished")):
        count = sum(trial.status == status for trial in trials)
        if count:
            said.append(f"{count:,} {'trial was' if count == 1 else 'trials were'} {verb}")
    failed = [trial for trial in trials if trial.status == "failed"]
    said += [f"trial {trial.number} failed: {visible(trial.reason)}" for trial in failed]
    return said


def score(trial: "TrialResult", objective: "Objective") -> str:
    """Return mean and standard deviation over the folds: "0.4512 ± 0.0031"."""
    return f"{trial.mean(objective):.4f} ± {trial.deviation(objective):.4f}"


def knob_text(value: object) -> str:
    """Return a knob's value as its flag takes it: [96, 48] → "96,48", 0.00234 → "0.00234"."""
    listed = isinstance(value, list | tuple)
    return visible(",".join(map(str, value)) if listed else str(value))  # type: ignore[call-overload]


def _knobs(trial: "TrialResult", knobs: Mapping[str, Any]) -> str:
    if not trial.number:
        return "the reference"
    # No space between: a line's end must not part a value from its name.
    return "  ".join(f"{name}={knob_text(value)}" for name, value in knobs.items())
