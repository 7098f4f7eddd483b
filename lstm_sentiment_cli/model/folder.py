"""The model folder on disk: save, load and verify."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from lstm_sentiment_cli.atomic import check_writable, locked, restore, write_folder, writing
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.graph import embedding_rows
from lstm_sentiment_cli.model.manifest import (
    CARD,
    FILES,
    GRAPH,
    HISTORY,
    MANIFEST,
    METRICS,
    REMEDY,
    TOKENIZER,
    Manifest,
)
from lstm_sentiment_cli.text.tokenizer import Tokenizer

_OTHERWISE = "or choose another --output; nothing was changed"
# Written by file browsers into every folder they show.
_BROWSER_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
_MEGABYTE = 2**20
# Larger files are not read. Protobuf, and with it ONNX, ends at 2 GiB; ten million words, the most
# that training allows, are a tokeniser of some hundred megabytes.
_MOST_MEGABYTES = {GRAPH: 2048, TOKENIZER: 512}
_MOST_OF_OTHERS = 64
_STRANGE = "do not use this model"


@dataclass(frozen=True)
class Artifact:
    """What training makes, saving writes and loading gives back."""

    manifest: Manifest
    tokenizer: Tokenizer
    graph: bytes = field(repr=False)  # the network as ONNX, weights included
    metrics: dict[str, object]  # the metrics of the exported network, and on which data
    history: list[dict[str, float]]  # loss and accuracy, one entry for each epoch


class Essentials(NamedTuple):
    """The part of an artifact that predicting needs."""

    manifest: Manifest
    tokenizer: Tokenizer
    graph: bytes


class FileCheck(NamedTuple):
    """What `verify_folder` found of one file; None is no problem."""

    name: str
    problem: str | None


class FolderError(SentimentError):
    """A model folder that is not what it should be."""

    def __init__(self, folder: Path, fault: str, remedy: str = REMEDY) -> None:
        super().__init__(f"model folder {folder}: {fault}; {remedy}", "model")
        self.fault = fault  # without where and what to do: "model.onnx is missing"


def save_artifact(artifact: Artifact, folder: Path, *, force: bool = False) -> Path:
    """Write the folder whole or not at all; an existing one is replaced only with `force`."""
    check_output(folder, force=force)
    contents = _contents(artifact, folder)
    write_folder(folder, contents, lambda place: check_output(place, force=force), _OTHERWISE)
    return folder


def check_output(folder: Path, *, force: bool) -> None:
    """Raise SentimentError when no model may be saved there: before hours of training."""
    place = _real(folder)
    with writing(folder, _OTHERWISE):
        restore(place)
        check_writable(place.parent)
        exists = os.path.lexists(place)
        stranger = _stranger(place) if exists else None
    if stranger:
        problem = f"{folder} exists and is not a model folder ({stranger}); choose another --output"
    elif exists and not force:
        problem = (
            f"model folder {folder} already exists; "
            "replace it with --force or choose another --output"
        )
    else:
        return
    raise SentimentError(problem, "output")


@contextmanager
def reserved(folder: Path) -> Iterator[None]:
    """Let no other command write a model there meanwhile; SentimentError if one already does.

    The folders above are made, for the lock, and removed if nothing is in them afterwards.
    """
    place, made = _real(folder), []
    with suppress(OSError):  # `check_output` tells
        made = [each for each in place.parents if not each.exists()]
        place.parent.mkdir(parents=True, exist_ok=True)
    problem = f"another command is writing {folder}; wait until it has ended"
    busy = SentimentError(f"{problem}, or choose another --output", "output")
    try:
        with locked(place, busy, patience=0):
            yield
    finally:
        for each in made:
            with suppress(OSError):
                each.rmdir()


def update_metrics(folder: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Replace the metrics of a model by what `change` makes of them, and write its card anew.

    Updates at the same time follow one another, so that none is lost.
    """
    busy = SentimentError(f"another command is writing {folder}; wait until it has ended")
    with locked(folder, busy):
        artifact = load_artifact(folder)
        changed = replace(artifact, metrics=change(artifact.metrics))
        save_artifact(changed, folder, force=True)


def load_artifact(folder: Path) -> Artifact:
    """Read the whole folder, the inverse of `save_artifact`."""
    essentials = load_for_inference(folder)
    history = _read_json(folder, HISTORY)
    if not isinstance(history, list) or not all(isinstance(epoch, dict) for epoch in history):
        raise FolderError(folder, f"{HISTORY} must be a list of epochs")
    return Artifact(*essentials, metrics=read_metrics(folder), history=history)


