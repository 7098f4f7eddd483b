"""The start of a training: find what cannot work, then import TensorFlow and train."""

from collections.abc import Callable

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
    listener: Listener,
) -> Artifact:
    """Train as asked; `read` is given the labels, which may be the parent's.

    `parent` is the name or path of a model.
    What the user can get wrong is found before TensorFlow, which takes seconds to import.
    """
    origin = _named(parent) if parent else None
    if origin:
        _check_parent(origin.artifact, recipe)
        recipe = recipe.continuing()
    elif recipe.hyperparameters.rehearsal:
        raise SentimentError(
            "rehearsal needs a model that knows something; name one with --from, or leave it out",
            "rehearsal",
        )
    labels = origin.artifact.manifest.labels if origin else recipe.labels or DEFAULT_LABELS
    listener.stage("reading examples")
    data = read(labels)
    listener.stage("starting TensorFlow")
    require_tensorflow()
    if recipe.hyperparameters.embedding_epochs and not origin:
        require_gensim()
    # Not earlier: its modules import TensorFlow at their top.
    from lstm_sentiment_cli.training.trainer import train

    return train(data, recipe.hyperparameters, output, parent=origin, listener=listener)


def _named(model: str) -> NamedModel:
    with blaming("from", instead_of="model"):
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
