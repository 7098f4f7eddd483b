"""evaluate, from the command line to its tables, with a real model folder."""

import json
import re

import pytest
from counting_model import save_counting_model

from lstm_sentiment_cli.cli.main import main

ROWS = ["positive,good film", "positive,bad film", "negative,bad luck", "neutral,a film"]


@pytest.fixture
def run(capfd, tmp_path, monkeypatch):
    """Run a command where the default model counts "good" and "bad"."""
    for variable in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL", raising=False)
    monkeypatch.chdir(tmp_path)
    words = {"good": (2, 0), "bad": (0, 2)}
    save_counting_model(tmp_path / "models" / "default", words, ("positive", "negative"))
    (tmp_path / "data.csv").write_text("\n".join(["label,text", *ROWS]))

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["evaluate", *arguments])
        return int(end.value.code or 0), *capfd.readouterr()

    return call


def test_tables_for_people(run):
    code, out, err = run("data.csv")

    assert code == 0
    assert re.search(r"accuracy +66\.7% \(20\.8-93\.9\)", out)
    assert re.search(r"positive +100\.0% \(20\.7-100\.0\) +50\.0% \(9\.5-90\.5\) +66\.7% +2", out)
    assert re.search(r"right label +as positive +as negative", out)
    assert err == "left out: 1 rows of other labels (neutral: 1)\n"


def test_json_for_programs(run):
    code, out, err = run("data.csv", "--json", "--quiet")

    measured = json.loads(out)
    assert (code, err) == (0, "")
    assert (measured["model"], measured["files"]) == ("default", ["data.csv"])
    assert (measured["rows"], measured["left_out"]) == (3, {"neutral": 1})
    assert measured["confusion"] == [[1, 1], [0, 1]]
    assert re.fullmatch("[0-9a-f]{64}", measured["fingerprint"])


def test_columns_are_named_by_options(run, tmp_path):
    (tmp_path / "other.csv").write_text("mood,post\npos,good\nneg,bad\n")

    code, out, _ = run("other.csv", "--text-column", "post", "--label-column", "mood", "--json")

    assert (code, json.loads(out)["accuracy"]["value"]) == (0, 1.0)


def test_another_model_may_stand_for_the_default_one(run, tmp_path):
    save_counting_model(tmp_path / "moods", {"good": (0, 1, 0)}, ("sad", "happy", "bored"))
    (tmp_path / "moods.tsv").write_text("label\ttext\nhappy\tgood\nbored\tgood\n")

    code, out, _ = run("moods.tsv", "--model", "./moods", "--json")

    assert code == 0
    assert json.loads(out)["labels"] == ["sad", "happy", "bored"]
    assert json.loads(out)["confusion"] == [[0, 0, 0], [0, 1, 0], [0, 1, 0]]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["missing.csv"], "missing.csv"),
        (["."], "."),
        (["data.csv", "--model", "missing"], "no model 'missing'"),
        (["data.csv", "--label-column", "lable"], "did you mean 'label'"),
        (["data.csv", "--label-column", "text"], "no row has a label of model default"),
        (["empty.csv"], "empty.csv"),
        (["broken.jsonl"], "line 2"),
    ],
)
def test_what_can_be_mended_is_one_line_and_exit_code_1(run, tmp_path, arguments, complaint):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "broken.jsonl").write_text('{"label": "positive", "text": "good"}\n{\n')

    code, out, err = run(*arguments)

    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert complaint in err


def test_without_data_the_usage_is_shown(run):
    assert run()[0] == 2
