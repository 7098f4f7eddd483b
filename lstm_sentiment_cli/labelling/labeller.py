"""A person labels texts: what is asked, what was answered, and what the answers say."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.figures import PICKS
from lstm_sentiment_cli.labelling.candidates import Candidate, Candidates, SeededOrder
from lstm_sentiment_cli.labelling.label_file import SKIPPED, UNCERTAIN, Asked, LabelFile
from lstm_sentiment_cli.labelling.picking import STEP, Likeness, Scorer, pick
from lstm_sentiment_cli.records.labelled import AT_RANDOM
from lstm_sentiment_cli.text.normalizer import words

if TYPE_CHECKING:
    from lstm_sentiment_cli.evaluation.metrics import Interval

_USUAL_KEYS = {"positive": "p", "negative": "n", "neutral": "u"}
SKIP, UNDO, HELP, QUIT = "s", "z", "?", "q"
_SPARE_KEYS = "abcdefghijklmnoprtuvwxy0123456789"


def label_keys(labels: Sequence[str]) -> dict[str, str]:
    """Return key → label: the first letter of a label that is free, else any key that is.

    ("positive", "negative", "neutral") → p, n, u; ("joy", "jealousy", "sadness") → j, e, a.
    """
    keys = {_USUAL_KEYS[label]: label for label in labels if label in _USUAL_KEYS}
    for label in labels:
        if label not in _USUAL_KEYS:
            wanted = (*label.casefold(), *_SPARE_KEYS)
            free = (key for key in wanted if key in _SPARE_KEYS and key not in keys)
            if (key := next(free, None)) is None:
                raise SentimentError(
                    f"the model has {len(labels)} labels, more than there are keys "
                    f"({len(_SPARE_KEYS)}); choose another with --model",
                    "model",
                )
            keys[key] = label
    return {key: label for label in labels for key, its in keys.items() if its == label}


class Question(NamedTuple):
    """A text to ask, and how it came to be asked."""

    candidate: Candidate
    picked: str  # AT_RANDOM or UNCERTAIN

    @property
    def text(self) -> str:
        """The text itself."""
        return self.candidate.text


class Labeller:
    """Asks texts and writes the answers; each is on disk when its method returns.

    Which text comes next depends on the seed, the texts and the answers alone, so that a session
    that was killed goes on as if it had not been.
    """

    def __init__(
        self,
        labels: Sequence[str],
        candidates: Candidates,
        file: LabelFile,
        scorer: Scorer,
        *,
        picks: str = PICKS[0],
        seed: int = 1,
    ) -> None:
        """Labels are those of the model; `picks` is one of PICKS."""
        self.labels, self.file, self.scorer = tuple(labels), file, scorer
        self.question: Question | None = None  # None: none is left, or the model is not so far
        self.waiting = True  # whether the model must first read more texts
        self._candidates, self._picks = candidates, picks
        self._pool = [each.text for each in candidates.pool]
        self._in_pool: dict[str, Candidate] = {}
        self._again: list[Question] = []  # taken back, the last on top
        self._texts: set[str] = set()
        self._keys: Counter[str] = Counter()
        self._likeness = Likeness()
        for each in file.asked:
            self._note(each)
        self._check_seed(SeededOrder(seed))
        self.advance()

    def advance(self) -> None:
        """Find the next question, if the model has read enough; its error is raised here."""
        if self.scorer.error:
            raise self.scorer.error
        if self._again:
            self.question, self.waiting = self._again[-1], False
            return
        self.question, self.waiting = None, False
        for half in self._preferred():
            if half == AT_RANDOM:
                self.question = self._next_drawn()
            else:
                self.question = self._next_uncertain()
            if self.question or self.waiting:
                return

    def answer(self, label: str) -> None:
        """Write the answer to the question, and go on to the next."""
        assert self.question is not None
        (text, fields), picked = self.question
        self.file.add(text, fields, label, picked)
        self._note(self.file.asked[-1])
        if self._again:
            self._again.pop()
        self.advance()

    def undo(self) -> bool:
        """Take the last answer back and ask again; False if there is none."""
        if not self.file.asked:
            return False
        asked = self.file.take_back()
        self._texts.discard(asked.text)
        self._keys[_key(asked.text)] -= 1
        self._likeness.take_back()
        # From the row: the input need not have this text any more.
        self._again.append(Question(Candidate(asked.text, asked.fields), asked.picked))
        self.advance()
        return True

    def by_label(self) -> dict[str, int]:
        """Return how often each label was given, those of the model first, SKIPPED last."""
        counts = Counter(each.label for each in self.file.asked)
        names = dict.fromkeys(
            [*self.labels, *(name for name in counts if name != SKIPPED), SKIPPED]
        )
        return {name: counts[name] for name in names if counts[name]}

    @property
    def labelled(self) -> int:
        """How many texts have a label."""
        return sum(each.labelled for each in self.file.asked)

    def accuracy(self) -> "tuple[int, Interval] | None":
        """Return how many labelled texts were drawn at random, and the share the model has right.

        None while that is unknown.
        """
        drawn = [
            each
            for each in self.file.asked
            if each.picked == AT_RANDOM and each.label in self.labels
        ]
        answers = [self.scorer.answer(each.text) for each in drawn]
        if not drawn or None in answers:
            return None
        # NumPy, which this brings, has been imported with the model by now.
        from lstm_sentiment_cli.evaluation.metrics import wilson

        pairs = zip(drawn, answers, strict=True)
        right = sum(answer is not None and answer[0] == each.label for each, answer in pairs)
        return len(drawn), wilson(right, len(drawn))

    def was_learnt(self) -> bool:
        """Return whether the model says that it was trained on a file of this name."""
        predictor = self.scorer.predictor
        data = predictor.manifest.provenance.get("data") if predictor else None
        files = data if isinstance(data, list) else []
        names = [each.get("name") for each in files if isinstance(each, dict)]
        return self.file.path.name in names

    def _note(self, asked: Asked) -> None:
        self._texts.add(asked.text)
        self._keys[_key(asked.text)] += 1
        self._likeness.add(asked.text)

    def _is_free(self, text: str) -> bool:
        return text not in self._texts and not self._keys[_key(text)]

    def _preferred(self) -> tuple[str, str]:
        """Return which half the next text is from, and which if there is none left."""
        counts = Counter(each.picked for each in self.file.asked)
        first = self._picks
        if first == "mixed":
            first = AT_RANDOM if counts[AT_RANDOM] <= counts[UNCERTAIN] else UNCERTAIN
        return (first, UNCERTAIN if first == AT_RANDOM else AT_RANDOM)

    def _next_drawn(self) -> Question | None:
        found = _first(self._candidates.drawn, self._is_free)
        return found and Question(found, AT_RANDOM)

    def _next_uncertain(self) -> Question | None:
        pool = self._candidates.pool
        picked = sum(each.picked == UNCERTAIN for each in self.file.asked)
        if self._picks == AT_RANDOM:  # the other half is used up, so this one is in its order too
            found = _first(pool, self._is_free)
            # Without those that were picked before, what is left was not drawn at random.
            return found and Question(found, UNCERTAIN if picked else AT_RANDOM)
        reach = min(STEP * (picked + 1), len(pool))
        if self.scorer.predictor is None or self.scorer.scored < reach:
            self.waiting = reach > 0
            return None
        self._in_pool = self._in_pool or {each.text: each for each in pool}
        text = pick(self.scorer, self._pool, reach, self._likeness, self._is_free)
        return None if text is None else Question(self._in_pool[text], UNCERTAIN)

    def _check_seed(self, order: SeededOrder) -> None:
        """Raise SentimentError where the file was begun with another seed.

        Its texts would no longer be drawn at random: some of this half were picked before.
        """
        for each in self.file.asked:
            if each.picked == UNCERTAIN and not order.in_pool(each.text):
                raise SentimentError(
                    f"{self.file.path} was begun with another --seed, or by another program; "
                    "give the same one, or name another file with --output",
                    "seed",
                )


def _key(text: str) -> str:
    return " ".join(words(text)) or text


def _first(candidates: Sequence[Candidate], is_free: Callable[[str], bool]) -> Candidate | None:
    return next((each for each in candidates if is_free(each.text)), None)
