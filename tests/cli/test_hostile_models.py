"""Model folders of someone who means harm: one line of error, whichever command is given them."""

import json
from pathlib import Path

import pytest

from tests.drills.hostile_models import UNREAD_BY_PREDICT, hostile_models


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Kind → folder, all beside each other and beside one that answers."""
    parent = tmp_path_factory.mktemp("hostile") / "models"
    parent.mkdir()
    return dict(hostile_models(parent))


def test_predict_says_in_one_line_which_model_it_refuses(call, hostile):
    for kind, folder in hostile.items():
        ended = call("predict", "--model", str(folder), "good day bad bad")
        if kind.startswith(UNREAD_BY_PREDICT):
            assert (ended.code, ended.err, ended.out.count("\n")) == (0, "", 1), kind
            continue
        assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1), (kind, ended)
        assert ended.err.startswith("error: model"), (kind, ended.err)
        assert folder.name in ended.err, (kind, ended.err)
        assert len(ended.err) < 700, (kind, ended.err)


def test_verify_refuses_every_one_of_them(call, hostile):
    for kind, folder in hostile.items():
        ended = call("models", "verify", str(folder))
        assert (ended.code, ended.err.count("\n")) == (1, 1), (kind, ended)
        assert folder.name in ended.err, (kind, ended.err)


def test_verify_accepts_the_model_that_they_differ_from(call, hostile):
    sound = next(iter(hostile.values())).parent / "sound"

    assert call("models", "verify", str(sound)).code == 0
    assert call("predict", "--model", str(sound), "good day bad bad").code == 0


@pytest.mark.parametrize(
    "kind", ["model.onnx with NaN as weights", "manifest.json with the least temperature"]
)
@pytest.mark.parametrize(
    "command",
    [
        ["predict", "--explain", "good", "--model", "HOSTILE"],
        ["evaluate", "rows.csv", "--model", "HOSTILE"],
        ["evaluate", "rows.csv", "--against", "HOSTILE"],
        ["evaluate", "--behaviour", "--model", "HOSTILE"],
        ["find-threshold", "rows.csv", "--model", "HOSTILE"],
        ["calibrate", "rows.csv", "--output", "out", "--model", "HOSTILE"],
        ["train", "rows.csv", "--output", "out", "--from", "HOSTILE"],
        ["models", "show", "HOSTILE"],
    ],
    ids=" ".join,
)
def test_no_command_takes_what_is_no_number_for_an_answer(call, hostile, tmp_path, kind, command):
    rows = "".join(
        f"{text},{label}\n" for text, label in [("good", "positive"), ("bad", "negative")] * 200
    )
    (tmp_path / "rows.csv").write_text(f"text,label\n{rows}")
    ended = call(*(str(hostile[kind]) if each == "HOSTILE" else each for each in command))

    if command[0] == "models" and kind.startswith("model.onnx"):
        assert ended.code == 0  # nothing is answered
        return
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1), ended
    assert hostile[kind].name in ended.err


def test_the_list_has_all_models_beside_them(call, hostile, monkeypatch):
    parent = Path(next(iter(hostile.values()))).parent
    monkeypatch.chdir(parent.parent)
    listed = call("models", "list", "--json")
    found = {each["name"]: each for each in json.loads(listed.out)}

    assert (listed.code, found["sound"]["problem"]) == (0, None)
    assert call("models", "list").code == 0
    missing = {folder.name for folder in hostile.values()} - found.keys()
    assert {name.partition("-")[0] for name in missing} <= {"manifest.json"}
