"""What was measured, written into the model's own folder and card."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.behaviour import Behaviour
from lstm_sentiment_cli.evaluation.run import Measured
from lstm_sentiment_cli.model.folder import load_artifact, save_artifact


def record_evaluation(folder: Path, name: str, measured: Measured) -> None:
    """Add figures to metrics.json and to the card under a name; an older entry of it is replaced.

    The folder is replaced as a whole, so it is the old or the new one at any moment.
    """
    _record(folder, "evaluations", {"name": name} | _entry(measured))


def record_behaviour(folder: Path, name: str, behaviour: Behaviour) -> None:
    """Add the rates of the behaviour suite, as `record_evaluation` does; failures stay behind."""
    entry = behaviour.to_json()
    for kept_back in ("model", "failures", "comparison"):
        del entry[kept_back]
    if comparison := behaviour.comparison:
        entry["comparison"] = comparison.to_json() | {"peer": Path(comparison.peer).name}
    _record(folder, "behaviour", {"name": name} | entry)


def _record(folder: Path, where: str, entry: dict[str, Any]) -> None:
    artifact = load_artifact(folder)
    before: Any = artifact.metrics.get(where, [])
    if not isinstance(before, list):
        raise SentimentError(f"model folder {folder}: metrics.json holds no list of {where}")
    kept = [
        each
        for each in before
        if not (isinstance(each, dict) and each.get("name") == entry["name"])
    ]
    metrics = artifact.metrics | {where: [*kept, entry]}
    save_artifact(replace(artifact, metrics=metrics), folder, force=True)


def _entry(measured: Measured) -> dict[str, Any]:
    """Return what may travel with a model: no text, and of files and folders only the names."""
    entry = measured.to_json() | {"files": [Path(file).name for file in measured.files]}
    for kept_back in ("model", "mistakes", "comparison"):
        del entry[kept_back]
    if comparison := measured.comparison:
        peer = Path(comparison.peer).name
        entry["comparison"] = comparison.to_json() | {"peer": peer}
    return entry
