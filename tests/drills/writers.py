"""The commands that write, small enough to run thousands of times, and what they must write."""

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lstm_sentiment_cli import datasets
from tests.conftest import ROOT
from tests.drills.harness import (
    LIMIT,
    TRAINING_LIMIT,
    Fault,
    LostError,
    Running,
    digest,
    leftovers,
)

OUT = "out"  # the folder, below the current one, that everything is written to
GOLDEN = str(ROOT / "tests" / "golden" / "format-1")
_DEFAULT = str(ROOT / "models" / "default")
_HIDDEN = (".part",)  # a download begins again where it broke off
_TINY = (
    *("--vocabulary-size", "60", "--embedding-units", "4", "--lstm-units", "3", "--min-count"),
    *("1", "--epochs", "2", "--batch-size", "32"),
)
TUNE = ("tune", "-q", "tiny.csv", *_TINY, "--folds", "2", "--algorithm", "random")
_LABELS = {"0": 300, "4": 300}
_MEMBER = datasets.Member("one.csv", "one.csv", _LABELS)
_SMALL_SET = datasets.Dataset("sentiment140", "", (_MEMBER,))
# What is typed into a conversation; the answers are saved, and some of them corrected.
_KEYS = "good film\r/label negative\rbad day\r/label positive\r/save out/a.csv\r/quit\r"


@dataclass(frozen=True)
class Writer:
    """A command, and what it writes below the current folder."""

    name: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...]
    keys: str | None = None  # what is typed at its prompt
    answers: str | None = None  # what it reads from stdin; what is there it goes on with
    resumed_by: str | None = None  # if this file is there, a killed run goes on with --resume
    model: bool = False  # an older model stands where it writes
    grows: str | None = None  # the output that may be a beginning of what it becomes
    trains: bool = False
    whole: dict[str, str | None] = field(default_factory=dict, compare=False)

    @property
    def limit(self) -> float:
        """Return the seconds that a run may take."""
        return TRAINING_LIMIT if self.trains else LIMIT

    def start(
        self,
        work: Path,
        fault: Fault | None = None,
        before: Callable[[], None] | None = None,
    ) -> Running:
        """Start the command in a folder that `prepare` made, or let it go on there.

        `before` is called in its process first.
        """
        resume = self.resumed_by and (work / self.resumed_by).exists()
        arguments = [*self.arguments, *(["--resume"] if resume else [])]
        datasets.DATASETS["sentiment140"] = _SMALL_SET
        given = None
        if self.answers:
            given = work.parent / "answers"
            given.write_text(self.answers)
        return Running(arguments, work, fault, keys=self.keys, before=before, given=given)

    def learn(self, work: Path) -> int:
        """Run undisturbed, to know what it writes; return the number of its steps."""
        ended = self.start(work).wait(self.limit)
        if ended.code != 0 or not all((work / name).exists() for name in self.outputs):
            raise LostError(f"{self.name} does not work at all: {ended.out}{ended.err}")
        self.whole.update(self.written(work))
        return ended.steps

    def written(self, work: Path) -> dict[str, str | None]:
        """Return a digest of each output; LostError when a model is not whole."""
        return {name: digest(work / name) for name in self.outputs}

    def check(self, work: Path, before: dict[str, str | None]) -> None:
        """Raise LostError unless each output is what stood there, or the whole new one."""
        for name, now in self.written(work).items():
            if now in {before[name], self.whole[name]}:
                continue
            text = (work / name).read_text() if name == self.grows and now else ""
            # Ctrl-C may have ended any of the commands: rows are whole, whichever they are.
            if not re.fullmatch(r"text,label(,picked)?\n(?:[^,\n]+,[^,\n]+(?(1),random)\n)*", text):
                raise LostError(f"{name} is gone" if now is None else f"{name} is not whole")

    def finish(self, work: Path) -> None:
        """Run it again, undisturbed: everything is written, and nothing is left over."""
        if self.keys:  # it replaces no file, and adds to others
            for name in self.outputs:
                (work / name).unlink(missing_ok=True)
        ended = self.start(work).wait(self.limit)
        if ended.code != 0:
            raise LostError(f"the next run ended with {ended.code}: {last_line(ended.err)}")
        if self.answers and self.written(work) != self.whole:
            raise LostError("it did not go on as if nothing had happened")
        if "going on without it" in ended.out:
            raise LostError("the history is damaged")
        self.check(work, self.whole)
        if left := leftovers(work / OUT):
            raise LostError(f"the next run left {', '.join(left)}")


