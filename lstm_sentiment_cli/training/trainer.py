"""From labelled examples to a model folder, step by step."""

import platform
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from lstm_sentiment_cli.atomic import remove_file
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.evaluation.calibration import temperature_for
from lstm_sentiment_cli.evaluation.predictions import evaluate_predictions
from lstm_sentiment_cli.inference.runtime import softmax
from lstm_sentiment_cli.model.folder import Artifact, check_output, save_artifact
from lstm_sentiment_cli.model.manifest import Manifest
from lstm_sentiment_cli.records.labelled import Example, fingerprint
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.export import exported, from_graph
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, network_of
from lstm_sentiment_cli.training.listener import Listener, catch_first_interrupt
from lstm_sentiment_cli.training.network import write_weights
from lstm_sentiment_cli.training.recipe import Output
from lstm_sentiment_cli.training.targets import Encoded, NamedModel, predictor_of, rehearsed
from lstm_sentiment_cli.training.training_data import (
    Split,
    TrainingData,
    metrics_name,
    split,
    split_from,
)
from lstm_sentiment_cli.training.training_loop import (
    Checkpoint,
    TrainingLoop,
    load_checkpoint,
    save_checkpoint,
)
from lstm_sentiment_cli.training.word2vec import interruptible_word_vectors

# TensorFlow is installed under either name.
_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "gensim", "numpy", "onnx", "onnxruntime")


def train(
    data: TrainingData,
    hyperparameters: Hyperparameters,
    output: Output,
    *,
    parent: NamedModel | None = None,
    listener: Listener | None = None,
) -> Artifact:
    """Train a network, export it, measure it, save its folder; return what was saved.

    Weights, tokeniser, labels and the shape of the network are those of `parent`, if there is one.
    Two runs with the same data, hyperparameters and parent on one CPU make the same weights,
    also when one of them was killed and resumed.
    """
    listener = listener or Listener()
    started = time.monotonic()
    check_output(output.folder, force=output.force)
    if parent is not None:
        kept = network_of(parent.artifact.manifest.hyperparameters)
        hyperparameters = hyperparameters.replaced(kept)
    listener.stage("splitting")
    if data.validation:
        parts = split_from(data.training, data.validation)
    else:
        parts = split(data.training, hyperparameters.validation_fraction, hyperparameters.seed)
    listener.stage("reading words")
    tokenizer = (
        parent.artifact.tokenizer if parent else fitted_tokenizer(parts.training, hyperparameters)
    )
    if parent is not None:
        parts = Split([*parts.training, *rehearsed(parent, hyperparameters)], parts.validation)
    loop = _trained(_Run(data.labels, hyperparameters, output, parent, listener), parts, tokenizer)
    listener.stage("exporting")
    graph = exported(loop.model)
    manifest = Manifest(
        labels=data.labels,
        hyperparameters=hyperparameters.to_dict(),
        temperature=parent.artifact.manifest.temperature if parent else 1.0,
        precision="fp32",
        provenance=provenance(data, parts, loop)
        | {"parent": parent and parent.facts(), "seconds": round(time.monotonic() - started, 1)},
    )
    history = [asdict(epoch) for epoch in loop.epochs]
    artifact = _measured(Artifact(manifest, tokenizer, graph, {}, history), parts.validation)
    save_artifact(artifact, output.folder, force=output.force)
    remove_file(output.checkpoint)
    return artifact


def fitted_tokenizer(training: Sequence[Example], hyperparameters: Hyperparameters) -> Tokenizer:
    """Return the vocabulary of these examples, of the size that the hyperparameters say."""
    return Tokenizer.fit(
        (example.text for example in training),
        vocabulary_size=hyperparameters.vocabulary_size,
        min_count=hyperparameters.min_count,
        max_tokens=hyperparameters.max_tokens,
    )


