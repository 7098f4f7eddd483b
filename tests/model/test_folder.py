import hashlib
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_samples import MANIFEST, graph_of, sample

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import (
    Artifact,
    check_output,
    load_artifact,
    load_for_inference,
    save_artifact,
    verify_folder,
)
from lstm_sentiment_cli.model.manifest import COLDEST, FILES, HOTTEST, Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer

EVERYTHING = ["README.md", "history.json", "manifest.json", "metrics.json", "model.onnx"]
EVERYTHING.append("tokenizer.json")

# Surrogates aside (a pair of them is one character in JSON), any text is fair.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
finite = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
objects = st.dictionaries(texts, json_values, max_size=3)
artifacts = st.builds(
    Artifact,
    manifest=st.builds(
        Manifest,
        labels=st.lists(texts.filter(str.strip), min_size=2, max_size=4, unique=True).map(tuple),
        hyperparameters=objects,
        temperature=st.floats(COLDEST, HOTTEST),
        precision=st.sampled_from(["fp32", "fp16", "int8"]),
        provenance=objects,
        files=st.just({}),
    ),
    tokenizer=st.builds(Tokenizer, st.lists(texts, unique=True), st.integers(1, 1000)),
    graph=st.just(b""),
    metrics=objects,
    history=st.lists(st.dictionaries(texts, finite, max_size=2), max_size=3),
)


def with_graph(artifact: Artifact, name: bytes) -> Artifact:
    """Return the artifact with a graph that bears the name and has a vector for each word."""
    return replace(artifact, graph=graph_of(name, len(artifact.tokenizer.vocabulary)))


artifacts = st.builds(with_graph, artifacts, st.binary())

links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def folder(tmp_path):
    return save_artifact(sample(), tmp_path / "models" / "mine")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(artifact=artifacts)
def test_load_inverts_save(artifact):
    with tempfile.TemporaryDirectory() as parent:
        folder = save_artifact(artifact, Path(parent) / "mine")

        assert load_artifact(folder) == artifact
        assert names(Path(parent)) == ["mine"]
        assert names(folder) == EVERYTHING
        assert all(check.problem is None for check in verify_folder(folder))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(old=artifacts, new=artifacts)
def test_replacing_leaves_the_new_model_alone(old, new):
    with tempfile.TemporaryDirectory() as parent:
        folder = save_artifact(old, Path(parent) / "mine")
        save_artifact(new, folder, force=True)

        assert load_artifact(folder) == new
        assert names(Path(parent)) == ["mine"]


def test_inference_gets_its_part_and_reads_no_more(folder):
    for name in ("metrics.json", "history.json", "README.md"):
        (folder / name).unlink()

    manifest, tokenizer, graph = load_for_inference(folder)

    assert (manifest, tokenizer, graph) == (MANIFEST, sample().tokenizer, graph_of(b"a graph"))


def test_manifest_of_a_saved_model_holds_the_checksum_of_every_other_file(folder):
    assert load_artifact(folder).manifest.files == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES
    }


def test_name_of_no_characters_comes_back(tmp_path):
    provenance = {"data": [{"name": "caf\udce9.csv"}]}
    artifact = sample(manifest=Manifest(("a", "b"), {}, 1.0, "fp32", provenance))

    assert load_artifact(save_artifact(artifact, tmp_path / "m")) == artifact


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission bits")
def test_folder_is_as_readable_as_other_new_folders(folder, tmp_path):
    (tmp_path / "plain").mkdir()

    assert folder.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_existing_model_is_kept_without_force(folder):
    with pytest.raises(SentimentError, match="exists; replace it with --force or"):
        save_artifact(sample(b"another"), folder)

    assert load_artifact(folder) == sample()


@pytest.mark.parametrize(
    ("strange", "why"),
    [
        (["notes.txt"], "it holds notes.txt"),
        (["manifest.json", "model.onnx", "thesis.doc"], "it holds thesis.doc"),
        (["manifest.json"], "it holds no model.onnx"),
        ([], "it holds no manifest.json"),
    ],
)
def test_folder_of_something_else_is_not_replaced_even_by_force(tmp_path, strange, why):
    target = tmp_path / "precious"
    target.mkdir()
    for name in strange:
        (target / name).write_text("precious")

    with pytest.raises(SentimentError) as error:
        save_artifact(sample(), target, force=True)

    assert f"{target} exists and is not a model folder ({why})" in str(error.value)
    assert names(target) == sorted(strange)
    assert names(tmp_path) == ["precious"]


def test_file_is_not_replaced_even_by_force(tmp_path):
    (tmp_path / "mine").write_text("precious")

    with pytest.raises(SentimentError, match=r"is not a model folder \(it is a file\)"):
        save_artifact(sample(), tmp_path / "mine", force=True)

    assert (tmp_path / "mine").read_text() == "precious"


def test_damaged_model_and_what_file_browsers_leave_may_be_replaced(folder):
    (folder / "manifest.json").write_text("{")
    (folder / "history.json").unlink()
    (folder / ".DS_Store").write_bytes(b"\0")

    save_artifact(sample(b"new"), folder, force=True)

    assert load_artifact(folder) == sample(b"new")
    assert names(folder) == EVERYTHING


def test_output_is_checked_before_anything_is_written(folder, tmp_path):
    check_output(tmp_path / "not" / "yet" / "there", force=False)

    with pytest.raises(SentimentError, match="--force"):
        check_output(folder, force=False)
    check_output(folder, force=True)

    assert names(tmp_path) == ["models"]


def test_output_under_a_file_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SentimentError) as error:
        save_artifact(sample(), tmp_path / "file" / "mine")

    assert f"cannot write {tmp_path / 'file' / 'mine'}: " in str(error.value)
    assert "file is not a folder; create its folder or choose another --output" in str(error.value)


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs permissions that bind"
)
def test_output_in_a_folder_without_permission_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SentimentError, match="is not writable; make it writable or"):
            check_output(tmp_path / "mine", force=False)
    finally:
        tmp_path.chmod(0o700)


def test_model_that_could_not_be_loaded_is_not_saved(tmp_path):
    one_label = Manifest(("positive",), {}, 1.0, "fp32", {})

    with pytest.raises(SentimentError, match="labels must be two or more"):
        save_artifact(sample(manifest=one_label), tmp_path / "mine")
    with pytest.raises(SentimentError, match=r"model\.onnx has"):
        save_artifact(sample(graph=b"nonsense"), tmp_path / "mine")

    assert names(tmp_path) == []


@links
def test_saving_through_a_link_replaces_what_it_points_to(folder, tmp_path):
    link = tmp_path / "current"
    link.symlink_to(folder)

    save_artifact(sample(b"new"), link, force=True)

    assert link.is_symlink()
    assert load_artifact(folder) == sample(b"new")


@pytest.mark.parametrize("name", FILES)
def test_verify_finds_the_one_changed_file(folder, name):
    with (folder / name).open("ab") as file:
        file.write(b"\n")

    problems = {check.name: check.problem for check in verify_folder(folder)}

    assert problems.pop(name) == f"{name} is damaged, its sha256 is not the one in manifest.json"
    assert set(problems.values()) == {None}


def test_verify_names_missing_and_foreign_files(folder):
    (folder / "README.md").unlink()
    (folder / "run_me.py").write_text("")
    (folder / ".DS_Store").write_text("")

    bad = [check.problem for check in verify_folder(folder) if check.problem]

    assert bad == ["README.md is missing", "run_me.py is not a file of a model"]
