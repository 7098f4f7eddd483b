"""The start of a tuning: read and check all there is to check, import TensorFlow, tune."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import check_output
from lstm_sentiment_cli.training.backend import require_gensim, require_keras_tuner
from lstm_sentiment_cli.training.hyperparameters import Hyperparameters
from lstm_sentiment_cli.training.listener import Listener
from lstm_sentiment_cli.training.training_data import TrainingData
from lstm_sentiment_cli.tuning.plan import Plan, plan_of, search_folder
from lstm_sentiment_cli.tuning.search import Search, SearchListener
from lstm_sentiment_cli.tuning.search_folder import begin, check_place, clear

if TYPE_CHECKING:
    from lstm_sentiment_cli.tuning.fitting import Estimate
    from lstm_sentiment_cli.tuning.selection import Tuned


def check_places(output: Path, *, force: bool, resume: bool) -> None:
    """Raise SentimentError when the model cannot go there, or a search is in the way."""
    if resume and output.exists() and not force:
        raise SentimentError(
            f"the tuning of {output} has ended; with --force too, --resume goes on with more "
            "--trials and replaces the model"
        )
    check_output(output, force=force)
    if resume or not force:
        check_place(search_folder(output), resume=resume)


def planned(
    read: Callable[[tuple[str, ...]], TrainingData],
    search: Search,
    holdout: float,
    reference: Hyperparameters,
    listener: Listener,
) -> Plan:
    """Read the examples and cut them; what cannot be learnt from is found here."""
    listener.stage("reading examples")
    data = read(search.labels)
    for source in data.sources:
        if source.get("unlabelled"):
            raise SentimentError(
                f"{source['name']} is unlabelled, and tune learns words from labelled rows only; "
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


def start(
    plan: Plan, output: Path, *, force: bool, resume: bool, listener: SearchListener
) -> "Tuned":
    """Tune as planned; an earlier search goes on, or makes room for this one."""
    folder = search_folder(output)
    if resume:
        begin(folder, plan.search, plan.searched, resume=True)
    _start_tensorflow(plan.search, listener)
    # Only now: where TensorFlow is missing, nothing is left and nothing is lost.
    if not resume:
        if force:
            clear(folder)
        begin(folder, plan.search, plan.searched, resume=False)
    from lstm_sentiment_cli.tuning.selection import tune

    return tune(plan, output, listener, force=force)


def _start_tensorflow(search: Search, listener: Listener) -> None:
    listener.stage("starting TensorFlow")
    require_keras_tuner()
    if search.space.fixed.embedding_epochs or "embedding_epochs" in search.space.dimensions:
        require_gensim()
