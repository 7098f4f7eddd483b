"""Lists of words, frames for sentences, and the files of tweets."""

import gzip
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lstm_sentiment_cli.records.labelled import without_emoticons

HERE = Path(__file__).parent
_SLOT = re.compile(r"\{(\w[\w']*)\}")
_ARTICLE = re.compile(r"\b(a|A)(?= [aeiouAEIOU8])(?! (?:one|uni|use|Euro|euro|Ukr|Uga))")


@dataclass(frozen=True)
class Lists:
    """Lists of words by name, and frames: (label, frame)."""

    lists: dict[str, list[str]]
    frames: list[tuple[str, str]]

    def fill(self, frame: str, draw: random.Random) -> str:
        """Return the frame with a word in each slot; words may have slots themselves."""
        while match := _SLOT.search(frame):
            word = draw.choice(self.lists[match[1]])
            frame = frame[: match.start()] + word + frame[match.end() :]
        return with_articles(frame)


def with_articles(text: str) -> str:
    """Return the text with a or an as the next word wants it, and without double spaces."""
    return " ".join(_ARTICLE.sub(r"\1n", text).split())


def read_lists(*names: str) -> Lists:
    """Read files of lists (`= name`, then words between bars) and frames (`label: frame`)."""
    lists: dict[str, list[str]] = {}
    frames = []
    for name in names:
        lines = iter((HERE / name).read_text(encoding="utf-8").splitlines())
        for line in lines:
            if line.startswith("= "):
                lists[line[2:]] = [word.strip() for word in next(lines).split("|")]
            elif line and not line.startswith("#"):
                label, _, frame = line.partition(": ")
                frames.append((label, frame))
    return Lists(lists, frames)


@dataclass(frozen=True)
class Row:
    """A text, its label ("" without one), and the file it is from."""

    text: str
    label: str
    file: str


# Here the emoticon that is the label still stands in the text.
STRIPPED = {"emoticon2011_train", "thinknook_train"}
WEAK = (
    "sentiment140_train",
    "sentiment140_damaged_train",
    "thinknook_train",
    "emoticon2011_train",
)
HAND = ("semeval_train", "airline_train", "extraction_train", "crowd_train", "corona_train")
# Without a label that counts: a polarity mapped from emotions is another task.
OTHERS = ("emotion_train", "unlabelled_tweets")
UNSEEN = ("semeval_dev", "sentiment140_dev", "sentiment140_manual_test")


def read_rows(folder: Path, name: str) -> Iterator[Row]:
    """Read a file of tweets; emoticons that are the label are left out."""
    with gzip.open(folder / f"{name}.tsv.gz", "rt", encoding="utf-8") as file:
        header = next(file).rstrip("\n").split("\t")
        for line in file:
            cells = dict(zip(header, line.rstrip("\n").split("\t"), strict=True))
            text = without_emoticons(cells["text"]) if name in STRIPPED else cells["text"]
            label = "" if name in OTHERS else cells["label"]
            if text:
                yield Row(text, label, name)
