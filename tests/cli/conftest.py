"""Fixtures of the tests of the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lstm_sentiment_cli.cli.main import main
from tests.conftest import Ran


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    """With the buffers that users have: pipes behave otherwise without them."""
    return {name: value for name, value in environment.items() if name != "PYTHONUNBUFFERED"}


@pytest.fixture
def call(
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    golden_model: Path,
) -> Callable[..., Ran]:
    """Call the program here, in an empty folder, with a tiny model: faster than a process.

    It reads nothing from stdin.
    """
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.setenv("LSTM_SENTIMENT_MODEL", str(golden_model))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        return Ran(int(end.value.code or 0), *capfd.readouterr())

    return call
