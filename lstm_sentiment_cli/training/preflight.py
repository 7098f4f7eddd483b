"""The start of a training: find what cannot work, then import TensorFlow and train."""

from collections.abc import Callable, Sequence

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.model.folder import Artifact, load_artifact
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.training.backend import require_gensim, require_tensorflow
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters, network_hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS, Output, Recipe
from lstm_sentiment_cli.training.targets import NamedModel, check_teachers, require_fp32
from lstm_sentiment_cli.training.training_data import TrainingData


def start(
    read: Callable[[tuple[str, ...]], TrainingData],
    recipe: Recipe,
    output: Output,
    *,
    parent: str | None,
    teachers: Sequence[str] = (),
    listener: Listener,
) -> Artifact:
    """Train as asked; `read` is given the labels, which may be the parent's.

    `parent` and `teachers` are names or paths of models.
    What the user can get wrong is found before TensorFlow, which takes seconds to import.
    """
    origin = _named(parent, "from") if parent else None
    if origin:
        require_fp32(origin.artifact)
        _check_network(recipe, origin.artifact)
    named_teachers = [_named(teacher, "teacher") for teacher in teachers]
    labels = _labels(recipe, origin.artifact if origin else None)
    check_teachers(named_teachers, labels)
    learns_words = bool(recipe.hyperparameters.embedding_epochs) and not origin
    if not named_teachers:
        _check_unlabelled(recipe, learns_words=learns_words)
        if "teacher_share" in recipe.named:
            raise SentimentError(
                "teacher_share has no effect without --teacher; name one, or leave it out",
                "teacher_share",
            )
    listener.stage("reading examples")
    data = read(labels)
    listener.stage("starting TensorFlow")
    require_tensorflow()
    if learns_words:
        require_gensim()
    # Not earlier: its modules import TensorFlow at their top.
    from lstm_sentiment_cli.training.trainer import train

    return train(
        data,
        recipe.hyperparameters,
        output,
        parent=origin,
        teachers=named_teachers,
        listener=listener,
    )


def _named(model: str, option: str) -> NamedModel:
    with blaming(option, instead_of="model"):
        folder = find_model(model)
        return NamedModel(folder.resolve().name, load_artifact(folder))


def _check_network(recipe: Recipe, parent: Artifact) -> None:
    """Raise SentimentError for a hyperparameter that differs from the parent's network."""
    asked = recipe.hyperparameters.to_dict()
    # An older model lacks the newer hyperparameters: their defaults describe it.
    its = Hyperparameters().to_dict() | parent.manifest.hyperparameters
    for name in network_hyperparameters():
        if name in recipe.named and asked[name] != its[name]:
            raise SentimentError(
                f"--from keeps the model's {name}, {its[name]}; leave {name} out", ("from", name)
            )


def _check_unlabelled(recipe: Recipe, *, learns_words: bool) -> None:
    """Raise SentimentError for a file that nothing would be learnt from."""
    for file in recipe.data:
        if file.unlabelled and not learns_words:
            raise SentimentError(
                f"{file.path} is unlabelled, and only --embedding-epochs without --from, or a "
                "--teacher, learns from such texts; leave it out, or give one of these options"
            )


def _labels(recipe: Recipe, parent: Artifact | None) -> tuple[str, ...]:
    if parent is None:
        return recipe.labels or DEFAULT_LABELS
    if recipe.labels not in {None, parent.manifest.labels}:
        raise SentimentError(
            f"--from keeps the model's labels, {', '.join(parent.manifest.labels)}; "
            "leave --labels out or name the same",
            ("from", "labels"),
        )
    return parent.manifest.labels
