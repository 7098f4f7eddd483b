"""What a search tells of itself; it does not know how that is shown."""

from collections.abc import Mapping
from typing import Protocol

from lstm_sentiment_cli.training.progress import Listener
from lstm_sentiment_cli.tuning.search import FoldResult, TrialResult
from lstm_sentiment_cli.tuning.space import Value


class SearchListener(Listener, Protocol):
    """Shows a search, and through a training's Listener each fold and refit under way."""

    def trial_begins(self, number: int, values: Mapping[str, Value]) -> None:
        """Show that a trial begins, or goes on after a resume."""

    def fold_begins(self, number: int, fold: int) -> None:
        """Show that a fold of it begins; epochs and steps that follow are this fold's."""

    def fold_ends(self, number: int, result: FoldResult, *, known: bool) -> None:
        """Show what a fold gave; `known`: it was measured before, and only read."""

    def trial_ends(self, trial: TrialResult, best: TrialResult | None) -> None:
        """Show how a trial ended (complete, dropped, failed), and the best so far."""
