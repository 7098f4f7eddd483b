"""manifest.json: what a model is, and the checksums of the files beside it."""

import json
import re
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

from lstm_sentiment_cli.errors import SentimentError, suggestion

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"
GRAPH = "model.onnx"
METRICS = "metrics.json"
HISTORY = "history.json"
CARD = "README.md"
FILES = (TOKENIZER, GRAPH, METRICS, HISTORY, CARD)
"""The files beside the manifest; there are no others."""

REMEDY = "copy the folder again or train the model again"
"""What to do when a model folder is not what it was when it was written."""

_SHA256 = re.compile("[0-9a-f]{64}")


class _FaultError(ValueError):
    """What is wrong with a manifest, before it is known in which folder."""


@dataclass(frozen=True)
class Manifest:
    """Everything about a model except its weights and its vocabulary."""

    labels: tuple[str, ...]
    """In the order of the outputs of the network."""
    hyperparameters: dict[str, object]
    temperature: float
    """Probabilities are softmax(logits / temperature)."""
    precision: str
    """Precision of the weights; a model in "fp32" can be trained further."""
    provenance: dict[str, object]
    # Not compared: they follow from the other files, and are known only once those are written.
    files: dict[str, str] = field(default_factory=dict, compare=False)
    """File name → sha256 of every file beside the manifest."""
    format_version: int = FORMAT_VERSION

    def to_json(self) -> str:
        """Return the manifest as JSON, the inverse of `from_json`."""
        data = asdict(self)
        version = {"format_version": data.pop("format_version")}
        return json.dumps(version | data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, source: str, where: str | Path) -> "Manifest":
        """Read what `to_json` wrote; SentimentError naming `where` for anything else."""
        try:
            data = _parse(source)
            _check_version(data.get("format_version"))
            _check_keys(data)
            return cls(
                labels=_labels(data["labels"]),
                hyperparameters=_object("hyperparameters", data["hyperparameters"]),
                temperature=_temperature(data["temperature"]),
                precision=_precision(data["precision"]),
                provenance=_object("provenance", data["provenance"]),
                files=_files(data["files"]),
            )
        except _FaultError as fault:
            raise SentimentError(f"model folder {where}: {fault}", "model") from None


def _fault(what: str, remedy: str = REMEDY) -> NoReturn:
    raise _FaultError(f"{MANIFEST}: {what}; {remedy}")


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _parse(source: str) -> dict[str, object]:
    try:
        data = json.loads(source, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        _fault(f"not JSON ({error})")
    return _object("the document", data)


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        _fault(f"format_version must be a whole number above 0, not {version!r}")
    if version > FORMAT_VERSION:
        raise _FaultError(
            f"made by a newer lstm-sentiment: format {version}; "
            "upgrade with pip install -U lstm-sentiment-cli"
        )


def _check_keys(data: dict[str, object]) -> None:
    known = Manifest.__dataclass_fields__.keys()
    for name in data.keys() - known:
        _fault(f"unknown key {name!r}{suggestion(name, known)}")
    for name in known - data.keys():
        _fault(f"key {name!r} is missing")


def _object(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        _fault(f"{name} must be an object, not {value!r:.60}")
    return value


def _labels(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        _fault(f"labels must be a list of strings, not {value!r:.60}")
    if len(value) < 2:
        _fault(f"labels must be two or more, not {len(value)}")
    if not all(label.strip() for label in value):
        _fault("a label is empty")
    if len(set(value)) < len(value):
        _fault(f"a label occurs twice among {', '.join(value)}")
    return tuple(value)


def _temperature(value: object) -> float:
    # The upper end refuses infinity and integers no float can hold; NaN fails every comparison.
    if type(value) not in {int, float} or not 0 < value <= sys.float_info.max:  # type: ignore[operator]
        _fault(f"temperature must be a finite number above 0, not {value!r:.60}")
    return float(value)  # type: ignore[arg-type]


def _precision(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        _fault(f"precision must be a word such as fp32, not {value!r:.60}")
    return value


def _files(value: object) -> dict[str, str]:
    files = _object("files", value)
    checked = {_file_name(name): _checksum(name, digest) for name, digest in files.items()}
    for name in FILES:
        if name not in checked:
            _fault(f"files does not list {name}")
    return checked


def _file_name(name: str) -> str:
    if "/" in name or "\\" in name or ".." in name:
        _fault(f"file {name!r} leads out of the folder", "do not use this model")
    if name not in FILES:
        _fault(f"unknown file {name!r}{suggestion(name, FILES)}")
    return name


def _checksum(name: str, value: object) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        _fault(f"sha256 of {name} must be 64 hexadecimal digits, not {value!r:.60}")
    return value
