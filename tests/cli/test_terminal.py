"""Names that a terminal would act on: it is shown something harmless, a pipe gets them as given."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from lstm_sentiment_cli.cli.terminal import print_paths

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are for POSIX systems", allow_module_level=True)

ROOT = Path(__file__).parent.parent.parent
SAMPLE = str(ROOT / "data" / "sample.csv")
NAME = "a\x1b[7;31mb\x07c\x9b2Jd\u202ee"
HARMLESS = "a\ufffd[7;31mb\ufffdc\ufffd2Jd\ufffde"
ACTING = set("\x1b\x07\x9b\u202e")


@pytest.fixture
def here(tmp_path, monkeypatch, golden_model):
    """A folder of that name, with models of that name and with labels of that name."""
    folder = tmp_path / NAME
    shutil.copytree(golden_model, folder / "models" / NAME)
    shutil.copytree(golden_model, folder / "models" / "labels")
    manifest = folder / "models" / "labels" / "manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(facts | {"labels": ["good" + NAME, "bad" + NAME]}))
    # Of commands whose help is shown here, and which do not run.
    value = json.dumps(NAME)
    (folder / "lstm-sentiment.toml").write_text(
        f"[repl]\ncompare = {value}\n[tune]\nobjective = {value}\n"
        f"[evaluate]\nencoding = {value}\nagainst = {value}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(folder)
    return folder


COMMANDS = [
    ["models", "list"],
    ["models", "path", NAME],
    ["models", "show", NAME],
    ["config", "path"],
    ["config", "show"],
    ["--model", NAME, "config", "show"],
    *([each, "--help"] for each in ("repl", "tune", "evaluate")),
    *(["predict", "--prefix", NAME, "-f", each, "good"] for each in ("csv", "jsonl")),
    ["predict", "--prefix", NAME, "-f", "tsv", "--header", "good"],
    *(["predict", "-m", "labels", "-f", each, "x"] for each in ("csv", "jsonl", "tsv", "table")),
    ["predict", "-m", "labels", "--explain", "good"],
    ["models", "show", "labels"],
    ["calibrate", SAMPLE, "-m", NAME, "--output", "new" + NAME],
]


def test_a_terminal_is_sent_no_control_characters(show_all, here):
    shown = list(show_all(COMMANDS, columns=400, TERM="dumb"))

    for command, (code, _, raw) in zip(COMMANDS, shown, strict=True):
        assert (command, code) == (command, 0)
        assert (command, ACTING & set(raw)) == (command, set())
        assert (command, HARMLESS in raw) == (command, True)


def test_help_shows_a_default_from_the_environment_harmlessly(show_all, here):
    ((code, _, raw),) = show_all([["predict", "--help"]], columns=400, LSTM_SENTIMENT_MODEL=NAME)

    assert code == 0
    assert not ACTING & set(raw)
    assert HARMLESS in raw


def test_a_pipe_gets_names_as_they_are(call, here):
    assert call("models", "path", NAME).out == f"{here / 'models' / NAME}\n"
    assert f"  {here / 'lstm-sentiment.toml'}\n" in call("config", "path").out
    assert call("calibrate", "-q", SAMPLE, "-o", NAME).out == f"{NAME}\n"
    assert call("predict", "--prefix", NAME, "-f", "csv", "x").out.startswith(f"text,{NAME}pred")
    assert call("predict", "-m", "labels", "-f", "tsv", "x").out.startswith(f"good{NAME}\t")


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_pipe_gets_a_name_that_is_no_text_as_bytes(capfdbinary):
    name = os.fsdecode(b"caf\xe9")
    print_paths(name, Path(name))

    assert capfdbinary.readouterr().out == b"caf\xe9\ncaf\xe9\n"
