import json

import pytest

from lstm_sentiment_cli.repl.arguments import Call
from lstm_sentiment_cli.repl.commands import complete
from tests.repl.small_models import predictor_of


@pytest.fixture
def mine(golden_model, tmp_path, monkeypatch):
    """Give a folder of models in which one is whole and one is damaged."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name, manifest in [("mine", (golden_model / "manifest.json").read_text()), ("torn", "{")]:
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "manifest.json").write_text(manifest)
    (tmp_path / "models" / "mine" / "metrics.json").write_text(json.dumps({}))


def test_model_lists_those_there_are_and_marks_the_one_in_use(say, mine):
    lines = say("/model")

    assert ["mine" in line for line in lines][:2] == [True, False]
    assert lines[0].startswith("  mine")
    # Where names and labels do not fit beside each other, labels stand below, further in.
    assert [line for line in lines if not line.startswith("    ")][1].split()[0] == "torn"
    assert "damaged" in "".join(lines)
    assert [line for line in lines if line.startswith("▸")] == [
        next(line for line in lines if "default" in line)
    ]


def test_a_model_named_by_its_path_is_listed_too(say, session, mine):
    session.load = predictor_of
    say("/model ./elsewhere/other")

    assert say("/model")[0].startswith("▸ ./elsewhere/other")


def test_model_with_a_name_switches(say, session):
    assert say("/model other") == ["model other: positive, negative", ""]
    assert session.predictor.name == "other"


def test_compare_begins_tells_and_ends(say):
    assert say("/compare") == ["compare off", ""]
    assert say("/compare other") == ["compare other: positive, negative", ""]
    assert say("/compare") == ["compare other: positive, negative", ""]
    assert say("/compare off") == ["compare off", ""]


@pytest.mark.parametrize("command", ["model", "compare"])
def test_a_model_that_is_not_there_is_one_line(say, command):
    assert say(f"/{command} nope") == [
        "error: no model nope; 'models list' shows those there are",
        "",
    ]


def test_names_of_models_are_offered(session, mine):
    def offered(name, typed):
        return [offer.value for offer in complete(session, Call(name, typed))]

    assert offered("model", "m") == ["mine"]
    assert {"default", "mine"} <= set(offered("model", ""))
    assert "default" not in offered("compare", "")
    assert offered("compare", "o") == ["off"]
    assert offered("set", "model m") == ["model mine"]
