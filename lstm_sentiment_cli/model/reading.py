"""One file of a model folder, read with suspicion: the folder may be damaged, or a stranger's."""

import hashlib
import json
from pathlib import Path

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.manifest import MANIFEST, MEND, Manifest
from lstm_sentiment_cli.model.replacing import real_place


class FolderError(SentimentError):
    """A model folder that is not what it should be."""

    def __init__(self, folder: Path, fault: str, mend: str = MEND) -> None:
        super().__init__(f"model folder {folder}: {fault}; {mend}")
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
        if not real_place(path).is_relative_to(real_place(folder)):
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
