"""The line at the foot of the terminal: how the next sentence will be answered."""

from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit.utils import get_cwidth

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.rendering.visible import visible

if TYPE_CHECKING:
    from lstm_sentiment_cli.repl.session import Session

_LEAST_COLUMNS, _LEAST_ROWS = 60, 10


def has_room(columns: int, rows: int) -> bool:
    """Return whether a terminal is large enough to give a line away."""
    return columns >= _LEAST_COLUMNS and rows >= _LEAST_ROWS


def toolbar(session: "Session", columns: int, *, mode: str | None, unicode: bool) -> str:
    """Return one line: "default · threshold 0.5 · explain off · 0.8 ms"."""
    parts = [
        *([f"[{mode}]"] if mode else []),
        _name(session.model),
        *_rule(session),
        f"explain {'on' if session.explain else 'off'}",
        *([f"compared with {_name(session.compared)}"] if session.compared else []),
        *([_duration(session.milliseconds)] if session.milliseconds is not None else []),
    ]
    return cut((" · " if unicode else " - ").join(parts), columns, unicode=unicode)


def cut(text: str, columns: int, *, unicode: bool) -> str:
    """Return text in at most that many cells, by the widths that prompt_toolkit draws with."""
    if get_cwidth(text) <= columns:
        return text
    end = "…" if unicode else "..."
    while text and get_cwidth(text + end) > columns:
        text = text[:-1]
    return text + end


def _name(model: str) -> str:
    return visible(Path(model).name or model)


def _rule(session: "Session") -> list[str]:
    """Return how labels are decided: "threshold 0.6", "uncertain 0.4 to 0.6"."""
    rule = session.decision
    shown = []
    if rule and rule.threshold is not None:
        shown.append(f"threshold {rule.threshold:g}")
    elif _two_labels(session):
        shown.append("threshold 0.5")  # which is what the more probable label comes to
    if rule and rule.uncertain:
        low, high = rule.uncertain
        shown.append(f"uncertain {low:g} to {high:g}")
    return shown


def _two_labels(session: "Session") -> bool:
    # While the model is loaded nothing waits for it, and when it cannot be, the prompt ends.
    if not session.loaded:
        return False
    try:
        return len(session.predictor.labels) == 2
    except SentimentError:
        return False


def _duration(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:,.0f} ms"
