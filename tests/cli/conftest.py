"""Fixtures of the tests of the command line."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

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


@pytest.fixture
def piped(
    call: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Call the program here as `call` does, with stdin at a pipe's end: (b"good", "repl")."""

    def piped(typed: bytes, *arguments: str) -> Ran:
        (tmp_path / "typed").write_bytes(typed)
        with (tmp_path / "typed").open() as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            return call(*arguments)

    return piped


class Shown(NamedTuple):
    """What a command left on a terminal's screen, and the bytes that drew it."""

    code: int
    lines: list[str]
    raw: str


COMMANDS = """
import json, sys
from lstm_sentiment_cli.cli.main import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as end:
        print(f"<<<ended with {int(end.code or 0)}>>>", flush=True)
"""


@pytest.fixture
def show_all(environment: dict[str, str], golden_model: Path) -> Callable[..., Iterator[Shown]]:
    """Run commands in a terminal, each on a screen of its own; they share a process."""
    from tests.terminal_emulator import Emulator, drawn

    def show_all(
        commands: Sequence[Sequence[str]], columns: int = 80, **variables: str
    ) -> Iterator[Shown]:
        known = {"LSTM_SENTIMENT_MODEL": str(golden_model), "HOME": environment["HOME"]}
        command = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
        with Emulator(command, columns=columns, environment=known | variables) as terminal:
            assert terminal.wait_for_exit() == 0
            parts = re.split(rb"<<<ended with (\d+)>>>\r\n", terminal.raw)
        assert len(parts) == 2 * len(commands) + 1
        for raw, code in zip(parts[::2], parts[1::2], strict=False):
            yield Shown(int(code), drawn(raw, columns), raw.decode())

    return show_all
