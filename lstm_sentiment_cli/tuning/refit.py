"""A trial's network trained once more, on more rows than a fold has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lstm_sentiment_cli.records.examples import Example, fingerprint
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from lstm_sentiment_cli.training.checkpoint import load_checkpoint, save_checkpoint
from lstm_sentiment_cli.training.embedding import stoppable_word_vectors
from lstm_sentiment_cli.training.encoded import Encoded
from lstm_sentiment_cli.training.export import exported
from lstm_sentiment_cli.training.fit import Fit, ready
from lstm_sentiment_cli.training.interrupt import Interrupt
from lstm_sentiment_cli.training.progress import Listener
from lstm_sentiment_cli.training.train import fitted_tokenizer
from lstm_sentiment_cli.tuning.search import TrialResult


@dataclass(frozen=True, slots=True, eq=False)
class Refit:
    """A network that learnt as many epochs as were best on average over its trial's folds."""

    fit: Fit
    tokenizer: Tokenizer
    graph: bytes


def refit(
    trial: TrialResult,
    examples: Sequence[Example],
    labels: Sequence[str],
    checkpoint: Path,
    listener: Listener,
) -> Refit:
    """Train a trial's network on all these examples; nothing of them is held out.

    After each epoch a checkpoint is left, from which the next call with the same arguments goes
    on: one that has ended is not trained again.
    """
    knobs = replace(trial.hyperparameters, epochs=trial.best_epoch)
    tokenizer = fitted_tokenizer(examples, knobs)
    identity: dict[str, object] = {
        "hyperparameters": knobs.to_dict(),
        "labels": list(labels),
        "data": fingerprint(examples),
    }
    training = Encoded.of(examples, tokenizer, labels)
    begun = load_checkpoint(checkpoint, identity) if checkpoint.exists() else None
    fit = ready(
        training,
        None,
        knobs,
        vocabulary=len(tokenizer.vocabulary),
        labels=len(labels),
        embedding=(
            None if begun else stoppable_word_vectors([training.rows], knobs, listener.stage)
        ),
        listener=listener,
        # Ctrl-C is not asked to finish early here: half a training is not what was measured.
        interrupt=Interrupt(),
        keep=lambda fit: save_checkpoint(checkpoint, fit.checkpoint(identity)),
    )
    if begun:
        fit.resume(begun)
    fit.run()
    return Refit(fit, tokenizer, exported(fit.model))
