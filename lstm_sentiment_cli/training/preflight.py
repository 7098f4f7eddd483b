"""The start of a training: load what it begins from, import TensorFlow, train."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.model.folder import Artifact, load_artifact
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.training.backend import require_gensim, require_tensorflow
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, network_hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS, Recipe
from lstm_sentiment_cli.training.targets import NamedModel, check_teachers, require_fp32
from lstm_sentiment_cli.training.training_data import TrainingData


def start(
    read: Callable[[tuple[str, ...]], TrainingData],
    config: Recipe,
    output: Path,
    *,
    parent: str | None,
    teachers: Sequence[str] = (),
    force: bool,
    resume: bool,
    listener: Listener,
) -> Artifact:
    """Train as asked; `read` is given the labels, which may be the parent's.

    `parent` and `teachers` are names or paths of models.

    What the user can get wrong is found before TensorFlow's seconds are spent.
    """
    begun = _named(parent, "from") if parent else None
    if begun:
        require_fp32(begun.artifact)
        _check_network(config, begun.artifact)
    asked = [_named(teacher, "teacher") for teacher in teachers]
    labels = _labels(config, begun.artifact if begun else None)
    check_teachers(asked, labels)
    learns_words = bool(config.hyperparameters.embedding_epochs) and not begun
    if not asked:
        _check_unlabelled(config, learns_words=learns_words)
        if "teacher_share" in config.named:
            raise SentimentError(
                "teacher_share counts with --teacher only; name one, or leave it", "teacher_share"
            )
    listener.stage("reading examples")
    data = read(labels)
    listener.stage("starting TensorFlow")
    require_tensorflow()
    if learns_words:
        require_gensim()
    # Only now: these import TensorFlow at their top, as everything in that folder may.
    from lstm_sentiment_cli.training.trainer import Output, train

    return train(
        data,
        config.hyperparameters,
        Output(output, force=force, resume=resume),
        parent=begun,
        teachers=asked,
        listener=listener,
    )


def _named(model: str, option: str) -> NamedModel:
    with blaming(option, instead_of="model"):
        folder = find_model(model)
        return NamedModel(folder.resolve().name, load_artifact(folder))


def _check_network(config: Recipe, parent: Artifact) -> None:
    """Raise SentimentError for a knob that --from cannot grant: the shape is the parent's."""
    wanted = config.hyperparameters.to_dict()
    # A model from before a knob was there is what that knob's default describes.
    its = Hyperparameters().to_dict() | parent.manifest.hyperparameters
    for name in network_hyperparameters():
        if name in config.named and wanted[name] != its[name]:
            raise SentimentError(
                f"--from keeps the model's {name}, {its[name]}; leave {name} out", ("from", name)
            )


def _check_unlabelled(config: Recipe, *, learns_words: bool) -> None:
    """Raise SentimentError for a file that nothing would be learnt from."""
    for file in config.data:
        if file.unlabelled and not learns_words:
            raise SentimentError(
                f"{file.path} is unlabelled, and words are learnt with --embedding-epochs "
                "and without --from only; leave it out, or name a --teacher"
            )


def _labels(config: Recipe, parent: Artifact | None) -> tuple[str, ...]:
    if parent is None:
        return config.labels or DEFAULT_LABELS
    if config.labels not in {None, parent.manifest.labels}:
        raise SentimentError(
            f"--from keeps the model's labels, {', '.join(parent.manifest.labels)}; "
            "leave --labels out or name the same",
            ("from", "labels"),
        )
    return parent.manifest.labels
