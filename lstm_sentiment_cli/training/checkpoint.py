"""Where a training stands after an epoch, so that a killed one goes on as if nothing happened."""

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.training.aside import write_whole
from lstm_sentiment_cli.training.progress import Epoch

Arrays = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """All that the next epoch depends on.

    `identity` says which training this is: hyperparameters, fingerprints of the data and of the
    parent model. Another training's checkpoint is refused by name.
    """

    identity: dict[str, object]
    epochs: list[Epoch]
    variables: Arrays  # weights and the states of the dropout's generators
    optimizer: Arrays
    best: Arrays  # `variables` of the best epoch


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write aside, then rename: a kill leaves this checkpoint or the one before."""
    arrays = {
        f"{group}_{index}": array
        for group in ("variables", "optimizer", "best")
        for index, array in enumerate(getattr(checkpoint, group))
    }
    facts = json.dumps(
        {"identity": checkpoint.identity, "epochs": [asdict(epoch) for epoch in checkpoint.epochs]}
    )
    write_whole(
        path,
        lambda file: np.savez(file, facts=np.frombuffer(facts.encode(), np.uint8), **arrays),
        aside=f"{path.name}.new",
        cannot="cannot keep the training's state at",
        remedy="or choose another --output, then go on with --resume",
    )


def load_checkpoint(path: Path, identity: dict[str, object]) -> Checkpoint:
    """Read the checkpoint of the training `identity`; SentimentError says what differs."""
    try:
        # allow_pickle is off by default: a checkpoint cannot run code.
        with path.open("rb") as file, np.load(file) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            groups = {
                group: [arrays[name] for name in _numbered(group, arrays.files)]
                for group in ("variables", "optimizer", "best")
            }
            epochs = [Epoch(**epoch) for epoch in facts["epochs"]]
            known = facts["identity"]
    except FileNotFoundError:
        raise SentimentError(
            f"nothing to resume: there is no {path}; start without --resume"
        ) from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise SentimentError(
            f"{path} is not a checkpoint ({error}); start again with --force"
        ) from None
    if differing := _differing(known, identity):
        raise SentimentError(
            f"cannot resume: {', '.join(differing)} differ from those the training began with; "
            "give the same, or start again with --force"
        )
    return Checkpoint(identity, epochs, **groups)


def _differing(known: dict[str, Any], identity: dict[str, Any]) -> list[str]:
    """Return what two trainings differ in; knobs by their names."""
    then, now = known.get("hyperparameters") or {}, identity.get("hyperparameters") or {}
    knobs = [name for name in now if then.get(name) != now[name]]
    # Other knobs may split the same data otherwise: then they are what is to be mended.
    return knobs or [name for name in identity if known.get(name) != identity[name]]


def values_of(variables: list[keras.Variable]) -> Arrays:
    """Copy variables out of Keras."""
    # A copy: what Keras gives may be the memory that training goes on to change.
    return [np.copy(keras.ops.convert_to_numpy(variable)) for variable in variables]


def assign(variables: list[keras.Variable], values: Arrays) -> None:
    """Copy values back, the inverse of `values_of`."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _numbered(group: str, names: list[str]) -> list[str]:
    count = sum(name.startswith(f"{group}_") for name in names)
    return [f"{group}_{index}" for index in range(count)]
