"""Model folders of someone who means harm: each is refused in one line, before it can hang."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.drills.harness import Case, LostError, run
from tests.drills.hostile_models import UNREAD_BY_PREDICT, hostile_model, kinds


def cases() -> Iterator[Case]:
    """Yield a case for each kind."""
    for kind in kinds():
        yield Case("hostile models", kind.partition(" ")[0], kind, partial(_refused, kind))


def _refused(kind: str, folder: Path) -> None:
    work = folder / "work"
    (work / "models").mkdir(parents=True)
    model = str(hostile_model(work / "models", kind))
    ended = {"verify": run(["models", "verify", model], work)}
    if not kind.startswith(UNREAD_BY_PREDICT):
        ended["predict"] = run(["predict", "--model", model, "good day bad bad"], work)
    for command, end in ended.items():
        if (end.code, end.err.count("\n")) != (1, 1):
            raise LostError(f"{command} ended with {end.code}: {end.err[-500:]}")
    listed = run(["models", "list", "--json"], work)
    if listed.code or '"sound"' not in listed.out:
        raise LostError(f"list ended with {listed.code}: {listed.err[-500:]}")
