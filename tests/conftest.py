"""What many tests need: models, and the program run as a user runs it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# Under nohup HUP is ignored, by every program that is started here too.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# No test is timed: on a busy machine a write to the disk takes as long as it takes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# A shell that starts the tests in the background has them, and all they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


NO_TEMPORARY_FILES = r"cannot write temporary files: .+; free some space, or set TMPDIR to .+"


class Ran(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def golden_model() -> Path:
    """A tiny model written by the first version: every later one must read it."""
    return ROOT / "tests" / "golden" / "format-1"


@pytest.fixture(scope="session")
def default_model() -> Path:
    """The model that is shipped."""
    return ROOT / "models" / "default"


@pytest.fixture(scope="session")
def tiny_model(default_model: Path) -> Path:
    """A model that knows good from bad."""
    return default_model


@pytest.fixture
def no_temporary_files(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """Give what lets no folder take temporary files while the block lasts: pytest needs some."""

    @contextmanager
    def no_temporary_files() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", None)
            patch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "none")])
            yield

    return no_temporary_files


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user with empty folders of their own, and no settings."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LSTM_SENTIMENT", "XDG_")) and name not in {"NO_COLOR", "COLUMNS"}
    }
    return kept | {"HOME": str(home), "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Callable[..., Ran]:
    """Run `lstm-sentiment` in a process and a folder of its own; what it reads is `given`."""

    def run(*arguments: str, given: str | bytes = b"", **extra: str) -> Ran:
        ended = subprocess.run(
            [sys.executable, "-m", "lstm_sentiment_cli", *arguments],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            cwd=tmp_path,
            env=environment | extra,
            timeout=300,
            check=False,
        )
        return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    return run
