import hashlib
import json
import os
import sys
from pathlib import Path

import pytest
from model_samples import sample

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import (
    load_artifact,
    load_for_inference,
    save_artifact,
    verify_folder,
)
from tests.onnx_bytes import model

links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


def refused(folder: Path) -> str:
    """Return the message with which loading refuses the folder."""
    with pytest.raises(SentimentError) as error:
        load_for_inference(folder)
    message = str(error.value)
    assert str(folder) in message
    assert "\n" not in message
    return message


def forge(folder: Path, name: str, content: bytes) -> None:
    """Change a file and the manifest with it, as someone who means harm would."""
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture
def folder(tmp_path):
    return save_artifact(sample(), tmp_path / "models" / "mine")


def test_missing_folder_is_refused(tmp_path):
    message = refused(tmp_path / "nope")

    assert "is missing; list the models with: lstm-sentiment models list" in message


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "mine").write_text("")

    assert "is not a folder" in refused(tmp_path / "mine")


@pytest.mark.parametrize("name", ["manifest.json", "tokenizer.json", "model.onnx"])
def test_missing_file_is_refused(folder, name):
    (folder / name).unlink()

    assert f"{name} is missing; copy the folder again" in refused(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.onnx"])
@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b"", lambda b: b"X" + b[1:]])
def test_truncated_or_changed_file_is_refused(folder, name, damage):
    (folder / name).write_bytes(damage((folder / name).read_bytes()))

    assert f"{name} is damaged, its sha256 is not the one in manifest.json" in refused(folder)


def test_truncated_manifest_is_refused(folder):
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:-30])

    assert "manifest.json: not JSON" in refused(folder)


def test_manifest_that_is_not_text_is_refused(folder):
    (folder / "manifest.json").write_bytes(b"\xff\xfe")

    assert "manifest.json is not UTF-8" in refused(folder)


def test_newer_format_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text()) | {"format_version": 2}
    (folder / "manifest.json").write_text(json.dumps(manifest))

    assert "made by a newer lstm-sentiment (format 2); upgrade with" in refused(folder)


def test_path_that_leaves_the_folder_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["../../secret"] = "0" * 64
    (folder / "manifest.json").write_text(json.dumps(manifest))

    assert "'../../secret' leads out of the folder; do not use this model" in refused(folder)


@links
@pytest.mark.parametrize("name", ["manifest.json", "tokenizer.json", "model.onnx"])
def test_link_out_of_the_folder_is_refused_though_the_bytes_are_right(folder, tmp_path, name):
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)

    assert f"{name} is a link that leads out of the folder" in refused(folder)


@links
def test_link_inside_the_folder_and_link_to_the_folder_are_followed(folder, tmp_path):
    (folder / "model.onnx").rename(folder / "weights")
    (folder / "model.onnx").symlink_to("weights")
    (tmp_path / "current").symlink_to(folder)

    assert load_artifact(tmp_path / "current") == sample()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_pipe_in_place_of_a_file_is_refused_not_waited_for(folder):
    (folder / "model.onnx").unlink()
    os.mkfifo(folder / "model.onnx")

    assert "model.onnx is not a file" in refused(folder)


def test_graph_with_external_data_is_refused_though_its_checksum_is_right(folder):
    weights = (5, [(1, 4), (2, 1), (8, "elsewhere"), (13, [(1, "location"), (2, "/etc/passwd")])])
    forge(folder, "model.onnx", model([weights]))

    assert "model.onnx has data outside of the folder" in refused(folder)


def test_tokenizer_that_is_none_is_refused_though_its_checksum_is_right(folder):
    forge(folder, "tokenizer.json", b"[]")

    assert "tokenizer.json is not a tokeniser" in refused(folder)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("metrics.json", b"[]", "metrics.json must be an object"),
        ("metrics.json", b"{", "metrics.json is not JSON"),
        ("history.json", b"{}", "history.json must be a list of epochs"),
        ("history.json", b"[1]", "history.json must be a list of epochs"),
        ("history.json", b"\xff", "history.json is not UTF-8"),
    ],
)
def test_figures_of_another_shape_are_refused_by_whoever_wants_them(folder, name, content, fault):
    forge(folder, name, content)
    load_for_inference(folder)

    with pytest.raises(SentimentError, match=fault):
        load_artifact(folder)
    with pytest.raises(SentimentError, match=fault):
        verify_folder(folder)
