"""The available models, each summarised in one line."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import read_manifest, read_metrics
from lstm_sentiment_cli.model.locations import FoundModel, list_models

_VALIDATION = "validation"
_COUNTS = range(2**63)


class MeasuredAccuracy(NamedTuple):
    """A model's accuracy on some data."""

    name: str
    data: str  # identifies the rows
    rows: int
    accuracy: float
    after_training: bool  # not measured to train, to calibrate or to convert it


@dataclass(frozen=True, slots=True)
class Overview:
    """What a list of models says of one; a fact that is not known is None."""

    name: str
    folder: str
    source: str
    shadowed: bool  # another model of this name comes first; this one is reached by its folder only
    labels: tuple[str, ...] | None = None
    accuracy: float | None = None  # on the validation data of what was done to it last
    rows: int | None = None  # how many examples it was measured on
    created: str | None = None
    problem: str | None = None  # why it cannot be used, as far as its manifest and metrics tell
    accuracies: tuple[MeasuredAccuracy, ...] = ()  # on all data that it was measured on

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; the metrics of each model have all accuracies."""
        return {name: fact for name, fact in asdict(self).items() if name != "accuracies"}


def overviews() -> list[Overview]:
    """Return all models that have a name, damaged ones too, in the order of looking up."""
    return [overview(found) for found in list_models()]


def overview(found: FoundModel) -> Overview:
    """Return the facts of one model; the network is not read."""
    known = Overview(found.name, str(found.folder), found.source, found.shadowed)
    try:
        manifest, metrics = read_manifest(found.folder), read_metrics(found.folder)
    except SentimentError as error:
        return replace(known, problem=str(error))
    accuracy, rows = metrics.get("accuracy"), metrics.get("rows")
    created = manifest.provenance.get("created")
    value = accuracy.get("value") if isinstance(accuracy, Mapping) else accuracy
    return replace(
        known,
        labels=manifest.labels,
        accuracy=value if isinstance(value, float) else None,
        rows=rows if type(rows) is int and rows in _COUNTS else None,
        created=created if isinstance(created, str) else None,
        accuracies=tuple(_accuracies(metrics, known.folder)),
    )


def _accuracies(metrics: Mapping[str, object], folder: str) -> Iterator[MeasuredAccuracy]:
    evaluations = metrics.get("evaluations")
    for facts in (metrics, *(evaluations if isinstance(evaluations, list) else ())):
        match facts:
            case {"accuracy": {"value": float() as accuracy}, "rows": int() as rows} if (
                rows in _COUNTS
            ):
                name = str(facts.get("name", _VALIDATION))
                data = str(facts.get("fingerprint", f"{folder} {name}"))
                after = facts is not metrics and name.partition(" (")[0] != _VALIDATION
                yield MeasuredAccuracy(name, data, rows, accuracy, after)
