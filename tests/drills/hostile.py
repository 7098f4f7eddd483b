"""Model folders made by someone who means harm: no command may answer from them, or hang."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.drills.harness import Case, LostError, run
from tests.drills.hostile_models import UNREAD_BY_PREDICT, kinds, sound_model


def cases() -> Iterator[Case]:
    """Yield a case for each kind of folder."""
    for kind, harm in kinds().items():
        for command in (
            ["predict", "-q", "-m", "./model", "good day"],
            ["models", "verify", "./model"],
        ):
            refused = command[0] == "models" or not kind.startswith(UNREAD_BY_PREDICT)
            attempt = partial(_refused, command, harm, refused)
            yield Case("hostile model", " ".join(command[:2]).removesuffix(" -q"), kind, attempt)


def _refused(command: list[str], harm: Callable[[Path], None], refused: bool, folder: Path) -> None:
    harm(sound_model(folder / "work" / "model"))
    ended = run(command, folder / "work")
    if ended.code != int(refused):
        raise LostError(f"ended with {ended.code}: {ended.out}{ended.err}")
    if len(ended.err.splitlines()) != int(refused):
        raise LostError(f"said {ended.err[:300]}")
