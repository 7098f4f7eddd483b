"""What a record tells, told to a listener; no TensorFlow here."""

from dataclasses import dataclass, field

from lstm_sentiment_cli.tuning.progress import SearchListener
from lstm_sentiment_cli.tuning.record import Began, Entry, Measured, trials_of
from lstm_sentiment_cli.tuning.search import Search, leaderboard


@dataclass(slots=True)
class Telling:
    """Tells each entry of a record as it comes, whichever process wrote it."""

    search: Search
    listener: SearchListener
    _told: list[Entry] = field(default_factory=list)

    def tell(self, entry: Entry, *, known: bool = False) -> None:
        """Tell an entry; `known`: of an earlier run."""
        self._told.append(entry)
        if isinstance(entry, Began):
            self.listener.trial_begins(entry.trial, entry.values)
        elif isinstance(entry, Measured):
            self.listener.fold_ends(entry.trial, entry.result, known=known)
        else:
            trials = trials_of(self._told, self.search)
            ranked = leaderboard(trials, self.search.objective)
            self.listener.trial_ends(trials[entry.trial], ranked[0] if ranked else None)
