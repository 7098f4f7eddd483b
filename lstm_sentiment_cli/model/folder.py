"""The model folder on disk: save, load and verify."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.atomic import check_writable, restore, write_folder, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.manifest import (
    CARD,
    FILES,
    GRAPH,
    HISTORY,
    MANIFEST,
    MEND,
    METRICS,
    TOKENIZER,
    Manifest,
)
from lstm_sentiment_cli.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Artifact:
    """What training makes, saving writes and loading gives back."""

    manifest: Manifest
    tokenizer: Tokenizer
    graph: bytes = field(repr=False)
    """The network as ONNX, weights included."""
    metrics: dict[str, object]
    """What was measured with the exported network, and on which data."""
    history: list[dict[str, float]]
    """Loss and accuracy, one entry an epoch."""


class FolderError(SentimentError):
    """A model folder that is not what it should be."""

    def __init__(self, folder: Path, fault: str, mend: str = MEND) -> None:
        super().__init__(f"model folder {folder}: {fault}; {mend}", "model")
        self.fault = fault
        """What is wrong, without where and what to do: "model.onnx is missing"."""


def read_verified(folder: Path, name: str, manifest: Manifest) -> bytes:
    """Return a file's bytes, which are those the manifest was written for."""
    content = read_bytes(folder, name)
    if hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise FolderError(folder, f"{name} is damaged, its sha256 is not the one in {MANIFEST}")
    return content


def read_json(folder: Path, name: str) -> object:
    """Return what a JSON file holds, whatever it is."""
    source = decoded(read_bytes(folder, name), folder, name)
    try:
        return json.loads(source)
    except (ValueError, RecursionError) as error:
        raise FolderError(folder, f"{name} is not JSON ({error})") from None


def decoded(content: bytes, folder: Path, name: str) -> str:
    """Return a file's text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise FolderError(folder, f"{name} is not UTF-8") from None


def read_bytes(folder: Path, name: str) -> bytes:
    """Return a file's bytes, if it is a plain file that lies in the folder."""
    path = folder / name
    try:
        if not _real(path).is_relative_to(_real(folder)):
            raise FolderError(
                folder,
                f"{name} is a link that leads out of the folder",
                "put the file itself in its place",
            )
        if not path.exists():
            raise FolderError(folder, f"{name} is missing")
        if not path.is_file():  # a pipe would be read for ever
            raise FolderError(folder, f"{name} is not a file")
        return path.read_bytes()
    except OSError as error:
        raise FolderError(folder, f"cannot read {name}: {error.strerror or error}") from None


_OTHERWISE = "or choose another --output; nothing was changed"
# Written by file browsers into every folder they show.
_DROPPINGS = {".DS_Store", "Thumbs.db", "desktop.ini"}


class Essentials(NamedTuple):
    """The part of an artifact that predicting needs."""

    manifest: Manifest
    tokenizer: Tokenizer
    graph: bytes = field(repr=False)


class FileCheck(NamedTuple):
    """What `verify_folder` found of one file; no problem is None."""

    name: str
    problem: str | None


def save_artifact(artifact: Artifact, folder: Path, *, force: bool = False) -> Path:
    """Write the folder whole or not at all; what stands there is replaced only with `force`."""
    check_output(folder, force=force)
    contents = _contents(artifact, folder)
    write_folder(folder, contents, lambda place: check_output(place, force=force), _OTHERWISE)
    return folder


def check_output(folder: Path, *, force: bool) -> None:
    """Raise SentimentError when a model may not be saved there: to ask before hours of training."""
    place = _real(folder)
    with writing(folder, _OTHERWISE):
        restore(place)
        check_writable(place.parent)
        exists = os.path.lexists(place)
        stranger = _stranger(place) if exists else None
    if stranger:
        raise SentimentError(
            f"{folder} exists and is not a model folder ({stranger}); choose another --output"
        )
    if exists and not force:
        raise SentimentError(
            f"model folder {folder} exists; replace it with --force or choose another --output"
        )


def load_artifact(folder: Path) -> Artifact:
    """Read the whole folder, the inverse of `save_artifact`."""
    essentials = load_for_inference(folder)
    return Artifact(*essentials, metrics=read_metrics(folder), history=_read_history(folder))


