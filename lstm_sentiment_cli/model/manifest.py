"""manifest.json: what a model is, and the checksums of the files beside it."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from lstm_sentiment_cli.errors import SentimentError, suggestion

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"
GRAPH = "model.onnx"
METRICS = "metrics.json"
HISTORY = "history.json"
CARD = "README.md"
FILES = (TOKENIZER, GRAPH, METRICS, HISTORY, CARD)  # there are no others beside the manifest

REMEDY = "copy the folder again or train the model again"  # for a folder that was changed
# Far beyond what a calibration gives (evaluation/calibration.py), and near enough to 1 that no
# logit divided by it overflows.
COLDEST, HOTTEST = 0.001, 1000
_UPGRADE = "; upgrade with pip install -U lstm-sentiment-cli"
_REFUSE = "; do not use this model"
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """Everything about a model except its weights and its vocabulary."""

    labels: tuple[str, ...]  # in the order of the outputs of the network
    hyperparameters: dict[str, object]
    temperature: float  # probabilities are softmax(logits / temperature)
    precision: str  # precision of the weights; a model in "fp32" can be trained further
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
            data: Any = json.loads(source, parse_constant=_no_number)
            problem = next(_problems(data), None)
        except (ValueError, RecursionError) as error:
            problem = f"not JSON ({error})"
        if problem:
            remedy = "" if problem.endswith((_UPGRADE, _REFUSE)) else f"; {REMEDY}"
            raise SentimentError(f"model folder {where}: {MANIFEST}: {problem}{remedy}", "model")
        return cls(
            **data | {"labels": tuple(data["labels"]), "temperature": float(data["temperature"])}
        )


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")


def _problems(data: Any) -> Iterator[str]:
    """Yield what is wrong; each check relies on those before, so that only the first counts."""
    if not isinstance(data, dict):
        yield f"the document must be an object, not {data!r:.60}"
    version = data.get("format_version")
    if type(version) is not int or version < 1:
        yield f"format_version must be a whole number above 0, not {version!r:.60}"
    if version > FORMAT_VERSION:
        yield f"made by a newer lstm-sentiment (format {version!s:.20}){_UPGRADE}"
    known = Manifest.__dataclass_fields__.keys()
    for name in data.keys() - known:
        yield f"unknown key {name!r:.60}{suggestion(name, known)}"
    for name in known - data.keys():
        yield f"key {name!r} is missing"
    for name in ("hyperparameters", "provenance", "files"):
        if not isinstance(data[name], dict):
            yield f"{name} must be an object, not {data[name]!r:.60}"
    yield from _wrong_labels(data["labels"])
    temperature = data["temperature"]
    if type(temperature) not in {int, float} or not COLDEST <= temperature <= HOTTEST:
        yield f"temperature must be from {COLDEST} to {HOTTEST}, not {temperature!r:.60}"
    precision = data["precision"]
    if not isinstance(precision, str) or not precision.strip():
        yield f"precision must be a word such as fp32, not {precision!r:.60}"
    yield from _wrong_files(data["files"])


def _wrong_labels(labels: Any) -> Iterator[str]:
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        yield f"labels must be a list of strings, not {labels!r:.60}"
    if len(labels) < 2:
        yield f"labels must be two or more, not {len(labels)}"
    if not all(label.strip() for label in labels):
        yield "a label is empty"
    if len(set(labels)) < len(labels):
        yield f"a label occurs twice among {', '.join(labels):.60}"


def _wrong_files(files: dict[str, Any]) -> Iterator[str]:
    for name, digest in files.items():
        if "/" in name or "\\" in name or ".." in name:
            yield f"file {name!r:.60} leads out of the folder{_REFUSE}"
        if name not in FILES:
            yield f"unknown file {name!r:.60}{suggestion(name, FILES)}"
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            yield f"sha256 of {name} must be 64 hexadecimal digits, not {digest!r:.60}"
    for name in FILES:
        if name not in files:
            yield f"files does not list {name}"
