"""Commands that write a model: one at a time for each folder."""

import sys

import pytest

from lstm_sentiment_cli.model.folder import reserved

# The files that they name are not there: each is refused before it reads anything.
COMMANDS = [
    ["train", "no.csv"],
    ["train", "no.csv", "--config", "no.toml"],
    ["train", "no.csv", "--resume"],
    ["train", "no.csv", "--from", "no", "--force"],
    ["tune", "no.csv"],
    ["tune", "no.csv", "--space", "no.toml", "--workers", "2"],
    ["tune", "no.csv", "--resume"],
    ["calibrate", "no.csv", "--model", "no"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_second_command_for_the_folder_is_refused_at_once_and_by_name(call, tmp_path, command):
    with reserved(tmp_path / "models" / "mine"):
        ended = call(*command, "--output", "models/mine")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "error: another command is writing models/mine; wait until it has ended, "
        "or choose another --output\n"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_fails_leaves_neither_lock_nor_folder(call, tmp_path, command):
    before = set(tmp_path.iterdir())
    ended = call(*command, "--output", "new/models/mine")

    assert ended.code == 1
    assert "another command" not in ended.err
    assert set(tmp_path.iterdir()) == before


def test_a_dry_run_writes_nothing_and_needs_no_folder_of_its_own(call, tmp_path):
    with reserved(tmp_path / "mine"):
        ended = call("tune", "no.csv", "--dry-run", "--output", "mine")

    assert "no.csv" in ended.err
    assert "another command" not in ended.err


def test_one_folder_under_two_names_is_one_folder(call, tmp_path):
    if sys.platform == "win32":
        pytest.skip("links want a privilege there")
    (tmp_path / "link").symlink_to(tmp_path / "models")
    with reserved(tmp_path / "models" / "mine"):
        ended = call("train", "no.csv", "--output", "link/../link/mine")

    assert ended.err.startswith("error: another command is writing link/../link/mine; ")
