"""Where a model comes from, written down with it."""

import platform
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lstm_sentiment_cli.records.examples import Example, fingerprint
from lstm_sentiment_cli.training.fit import Fit
from lstm_sentiment_cli.training.request import TrainingData
from lstm_sentiment_cli.training.split import Split

# TensorFlow comes under either name.
_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "gensim", "numpy", "onnx", "onnxruntime")


def provenance(
    data: TrainingData, parts: Split, fit: Fit, others: Sequence[Example] = ()
) -> dict[str, Any]:
    """Return what somebody needs who wants to know, or repeat, how a model was made.

    `others` are the texts without a label that words were learnt from.
    """
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "versions": {"python": platform.python_version()} | _versions(),
        "command": data.command,
        "data": data.sources,
        "fingerprint": fingerprint([*parts.training, *parts.validation, *others]),
        "split": {
            "training_rows": len(parts.training),
            "validation_rows": len(parts.validation),
            "training_by_label": dict(Counter(example.label for example in parts.training)),
        },
        "seed": fit.hyperparameters.seed,
        "epochs": len(fit.epochs),
        "best_epoch": fit.best_epoch.number,
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
