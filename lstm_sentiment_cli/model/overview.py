"""Every model there is, each in one line of facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import read_manifest, read_metrics
from lstm_sentiment_cli.model.locations import FoundModel, list_models


@dataclass(frozen=True, slots=True)
class Overview:
    """What a list of models says of one; a fact that is not known is None."""

    name: str
    folder: str
    source: str
    shadowed: bool
    """Another model of this name comes first; this one is reached by its folder only."""
    labels: tuple[str, ...] | None = None
    accuracy: float | None = None
    """On the validation data of its training."""
    rows: int | None = None
    """So many examples the accuracy is of."""
    created: str | None = None
    problem: str | None = None
    """Why it cannot be used, as far as its manifest and metrics tell."""


def overviews() -> list[Overview]:
    """Return all models that have a name, damaged ones too, in the order of looking up."""
    return [overview(found) for found in list_models()]


def overview(found: FoundModel) -> Overview:
    """Return the facts of one model; the network is not read."""
    folder = str(found.folder)
    try:
        manifest, metrics = read_manifest(found.folder), read_metrics(found.folder)
    except SentimentError as error:
        return Overview(found.name, folder, found.source, found.shadowed, problem=str(error))
    accuracy, rows = metrics.get("accuracy"), metrics.get("rows")
    created = manifest.provenance.get("created")
    value = accuracy.get("value") if isinstance(accuracy, Mapping) else accuracy
    return Overview(
        name=found.name,
        folder=folder,
        source=found.source,
        shadowed=found.shadowed,
        labels=manifest.labels,
        accuracy=value if isinstance(value, float) else None,
        rows=rows if type(rows) is int else None,
        created=created if isinstance(created, str) else None,
    )