def provenance(data: TrainingData, parts: Split, loop: TrainingLoop) -> dict[str, Any]:
    """Return what is needed to know, or to repeat, how a model was made."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "package_version": version("lstm-sentiment-cli"),
        "versions": {"python": platform.python_version()} | _versions(),
        "command": data.command,
        "data": data.sources,
        "fingerprint": fingerprint([*parts.training, *parts.validation]),
        "split": {
            "training_rows": len(parts.training),
            "validation_rows": len(parts.validation),
            "validation": metrics_name("validation", parts.validation),
            "training_by_label": dict(Counter(example.label for example in parts.training)),
        },
        "seed": loop.hyperparameters.seed,
        "epochs": len(loop.epochs),
        "best_epoch": loop.best_epoch.number,
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    """A training as it was asked for, its hyperparameters adapted to the parent."""

    labels: tuple[str, ...]
    hyperparameters: Hyperparameters
    output: Output
    parent: NamedModel | None
    listener: Listener

    def checkpoint(self, identity: dict[str, object]) -> Checkpoint | None:
        """Return where to resume, None for the beginning; nothing is thrown away unasked."""
        place = self.output.checkpoint
        if self.output.resume:
            return load_checkpoint(place, identity)
        if place.exists() and not self.output.force:
            raise SentimentError(
                f"an unfinished training run of {self.output.folder} was left at {place}; "
                "continue with --resume or start again with --force"
            )
        return None


def _trained(run: _Run, parts: Split, tokenizer: Tokenizer) -> TrainingLoop:
    """Run the epochs, from the beginning or from a checkpoint."""
    share = run.hyperparameters.teacher_share
    training = Encoded.of(parts.training, tokenizer, run.labels, share)
    validation = Encoded.of(parts.validation, tokenizer, run.labels, 0.0)
    identity: dict[str, object] = {
        "hyperparameters": run.hyperparameters.to_dict(),
        "labels": list(run.labels),
        "data": [fingerprint(part) for part in parts],
        "parent": run.parent and run.parent.digest(),
    }
    checkpoint = run.checkpoint(identity)
    vectors = None
    if run.parent is None and checkpoint is None:
        vectors = interruptible_word_vectors(training.rows, run.hyperparameters, run.listener.stage)
    with catch_first_interrupt(run.listener.interrupted) as interrupt:
        loop = TrainingLoop(
            run.hyperparameters,
            training,
            validation,
            run.listener,
            interrupt,
            lambda loop: save_checkpoint(run.output.checkpoint, loop.checkpoint(identity)),
        )
        loop.set_embedding(vectors)
        if run.parent:
            _continue_from(run.parent, loop)
        if checkpoint:
            loop.resume(checkpoint)
        run.listener.stage("training")
        loop.run()
    return loop


def _continue_from(parent: NamedModel, loop: TrainingLoop) -> None:
    """Give the network the weights of its parent, which its hyperparameters should describe."""
    try:
        write_weights(loop.model, from_graph(parent.artifact.graph))
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise SentimentError(
            f"the hyperparameters of model {parent.name} do not fit its weights ({reason:.200}); "
            "choose another model",
            "from",
        ) from None


def _measured(artifact: Artifact, validation: Sequence[Example]) -> Artifact:
    """Fit the temperature and measure, both on validation with the exported network."""
    labels = artifact.manifest.labels
    gold = np.array([labels.index(example.label) for example in validation])
    texts = [example.text for example in validation]
    logits = predictor_of("trained", artifact).scores(texts).logits
    temperature = temperature_for(logits, gold, validation, artifact.manifest.temperature)
    evaluation = evaluate_predictions(labels, gold, softmax(logits, temperature))
    return replace(
        artifact,
        manifest=replace(artifact.manifest, temperature=temperature),
        metrics={
            "name": metrics_name("validation", validation),
            "fingerprint": fingerprint(validation),
            **evaluation.to_json(),
            "evaluations": [],
        },
    )