def load_for_inference(folder: Path) -> Essentials:
    """Read and check only what predicting needs: manifest, tokeniser and graph."""
    manifest = read_manifest(folder)
    tokenizer = decoded(read_verified(folder, TOKENIZER, manifest), folder, TOKENIZER)
    graph = read_verified(folder, GRAPH, manifest)
    _refuse_external_data(graph, folder)
    try:
        return Essentials(manifest, Tokenizer.from_json(tokenizer), graph)
    except SentimentError as error:
        raise SentimentError(f"model folder {folder}: {error}", "model") from None


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest alone; no other file is looked at."""
    try:
        restore(folder)
        if not folder.is_dir():
            what = "is not a folder" if os.path.lexists(folder) else "is missing"
            raise SentimentError(
                f"model folder {folder} {what}; see what there is with: lstm-sentiment models list",
                "model",
            )
    except OSError as error:
        raise SentimentError(
            f"cannot open model folder {folder}: {error.strerror or error}", "model"
        ) from None
    return Manifest.from_json(decoded(read_bytes(folder, MANIFEST), folder, MANIFEST), folder)


def read_metrics(folder: Path) -> dict[str, object]:
    """Read what was measured when the model was made."""
    metrics = read_json(folder, METRICS)
    if not isinstance(metrics, dict):
        raise FolderError(folder, f"{METRICS} must be an object")
    return metrics


def verify_folder(folder: Path) -> list[FileCheck]:
    """Check every file of the folder against the manifest, and that no other file is in it."""
    manifest = read_manifest(folder)
    checks = [FileCheck(MANIFEST, None)]
    for name in FILES:
        try:
            read_verified(folder, name, manifest)
            checks.append(FileCheck(name, None))
        except FolderError as error:
            checks.append(FileCheck(name, error.fault))
    known = {MANIFEST, *FILES, *_DROPPINGS}
    others = sorted(entry.name for entry in folder.iterdir() if entry.name not in known)
    checks += [FileCheck(name, f"{name} is no file of a model") for name in others]
    if not any(check.problem for check in checks):
        load_artifact(folder)  # right checksums of wrong files
    return checks


def _contents(artifact: Artifact, folder: Path) -> dict[str, bytes]:
    """Return file name → bytes; the manifest last, with the checksums of the others."""
    _refuse_external_data(artifact.graph, folder)
    name = _real(folder).name
    # Whoever only loads a model need not import what writes its card.
    from lstm_sentiment_cli.model.card import card

    described = card(name, artifact.manifest, artifact.metrics, artifact.tokenizer)
    contents = {
        TOKENIZER: artifact.tokenizer.to_json().encode(),
        GRAPH: artifact.graph,
        METRICS: _encoded(artifact.metrics),
        HISTORY: _encoded(artifact.history),
        CARD: described.encode(errors="backslashreplace"),
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = artifact.manifest.with_files(digests).to_json()
    Manifest.from_json(manifest, folder)  # what could not be loaded is not saved
    # Names of files may hold bytes of no character; as JSON escapes they come back the same.
    return contents | {MANIFEST: manifest.encode(errors="backslashreplace")}


def _encoded(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode(errors="backslashreplace")


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _stranger(folder: Path) -> str | None:
    """Return why this is not a model folder that may be removed, or None when it is one."""
    if not folder.is_dir():
        return "it is a file"
    names = {entry.name for entry in folder.iterdir()}
    others = sorted(names - {MANIFEST, *FILES, *_DROPPINGS})
    if others:
        return f"it holds {others[0]}"
    missing = [name for name in (MANIFEST, GRAPH) if name not in names]
    return f"it holds no {missing[0]}" if missing else None


def _read_history(folder: Path) -> list[dict[str, float]]:
    history = read_json(folder, HISTORY)
    if not isinstance(history, list) or not all(isinstance(epoch, dict) for epoch in history):
        raise FolderError(folder, f"{HISTORY} must be a list of epochs")
    return history


def _refuse_external_data(graph: bytes, folder: Path) -> None:
    """Refuse a graph whose weights lie in a file of its choice, anywhere on the machine."""
    # ONNX must name that file under the key "location", plain bytes in the protobuf, and our own
    # graphs never hold that word: no parser of ONNX is needed, which the base install lacks.
    if b"location" in graph:
        raise FolderError(
            folder, f"{GRAPH} takes data from outside of the folder", "do not use this model"
        )
