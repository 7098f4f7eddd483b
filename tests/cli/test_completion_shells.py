"""Completion in the shells themselves, as far as they are installed: what Tab makes of a line."""

import shutil
import subprocess
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

from tests.terminal_emulator import TAB, Emulator

SHELLS = {"bash": ["bash", "-i"], "zsh": ["zsh", "-i"], "fish": ["fish", "-i"]}
CTRL_U = "\x15"
# What is typed before Tab, and the line then. The first shows that the first Tab is answered.
LINES = (
    ("lstm-sentiment pred", "lstm-sentiment predict"),
    ("lstm-sentiment predict --form", "predict --format"),
    ("lstm-sentiment predict --format js", "--format jsonl"),
    ("lstm-sentiment predict --format=pa", "--format=parquet"),
    ("lstm-sentiment predict -m mi", "-m mine"),
    ("lstm-sentiment predict -m ./mo", "-m ./models/"),
    ("lstm-sentiment predict 'so good' --input my", "--input my\\ tweets.csv"),
    ("lstm-sentiment models show thr", "models show three-class"),
    ("lstm-sentiment data fetch s", "fetch sentiment140"),
    ("lstm-sentiment tune --objective l", "--objective log-loss"),
    ("./lstm-sentiment models pa", "./lstm-sentiment models path"),
)


@pytest.fixture
def here(tmp_path, environment, golden_model, monkeypatch):
    """A folder with the program, a file and models, of which one has a hostile name."""
    program = tmp_path / "lstm-sentiment"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lstm_sentiment_cli "$@"\n')
    program.chmod(0o755)
    (tmp_path / "my tweets.csv").write_text("text\ngood\n")
    for name in ("mine", "mi$(touch owned)", "mi`touch owned`", "mi\\$(touch owned)"):
        shutil.copytree(golden_model, tmp_path / "models" / name)
    monkeypatch.chdir(tmp_path)
    path = f"{tmp_path}:{environment['PATH']}"
    home = environment["HOME"]
    return environment | {"PATH": path, "ZDOTDIR": home, "PS1": "$ ", "XDG_CONFIG_HOME": ""}


@pytest.mark.parametrize("shell", SHELLS)
def test_tab(here, tmp_path, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run(
        [tmp_path / "lstm-sentiment", "--install-completion", shell], env=here, check=True
    )
    with Emulator(SHELLS[shell], columns=300, environment=here) as terminal:
        terminal.wait_for(lambda shown: shown.strip() != "")
        for typed, completed in LINES:
            terminal.send(typed + TAB)
            terminal.wait_for(completed)
            terminal.send(CTRL_U)

    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_that_asks_gets_its_own_script_unless_another_is_named(here, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")

    def show(named=""):
        command = [shell, "-c", f"lstm-sentiment --show-completion {named}; true"]
        return subprocess.run(command, env=here, capture_output=True, text=True, check=True).stdout

    assert f"complete_{shell}" in show()
    assert "complete_zsh" in show("zsh")
    assert "complete_bash" in show("bash")
