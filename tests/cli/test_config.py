"""config: what is set, where it comes from, and where the files are."""

import json
import sys
from pathlib import Path

import pytest
from platformdirs import user_config_path

from lstm_sentiment_cli.cli.settings import FILE_NAME

if sys.platform == "win32":
    pytest.skip("a user's folder is not told by the environment there", allow_module_level=True)


@pytest.fixture
def user_file(call):
    """Return where the user's own file is, in a folder that is there."""
    folder = user_config_path("lstm-sentiment", appauthor=False)
    folder.mkdir(parents=True)
    return folder / FILE_NAME


@pytest.fixture
def show(call, monkeypatch):
    """Return what `config show --json` says, as rows of four."""
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL")

    def show(*before):
        code, out, err = call(*before, "config", "show", "--json")
        assert (code, err) == (0, "")
        return [tuple(row.values()) for row in json.loads(out)]

    return show


def test_without_settings_it_says_so(call, show):
    assert show() == []
    code, out, err = call("config", "show")
    assert (code, out) == (0, "")
    assert err == "all settings have default values; 'config path' shows where to change them\n"


def test_each_setting_has_its_command_and_its_file(show, user_file):
    user_file.write_text("[predict]\nthreshold = 0.6\n[models.show]\njson = true\n")
    Path(FILE_NAME).write_text("[repl]\nexplain = true\nuncertain = '0.4,0.6'\n")

    assert show() == [
        ("predict", "threshold", 0.6, str(user_file)),
        ("repl", "explain", True, FILE_NAME),
        ("repl", "uncertain", "0.4,0.6", FILE_NAME),
        ("models show", "json", True, str(user_file)),
    ]


def test_what_all_commands_share_is_one_row_and_comes_first(show, user_file):
    user_file.write_text("[predict]\nthreshold = 0.6\n")
    Path(FILE_NAME).write_text("model = 'mine'\nquiet = true\n")

    rows = show()

    assert sorted(rows[:2]) == [
        ("all commands", "model", "mine", FILE_NAME),
        ("all commands", "quiet", True, FILE_NAME),
    ]
    assert rows[2:] == [("predict", "threshold", 0.6, str(user_file))]


def test_a_command_with_a_value_of_its_own_stands_apart(show):
    Path(FILE_NAME).write_text("model = 'mine'\n[predict]\nmodel = 'own'\n")
    rows = show()

    assert ("predict", "model", "own", FILE_NAME) in rows
    assert ("repl", "model", "mine", FILE_NAME) in rows
    assert "all commands" not in {row[0] for row in rows}


def test_what_is_nearer_is_what_is_shown(show, user_file, monkeypatch):
    user_file.write_text("model = 'user'\n")
    assert show() == [("all commands", "model", "user", str(user_file))]
    Path(FILE_NAME).write_text("model = 'here'\n[predict]\nmodel = 'own'\n")
    assert ("predict", "model", "own", FILE_NAME) in show()
    monkeypatch.setenv("LSTM_SENTIMENT_MODEL", "environment")
    assert show() == [("all commands", "model", "environment", "LSTM_SENTIMENT_MODEL")]
    assert show("-m", "typed") == [("all commands", "model", "typed", "--model")]


@pytest.mark.parametrize("columns", ["40", "80"])
def test_a_person_gets_columns_that_fit(call, show, user_file, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    Path(FILE_NAME).write_text("[predict]\ninput = ['\u202ea.txt']\n[repl]\nexplain = true\n")

    code, out, err = call("config", "show")

    assert (code, err) == (0, "")
    assert out.split("\n")[0].split()[:3] == ["setting", "value", "for"]
    assert '["\ufffda.txt"]' in out
    assert "true" in out
    assert max(map(len, out.split("\n"))) <= int(columns)


def test_path_tells_both_places_and_what_is_there(call, user_file):
    Path(FILE_NAME).touch()

    here = Path.cwd() / FILE_NAME

    assert call("config", "path").out == f"there    {here}\nmissing  {user_file}\n"
    assert json.loads(call("config", "path", "--json").out) == [
        {"path": str(here), "exists": True},
        {"path": str(user_file), "exists": False},
    ]


@pytest.mark.parametrize("content", ["model = 'x", "[predict]\ntreshold = 1", "output = 'x'"])
@pytest.mark.parametrize("whose", ["folder", "user"])
def test_the_files_are_found_even_when_they_are_broken(call, user_file, content, whose):
    (user_file if whose == "user" else Path(FILE_NAME)).write_text(content)

    for command in (["config", "path"], ["config", "path", "--json"], ["config"], ["--help"]):
        assert call(*command).code == 0
    code, out, err = call("config", "show")
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_no_file_says_where_corrections_go(call):
    Path(FILE_NAME).write_text("[repl]\ncorrections = 'stolen.csv'\n")

    assert call("repl").err == (
        f"error: {FILE_NAME}, [repl]: corrections cannot be set in a file; use --corrections\n"
    )
