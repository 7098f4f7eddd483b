"""A command is imported when it is asked for, and not before."""

import subprocess
import sys

import pytest

from lstm_sentiment_cli.cli.main import _NAMES, OnDemand

ASK = """
import sys
from lstm_sentiment_cli.cli.main import main
try:
    main(["predict", "--help"])
except SystemExit:
    pass
print(*(name for name in sys.modules if name.startswith("lstm_sentiment_cli.cli.")))
"""


def test_names_keep_their_order_and_have_their_commands():
    commands = OnDemand(_NAMES)

    assert list(commands) == list(_NAMES)
    assert [command.name for command in commands.values()] == list(_NAMES)
    assert commands["predict"] is commands["predict"]


def test_what_is_no_command_has_none():
    commands = OnDemand(_NAMES)

    assert commands.get("predct") is None
    with pytest.raises(KeyError):
        commands["predct"]


def test_one_command_imports_no_other():
    printed = subprocess.check_output([sys.executable, "-c", ASK], text=True)
    imported = {name.rpartition(".")[2] for name in printed.splitlines()[-1].split()}

    assert "predict" in imported
    assert imported.isdisjoint(name.replace("-", "_") for name in _NAMES if name != "predict")


def test_a_slip_is_answered_with_the_nearest_name(run):
    ended = run("predct", "so good")

    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean 'predict'?" in ended.err