def load_for_inference(folder: Path) -> Essentials:
    """Read and check only what predicting needs: manifest, tokeniser and graph."""
    manifest = read_manifest(folder)
    source, graph = _read_text(folder, TOKENIZER, manifest), _read(folder, GRAPH, manifest)
    rows = _embedding_rows(graph, folder)
    try:
        tokenizer = Tokenizer.from_json(source)
    except SentimentError as error:
        raise SentimentError(f"model folder {folder}: {error}", "model") from None
    if rows != len(tokenizer.vocabulary):
        fault = f"{TOKENIZER} has {len(tokenizer.vocabulary):,} words, {GRAPH} {rows:,}"
        raise FolderError(folder, fault)
    return Essentials(manifest, tokenizer, graph)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest and no other file."""
    try:
        restore(folder)
        if not folder.is_dir():
            what = "is not a folder" if os.path.lexists(folder) else "is missing"
            raise SentimentError(
                f"model folder {folder} {what}; list the models with: lstm-sentiment models list",
                "model",
            )
    except OSError as error:
        raise SentimentError(
            f"cannot open model folder {folder}: {error.strerror or error}", "model"
        ) from None
    return Manifest.from_json(_read_text(folder, MANIFEST), folder)


def read_metrics(folder: Path) -> dict[str, object]:
    """Read the metrics of a model."""
    metrics = _read_json(folder, METRICS)
    if not isinstance(metrics, dict):
        raise FolderError(folder, f"{METRICS} must be an object")
    return metrics


def verify_folder(folder: Path) -> list[FileCheck]:
    """Check every file of the folder against the manifest, and that there is no other file."""
    manifest = read_manifest(folder)
    checks = [FileCheck(MANIFEST, None)]
    for name in FILES:
        try:
            _read(folder, name, manifest)
            checks.append(FileCheck(name, None))
        except FolderError as error:
            checks.append(FileCheck(name, error.fault))
    known = {MANIFEST, *FILES, *_BROWSER_FILES}
    others = sorted(entry.name for entry in folder.iterdir() if entry.name not in known)
    checks += [FileCheck(name, f"{name} is not a file of a model") for name in others]
    if not any(check.problem for check in checks):
        load_artifact(folder)  # wrong files may have the right checksums
    return checks


def _contents(artifact: Artifact, folder: Path) -> dict[str, bytes]:
    """Return file name → bytes; the manifest last, with the checksums of the others."""
    # Whoever only loads a model need not import what writes its card.
    from lstm_sentiment_cli.model.card import card

    _embedding_rows(artifact.graph, folder)
    described = card(_real(folder).name, artifact.manifest, artifact.metrics, artifact.tokenizer)
    contents = {
        TOKENIZER: artifact.tokenizer.to_json().encode(),
        GRAPH: artifact.graph,
        METRICS: _encoded(artifact.metrics),
        HISTORY: _encoded(artifact.history),
        CARD: described.encode(errors="backslashreplace"),
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = replace(artifact.manifest, files=digests).to_json()
    Manifest.from_json(manifest, folder)  # what could not be loaded is not saved
    # Names of files may hold bytes that cannot be decoded; as JSON escapes they come back the same.
    return contents | {MANIFEST: manifest.encode(errors="backslashreplace")}


def _encoded(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return text.encode(errors="backslashreplace")


def _stranger(folder: Path) -> str | None:
    """Return why this is not a model folder that may be removed, or None if it is one."""
    if not folder.is_dir():
        return "it is a file"
    names = {entry.name for entry in folder.iterdir()}
    if others := sorted(names - {MANIFEST, *FILES, *_BROWSER_FILES}):
        return f"it holds {others[0]}"
    return next((f"it holds no {name}" for name in (MANIFEST, GRAPH) if name not in names), None)


def _embedding_rows(graph: bytes, folder: Path) -> int:
    """Return for how many words the graph has vectors; refuse one that is not like ours."""
    try:
        return embedding_rows(graph)
    except ValueError as error:
        fault = f"{GRAPH} has {error}, which no model of this program has"
        raise FolderError(folder, fault, _STRANGE) from None


def _read_json(folder: Path, name: str) -> object:
    source = _read_text(folder, name)
    try:
        return json.loads(source)
    except (ValueError, RecursionError) as error:
        raise FolderError(folder, f"{name} is not JSON ({error})") from None


def _read_text(folder: Path, name: str, manifest: Manifest | None = None) -> str:
    content = _read(folder, name, manifest)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise FolderError(folder, f"{name} is not UTF-8") from None


def _read(folder: Path, name: str, manifest: Manifest | None = None) -> bytes:
    """Return the bytes of a plain file in the folder; its checksum must be the manifest's."""
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
        megabytes = path.stat().st_size // _MEGABYTE
        most = _MOST_MEGABYTES.get(name, _MOST_OF_OTHERS)
        if megabytes > most:
            fault = f"{name} has {megabytes:,} MB, more than the {most:,} that are read"
            raise FolderError(folder, fault, _STRANGE)
        content = path.read_bytes()
    except OSError as error:
        raise FolderError(folder, f"cannot read {name}: {error.strerror or error}") from None
    if manifest and hashlib.sha256(content).hexdigest() != manifest.files[name]:
        raise FolderError(folder, f"{name} is damaged, its sha256 is not the one in {MANIFEST}")
    return content


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