def writers(url: str) -> list[Writer]:
    """Return all commands that write; `url` is where `archive` is served."""
    files = [
        Writer(f"predict -o {kind}", (*_PREDICT, f"out/a.{kind}"), (f"out/a.{kind}",))
        for kind in ("csv", "tsv", "jsonl", "parquet")
    ]
    report = ("--report", "out/a.html", "--plots", "out/plots", "--force")
    model = "out/model"
    to_model = ("-o", model, "--force")
    return [
        *files,
        Writer("summarize", _SUMMARIZE, ("out/a.csv", "out/a.html")),
        Writer("evaluate", (*_EVALUATE, GOLDEN, *report), ("out/a.html", "out/plots")),
        Writer("evaluate --record", (*_EVALUATE, model, "--record", "a"), (model,), model=True),
        Writer("calibrate", (*_CALIBRATE, *to_model), (model,), model=True),
        Writer("data fetch", (*_FETCH, "--url", url, "-o", OUT), ("out/one.csv",)),
        Writer("label", _LABEL, ("out/l.csv",), answers="p\n" * 6, grows="out/l.csv"),
        Writer("repl", REPL, ("out/a.csv", "out/c.csv"), keys=_KEYS, grows="out/c.csv"),
        Writer(
            "train",
            ("train", "-q", "tiny.csv", *_TINY, *to_model),
            (model,),
            model=True,
            trains=True,
            resumed_by="out/.model.training.npz",
        ),
        Writer(
            "tune",
            (*TUNE, "--trials", "2", *to_model),
            (model,),
            model=True,
            trains=True,
            resumed_by="out/model-search/search.json",
        ),
    ]


_PREDICT = ("predict", "-q", "-m", GOLDEN, "-i", "many.csv", "--force", "-o")
_SUMMARIZE = (
    *("summarize", "-q", "many.csv", "-m", GOLDEN, "--by", "label", "--force"),
    *("-o", "out/a.csv", "--report", "out/a.html"),
)
_EVALUATE = ("evaluate", "-q", "sample.csv", "-m")
_CALIBRATE = ("calibrate", "-q", "sample.csv", "-m", GOLDEN)
_FETCH = ("data", "fetch", "-q", "sentiment140")
_LABEL = ("label", "few.txt", "-m", GOLDEN, "--pick", "random", "-o", "out/l.csv")
REPL = ("repl", "-m", GOLDEN, "--corrections", "out/c.csv")


def last_line(said: str) -> str:
    """Return the last line of what a command said."""
    return "".join(said.strip().splitlines()[-1:])


def prepare(work: Path, *, model: bool = False, standing: bool = False) -> None:
    """Make a folder with everything that the commands read, and perhaps what they replace."""
    (work / OUT).mkdir(parents=True, exist_ok=True)
    with (ROOT / "data" / "sample.csv").open(newline="") as file:
        header, *sample = csv.reader(file)
    _write_csv(work / "sample.csv", [header, *sample])
    _write_csv(
        work / "many.csv", [header, *([a, f"{text} {n}"] for n in range(6) for a, text in sample)]
    )
    words = {"positive": ("good", "lovely", "fine"), "negative": ("bad", "awful", "sad")}
    tiny = [
        (label, f"the {thing} was {word}")
        for label, some in words.items()
        for word in some
        for thing in ("film", "day", "song", "meal", "game", "trip", "book", "view", "talk", "walk")
    ]
    _write_csv(work / "tiny.csv", [("label", "text"), *tiny])
    (work / "few.txt").write_text("".join(f"{text}\n" for _, text in tiny[::12]))
    if model:
        shutil.copytree(GOLDEN, work / OUT / "model")
    if standing:
        for kind in ("csv", "tsv", "jsonl", "parquet", "html"):
            (work / OUT / f"a.{kind}").write_text("old\n")


def archive() -> bytes:
    """Return an archive like that of the public set, with sentences of our own."""
    content = io.BytesIO()
    rows = [
        f'"{label}","{number}","date","NO_QUERY","me","number {number} of {label}"\n'
        for label, count in _LABELS.items()
        for number in range(count)
    ]
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("one.csv", "".join(rows))
    return content.getvalue()


def _write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
