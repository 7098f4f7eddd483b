import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from lstm_sentiment_cli.cli.main import main
from lstm_sentiment_cli.model import locations
from lstm_sentiment_cli.model.folder import Artifact, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.model.model_samples import graph_of

ACCURACY = {"value": 0.82, "low": 0.797, "high": 0.841}


class Result(NamedTuple):
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str


def saved(folder: Path, labels: tuple[str, ...] = ("positive", "negative")) -> Path:
    manifest = Manifest(labels, {"lstm_units": [96]}, 1.25, "fp32", {"created": "2026-01-02T03:04"})
    metrics: dict[str, object] = {"rows": 1200, "accuracy": ACCURACY}
    graph = graph_of(b"", words=4, labels=len(labels))
    return save_artifact(Artifact(manifest, Tokenizer(["good"], 64), graph, metrics, []), folder)


@pytest.fixture
def run(capfd, tmp_path, monkeypatch):
    """Run a command where the only models are `default` and `mine`; nothing is shipped."""
    monkeypatch.setattr(locations, "_PACKAGE", tmp_path / "package")
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)
    saved(tmp_path / "models" / "default")
    saved(tmp_path / "models" / "mine", ("good", "so-so", "bad"))

    def call(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        return Result(int(end.value.code or 0), *capfd.readouterr())

    return call


def test_bare_models_shows_its_help(run):
    result = run("models")

    assert (result.code, result.err) == (0, "")
    for command in ("list", "show", "verify", "path"):
        assert f"\n  {command} " in result.out


def test_list_is_a_table_of_one_line_a_model(run):
    result = run("models", "list")

    _, header, _, default, mine, _, first, second, last = result.out.splitlines()
    assert (result.code, result.err) == (0, "")
    assert header.split() == ["name", "labels", "accuracy", "trained", "from"]
    assert " ".join(default.split()) == "default positive, negative 82.0% [1] 2026-01-02 ./models"
    assert " ".join(mine.split()) == "mine good, so-so, bad 82.0% [2] 2026-01-02 ./models"
    assert [first, second, last] == [
        "[1] 1,200 rows of validation",
        "[2] 1,200 rows of validation",
        "Only accuracies on the same rows can be compared.",
    ]


def test_list_shows_a_damaged_model_and_why(run):
    Path("models/mine/manifest.json").write_text("{")

    listed = run("models", "list", "--json")
    table = run("models", "list")

    by_name = {each["name"]: each for each in json.loads(listed.out)}
    assert "manifest.json: not JSON" in by_name["mine"]["problem"]
    assert by_name["mine"]["labels"] is None
    assert by_name["default"]["problem"] is None
    assert re.search(r"\n mine +damaged ", table.out)
    assert (table.err.count("\n"), "manifest.json: not JSON" in table.err) == (1, True)
    assert run("models", "list", "--quiet").err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not ask for XDG_DATA_HOME")
def test_list_marks_what_is_shadowed_and_says_how_to_use_it(run, tmp_path):
    hidden = saved(tmp_path / "home" / "lstm-sentiment" / "models" / "mine")

    result = run("models", "list")

    assert "user (shadowed)" in result.out
    assert result.err == f"another model is found first for 'mine'; use {hidden}\n"


def test_list_as_json(run):
    first = json.loads(run("models", "list", "--json").out)[0]

    assert first == {
        "name": "default",
        "folder": str(Path("models/default")),
        "source": "./models",
        "shadowed": False,
        "labels": ["positive", "negative"],
        "accuracy": 0.82,
        "rows": 1200,
        "created": "2026-01-02T03:04",
        "problem": None,
    }


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed there")
def test_what_a_name_holds_is_shown_harmlessly(run):
    hostile = "[red]\x1b[31m:smile:\u202e"
    saved(Path("models") / hostile, ("[/]\x1b", "b"))

    for arguments in (["list"], ["show", hostile], ["verify", hostile]):
        result = run("models", *arguments)
        assert result.code == 0
        assert not {"\x1b", "\u202e"} & set(result.out + result.err)
    shown = run("models", "list").out.replace("\n", "")
    assert "[red]\ufffd[31m:smile:" in shown
    assert "[/]" in shown


def test_show_prints_the_card_of_the_default_model(run):
    result = run("models", "show")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# default\n")
    assert "| `validation` | 1,200 | 82.0% (79.7-84.1) |" in result.out
    assert result.out == Path("models/default/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["models", "show", "mine"],
        ["models", "show", "models/mine"],
        ["models", "show", "--model", "mine"],
        ["--model", "mine", "models", "show"],
        ["--model", "default", "models", "show", "mine", "--quiet", "--no-color"],
    ],
)
def test_model_is_the_name_or_else_the_option(run, arguments):
    assert run(*arguments).out.startswith("# mine\n")


def test_environment_names_the_model_too(run, monkeypatch):
    monkeypatch.setenv("LSTM_SENTIMENT_MODEL", "mine")

    assert run("models", "show").out.startswith("# mine\n")


def test_show_as_json_is_manifest_and_metrics(run):
    shown = json.loads(run("models", "show", "mine", "--json").out)

    assert shown.keys() == {"name", "folder", "manifest", "metrics"}
    assert shown["manifest"] == json.loads(Path("models/mine/manifest.json").read_text())
    assert shown["metrics"] == {"rows": 1200, "accuracy": ACCURACY}


def test_verify_says_ok_of_each_file(run):
    result = run("models", "verify", "mine")

    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "ok   manifest.json", "ok   tokenizer.json", "ok   model.onnx", "ok   metrics.json",
        "ok   history.json", "ok   README.md",
    ]  # fmt: skip


def test_verify_ends_with_one_line_when_a_file_was_changed(run):
    Path("models/mine/README.md").write_text("mine is best")
    Path("models/mine/history.json").unlink()

    result = run("models", "verify", "mine")

    assert result.code == 1
    assert [line for line in result.out.splitlines() if not line.startswith("ok ")] == [
        "bad  history.json is missing",
        "bad  README.md is damaged, its sha256 is not the one in manifest.json",
    ]
    assert result.err == (
        f"error: model folder {Path('models/mine')}: 2 of 6 files have changed: "
        "history.json, README.md; copy the folder again or train the model again\n"
    )


def test_verify_as_json(run):
    Path("models/mine/README.md").unlink()

    result = run("models", "verify", "mine", "--json")

    assert result.code == 1
    assert json.loads(result.out)[-1] == {"name": "README.md", "problem": "README.md is missing"}


def test_path_prints_where_the_model_lies_and_nothing_else(run, tmp_path):
    assert run("models", "path", "mine") == (0, f"{tmp_path / 'models' / 'mine'}\n", "")


@pytest.mark.parametrize("command", ["show", "verify", "path"])
def test_unknown_model_is_one_line_with_a_suggestion(run, command):
    result = run("models", command, "defualt")

    assert (result.code, result.out, result.err.count("\n")) == (1, "", 1)
    assert "no model 'defualt' (did you mean 'default'?)" in result.err
    assert "lstm-sentiment models list" in result.err
