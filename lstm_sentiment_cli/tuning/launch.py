"""The start of a tuning: find what cannot work, then import TensorFlow and tune."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import check_output
from lstm_sentiment_cli.training.backend import require_gensim, require_keras_tuner
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.recipe import Output
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.journal import begin, check_place, clear, search_folder
from lstm_sentiment_cli.tuning.plan import Plan, plan_of
from lstm_sentiment_cli.tuning.search import Search, SearchListener

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.fitting import Estimate
    from lstm_sentiment_cli.tuning.selection import Tuned


def check_places(output: Output) -> None:
    """Raise SentimentError when the model cannot be written, or another search is in the way."""
    if output.resume and output.folder.exists() and not output.force:
        raise SentimentError(
            f"the tuning of {output.folder} is finished; --resume --force continues it with more "
            "--trials and replaces the model"
        )
    check_output(output.folder, force=output.force)
    if output.resume or not output.force:
        check_place(search_folder(output.folder), resume=output.resume)


def planned(
    read: Callable[[tuple[str, ...]], TrainingData],
    search: Search,
    holdout: float,
    reference: Hyperparameters,
    listener: Listener,
) -> Plan:
    """Read the examples and plan the search; what cannot be learnt from is found here."""
    listener.stage("reading examples")
    data = read(search.labels)
    for source in data.sources:
        if source.get("unlabelled"):
            raise SentimentError(
                f"{source['name']} is unlabelled, and tune learns from labelled rows only; "
                "leave it out"
            )
    listener.stage("holding out")
    return plan_of(search, data, holdout, reference)


def estimate(plan: Plan, listener: Listener) -> "Estimate":
    """Return how long a tuning will take."""
    _start_tensorflow(plan.search, listener)
    from lstm_sentiment_cli.tuning.fitting import estimated

    listener.stage("training on a small sample")
    return estimated(plan)


def start(plan: Plan, output: Output, listener: SearchListener) -> "Tuned":
    """Tune as planned; an earlier search is resumed or replaced."""
    folder = search_folder(output.folder)
    if output.resume:
        begin(folder, plan.search, plan.searched, resume=True)
    _start_tensorflow(plan.search, listener)
    # Not earlier: where TensorFlow is missing, nothing is written and nothing is lost.
    if not output.resume:
        if output.force:
            clear(folder)
        begin(folder, plan.search, plan.searched, resume=False)
    from lstm_sentiment_cli.tuning.selection import tune

    return tune(plan, output.folder, listener, force=output.force)


def _start_tensorflow(search: Search, listener: Listener) -> None:
    listener.stage("starting TensorFlow")
    require_keras_tuner()
    if search.space.fixed.embedding_epochs or "embedding_epochs" in search.space.dimensions:
        require_gensim()
