"""The start of a training: find what cannot work, then import TensorFlow and train."""

from collections.abc import Callable, Sequence

from lstm_sentiment_cli.errors import SentimentError, blaming
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.model.folder import Artifact, load_artifact
from lstm_sentiment_cli.model.locations import find_model
from lstm_sentiment_cli.training.backend import require_gensim, require_tensorflow
from lstm_sentiment_cli.training.hyperparameters import network_of
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS, Output, Recipe
from lstm_sentiment_cli.training.targets import NamedModel
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
        _check_parent(origin.artifact, recipe)
    named_teachers = [_named(teacher, "teacher") for teacher in teachers]
    labels = origin.artifact.manifest.labels if origin else recipe.labels or DEFAULT_LABELS
    learns_words = bool(recipe.hyperparameters.embedding_epochs) and not origin
    if named_teachers:
        _check_teachers(named_teachers, labels)
    else:
        _check_without_teachers(recipe, learns_words=learns_words)
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
        Predictor.load(folder).check()  # not after hours of training
        return NamedModel(folder.resolve().name, load_artifact(folder))


def _check_parent(parent: Artifact, recipe: Recipe) -> None:
    """Raise SentimentError where the recipe asks for what --from keeps as it is."""
    manifest = parent.manifest
    if manifest.precision != "fp32":
        raise SentimentError(
            f"--from needs a model in fp32, this one is in {manifest.precision}; "
            "start from the fp32 model it was made from"
        )
    asked = recipe.hyperparameters.to_dict()
    for name, kept in network_of(manifest.hyperparameters).items():
        if name in recipe.named and asked[name] != kept:
            flag, value = f"--{name.replace('_', '-')}", str(kept).strip("[]").replace(" ", "")
            raise SentimentError(
                f"--from keeps the model's {flag}, {value}; leave {flag} out", ("from", name)
            )
    if recipe.labels not in {None, manifest.labels}:
        raise SentimentError(
            f"--from keeps the model's labels, {', '.join(manifest.labels)}; "
            "leave --labels out or name the same",
            ("from", "labels"),
        )


def _check_teachers(teachers: Sequence[NamedModel], labels: Sequence[str]) -> None:
    for teacher in teachers:
        its = teacher.artifact.manifest.labels
        if set(its) != set(labels):
            raise SentimentError(
                f"the teacher {teacher.name} has the labels {', '.join(its)}, this training run "
                f"has {', '.join(labels)}; choose a teacher with the same labels"
            )


def _check_without_teachers(recipe: Recipe, *, learns_words: bool) -> None:
    for file in recipe.data:
        if file.unlabelled and not learns_words:
            raise SentimentError(
                f"{file.path} is unlabelled, and only --embedding-epochs without --from, or a "
                "--teacher, learns from such texts; leave it out, or give one of these options"
            )
    if "teacher_share" in recipe.named:
        raise SentimentError(
            "teacher_share has no effect without --teacher; name one, or leave it out",
            "teacher_share",
        )
