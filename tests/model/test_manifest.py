import json
from dataclasses import replace

import pytest
from model_samples import MANIFEST

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.manifest import FILES, Manifest

LISTED = replace(MANIFEST, files={name: f"{number:064x}" for number, name in enumerate(FILES)})
VALID = json.loads(LISTED.to_json())


def test_from_json_inverts_to_json():
    read = Manifest.from_json(LISTED.to_json(), "models/mine")

    assert read == LISTED
    assert read.files == LISTED.files


def test_format_version_comes_first_for_people_who_look():
    assert next(iter(VALID)) == "format_version"


def test_whole_temperature_is_a_float():
    read = Manifest.from_json(json.dumps(VALID | {"temperature": 2}), "m")

    assert (read.temperature, type(read.temperature)) == (2.0, float)


def test_newer_format_says_how_to_upgrade():
    # A newer format may have other keys: its number is looked at before they are.
    newer = json.dumps({"format_version": 2, "surprise": True})

    with pytest.raises(SentimentError) as error:
        Manifest.from_json(newer, "models/mine")

    assert str(error.value) == (
        "model folder models/mine: manifest.json: made by a newer lstm-sentiment (format 2); "
        "upgrade with pip install -U lstm-sentiment-cli"
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"format_version": "1"}, "format_version must be a whole number above 0, not '1'"),
        ({"format_version": True}, "format_version must be"),
        ({"format_version": 0}, "format_version must be"),
        ({"labels": "positive"}, "labels must be a list of strings"),
        ({"labels": ["positive", 1]}, "labels must be a list of strings"),
        ({"labels": ["positive"]}, "labels must be two or more, not 1"),
        ({"labels": []}, "labels must be two or more, not 0"),
        ({"labels": ["positive", "positive"]}, "a label occurs twice among positive, positive"),
        ({"labels": ["positive", " "]}, "a label is empty"),
        ({"hyperparameters": []}, "hyperparameters must be an object, not []"),
        ({"temperature": "1"}, "temperature must be from 0.001 to 1000, not '1'"),
        ({"temperature": True}, "temperature must be"),
        ({"temperature": 0}, "temperature must be"),
        ({"temperature": -0.5}, "temperature must be"),
        ({"temperature": 5e-324}, "temperature must be"),
        ({"temperature": 1e9}, "temperature must be"),
        ({"temperature": 10**400}, "temperature must be"),
        ({"temperature": None}, "temperature must be"),
        ({"precision": 32}, "precision must be a word such as fp32, not 32"),
        ({"precision": ""}, "precision must be"),
        ({"provenance": None}, "provenance must be an object, not None"),
        ({"files": ["model.onnx"]}, "files must be an object"),
        ({"files": {}}, "files does not list tokenizer.json"),
        ({"files": {"model.onx": "0" * 64}}, "'model.onx' (did you mean 'model.onnx'?)"),
        ({"files": {"../model.onnx": "0" * 64}}, "'../model.onnx' leads out of the folder"),
        ({"files": {"..": "0" * 64}}, "'..' leads out of the folder"),
        ({"files": {"/etc/passwd": "0" * 64}}, "'/etc/passwd' leads out of the folder"),
        ({"files": {"a\\model.onnx": "0" * 64}}, "leads out of the folder"),
        ({"files": {"model.onnx": "0" * 63}}, "sha256 of model.onnx must be 64 hexadecimal"),
        ({"files": {"model.onnx": "G" * 64}}, "sha256 of model.onnx must be"),
        ({"files": {"model.onnx": 0}}, "sha256 of model.onnx must be"),
        ({"temprature": 1.0}, "unknown key 'temprature' (did you mean 'temperature'?)"),
    ],
)
def test_fault_is_named(change, fault):
    with pytest.raises(SentimentError) as error:
        Manifest.from_json(json.dumps(VALID | change), "models/mine")

    message = str(error.value)
    assert message.startswith("model folder models/mine: manifest.json: ")
    assert fault in message
    assert "\n" not in message


@pytest.mark.parametrize("key", sorted(VALID.keys() - {"format_version"}))
def test_missing_key_is_named(key):
    rest = {name: value for name, value in VALID.items() if name != key}

    with pytest.raises(SentimentError, match=f"key '{key}' is missing"):
        Manifest.from_json(json.dumps(rest), "m")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "{",
        LISTED.to_json()[:-20],
        LISTED.to_json().replace("1.25", "NaN"),
        LISTED.to_json().replace("1.25", "Infinity"),
        "[" * 100_000,
        "1" * 10_000,
    ],
    ids=["empty", "open", "truncated", "nan", "infinity", "deep", "long number"],
)
def test_what_is_not_json_is_refused(source):
    with pytest.raises(SentimentError, match=r"manifest\.json: not JSON"):
        Manifest.from_json(source, "m")


@pytest.mark.parametrize("source", ["[]", "null", '"x"', "3"])
def test_json_that_is_no_object_is_refused(source):
    with pytest.raises(SentimentError, match="must be an object"):
        Manifest.from_json(source, "m")


def test_temperature_too_large_for_a_float_is_refused():
    with pytest.raises(SentimentError, match="temperature must be"):
        Manifest.from_json(LISTED.to_json().replace("1.25", "1e999"), "m")
