"""From labelled files to a model folder, step by step."""

import platform
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.calibration import FEWEST_FOR_TEMPERATURE, fit_temperature
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import OnnxRuntime, softmax
from lstm_sentiment_cli.model.folder import Artifact, check_output, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.export import exported, from_graph
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, network_hyperparameters
from lstm_sentiment_cli.training.listener import Listener, SilentListener, catch_first_interrupt
from lstm_sentiment_cli.training.loop import (
    Checkpoint,
    TrainingLoop,
    load_checkpoint,
    ready,
    save_checkpoint,
)
from lstm_sentiment_cli.training.targets import Encoded, NamedModel, Texts, distilled, require_fp32
from lstm_sentiment_cli.training.training_data import (
    Split,
    TrainingData,
    apart,
    checkpoint_path,
    split,
    unlabelled,
)
from lstm_sentiment_cli.training.word2vec import encoded_texts, stoppable_word_vectors, unseen

# TensorFlow comes under either name.
_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "gensim", "numpy", "onnx", "onnxruntime")


def provenance(
    data: TrainingData, parts: Split, fit: TrainingLoop, others: Sequence[Example] = ()
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


@dataclass(frozen=True, slots=True)
class Output:
    """Where the model goes, and what may happen to what stands there."""

    folder: Path
    force: bool = False
    resume: bool = False


def train(
    data: TrainingData,
    hyperparameters: Hyperparameters,
    output: Output,
    *,
    parent: NamedModel | None = None,
    teachers: Sequence[NamedModel] = (),
    listener: Listener | None = None,
) -> Artifact:
    """Train a network, export it, measure it, save its folder; return what was saved.

    Weights, tokeniser, labels and the shape of the network are those of `parent`, if there is one.
    What `teachers` say is learnt beside the labels, and of texts without a label alone.
    Two runs with the same data, hyperparameters and parent on one CPU make the same weights,
    also when one of them was killed and resumed.
    """
    listener = listener or SilentListener()
    started = time.monotonic()
    check_output(output.folder, force=output.force)
    if parent is not None:
        hyperparameters = _of_parent(hyperparameters, parent.artifact)
    listener.stage("splitting")
    parts = _parts(data, hyperparameters)
    listener.stage("reading words")
    tokenizer = (
        parent.artifact.tokenizer if parent else fitted_tokenizer(parts.training, hyperparameters)
    )
    wanted = teachers or (hyperparameters.embedding_epochs and parent is None)
    others = unseen(data.texts, parts.validation) if wanted else []
    fit = _fit(
        data,
        parts,
        others,
        tokenizer=tokenizer,
        hyperparameters=hyperparameters,
        output=output,
        parent=parent,
        teachers=teachers,
        listener=listener,
    )
    listener.stage("exporting")
    graph = exported(fit.model)
    manifest = Manifest(
        labels=data.labels,
        hyperparameters=hyperparameters.to_dict(),
        temperature=parent.artifact.manifest.temperature if parent else 1.0,
        precision="fp32",
        provenance=provenance(data, parts, fit, unlabelled(others))
        | _origins(parent, teachers)
        | {"seconds": round(time.monotonic() - started, 1)},
    )
    history = [asdict(epoch) for epoch in fit.epochs]
    artifact = _measured(Artifact(manifest, tokenizer, graph, {}, history), parts.validation)
    save_artifact(artifact, output.folder, force=output.force)
    checkpoint_path(output.folder).unlink(missing_ok=True)
    return artifact


def _parts(data: TrainingData, hyperparameters: Hyperparameters) -> Split:
    if data.validation:
        return apart(data.training, data.validation)
    return split(data.training, hyperparameters.validation_fraction, hyperparameters.seed)


def fitted_tokenizer(training: Sequence[Example], hyperparameters: Hyperparameters) -> Tokenizer:
    """Return the vocabulary of these examples, of the size that the knobs say."""
    return Tokenizer.fit(
        (example.text for example in training),
        vocabulary_size=hyperparameters.vocabulary_size,
        min_count=hyperparameters.min_count,
        max_tokens=hyperparameters.max_tokens,
    )


def _of_parent(hyperparameters: Hyperparameters, parent: Artifact) -> Hyperparameters:
    """Take the shape of the network from the parent; a reduced graph cannot be gone on from."""
    require_fp32(parent)
    its = Hyperparameters().to_dict() | parent.manifest.hyperparameters
    return hyperparameters.replaced({name: its[name] for name in network_hyperparameters()})


def _fit(
    data: TrainingData,
    parts: Split,
    others: Sequence[str],
    *,
    tokenizer: Tokenizer,
    hyperparameters: Hyperparameters,
    output: Output,
    parent: NamedModel | None,
    teachers: Sequence[NamedModel],
    listener: Listener,
) -> TrainingLoop:
    """Run the epochs, from the beginning or from a checkpoint."""
    training, validation = (Encoded.of(part, tokenizer, data.labels) for part in parts)
    place = checkpoint_path(output.folder)
    identity: dict[str, object] = {
        "hyperparameters": hyperparameters.to_dict(),
        "labels": list(data.labels),
        "data": [fingerprint(part) for part in parts],
        "parent": parent and parent.digest(),
        "teachers": [teacher.digest() for teacher in teachers],
        "words": fingerprint(unlabelled(others)),
    }
    checkpoint = _checkpoint(output, identity)
    embedding = None
    if parent is None and checkpoint is None:
        rows = [training.rows, encoded_texts(others, tokenizer)]
        embedding = stoppable_word_vectors(rows, hyperparameters, listener.stage)
    if teachers:
        listener.stage("asking teachers")
        texts = Texts([example.text for example in parts.training], others, tokenizer)
        training = distilled(training, texts, teachers, data.labels, hyperparameters.teacher_share)
    with catch_first_interrupt(listener.interrupted) as interrupt:
        fit = ready(
            training,
            validation,
            hyperparameters,
            vocabulary=len(tokenizer.vocabulary),
            labels=len(data.labels),
            weights=from_graph(parent.artifact.graph) if parent else None,
            embedding=embedding,
            listener=listener,
            interrupt=interrupt,
            keep=lambda fit: save_checkpoint(place, fit.checkpoint(identity)),
        )
        if checkpoint:
            fit.resume(checkpoint)
        listener.stage("training")
        fit.run()
    return fit


def _origins(parent: NamedModel | None, teachers: Sequence[NamedModel]) -> dict[str, object]:
    """Return what the provenance says of the models that this one comes from."""
    return {
        "parent": parent and parent.facts(),
        "teachers": [teacher.facts() for teacher in teachers],
    }


def _checkpoint(output: Output, identity: dict[str, object]) -> Checkpoint | None:
    """Return where to go on, None for the beginning; nothing is thrown away unasked."""
    place = checkpoint_path(output.folder)
    if output.resume:
        return load_checkpoint(place, identity)
    if place.exists() and not output.force:
        raise SentimentError(
            f"an unfinished training of {output.folder} was left at {place}; "
            "go on with --resume or start again with --force"
        )
    return None


def _measured(artifact: Artifact, validation: Sequence[Example]) -> Artifact:
    """Fit the temperature and measure, both on validation with the exported network.

    Few rows tell nothing of it (two that are answered rightly would make the network endlessly
    sure): then it stays what it was.
    """
    labels = artifact.manifest.labels
    predictor = Predictor(
        "trained", artifact.manifest, artifact.tokenizer, OnnxRuntime(artifact.graph)
    )
    gold = np.array([labels.index(example.label) for example in validation])
    logits = predictor.scores([example.text for example in validation]).logits
    temperature = artifact.manifest.temperature
    if len(gold) >= FEWEST_FOR_TEMPERATURE:
        temperature = fit_temperature(logits, gold)
    evaluation = evaluate_predictions(labels, gold, softmax(logits, temperature))
    return replace(
        artifact,
        manifest=replace(artifact.manifest, temperature=temperature),
        metrics={
            "name": "validation",
            "fingerprint": fingerprint(validation),
            **evaluation.to_json(),
            "evaluations": [],
        },
    )
