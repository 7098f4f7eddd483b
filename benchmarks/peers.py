"""The peers, trained, asked and started from here; each is a process in .venv-peers (peer.py)."""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from parts import ROOT, Asked
from tweets import one_line, write_texts

from lstm_sentiment_cli.evaluation.comparison import Peer, vader_probabilities
from lstm_sentiment_cli.inference.runtime import FloatMatrix
from lstm_sentiment_cli.records.labelled import Example, fingerprint, read_examples
from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS, read_recipe

NAMES = {
    "vader": "VADER",
    "textblob": "TextBlob",
    "fasttext": "fastText",
    "tfidf": "TF-IDF and logistic regression",
}
_NEUTRAL = "neutral"
_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
_PROGRAM = ROOT / "benchmarks" / "peer.py"
_TEACHERS_PYTHON = ROOT / ".venv-teacher" / "bin" / "python"
_TEACHER = ROOT / "experiments" / "teacher" / "teacher.py"
_TRAINED = ("fasttext", "tfidf")


def versions() -> dict[str, str]:
    """Return the versions of the peers."""
    found: dict[str, str] = json.loads(subprocess.check_output(_command("versions")))
    return found


def predicting(peer: str, model: Path, texts: Path, output: Path) -> list[str]:
    """Return the command that answers a file of texts."""
    return _command("predict", peer, str(model), str(texts), str(output))


def trained(asked: Asked, config: str) -> Path:
    """Return the folder of the peers trained on what experiments/CONFIG.toml names."""
    path = ROOT / "experiments" / f"{config}.toml"
    return _trained(path, asked.data, asked.work, asked.training_rows)


@cache
def _trained(path: Path, data: Path, work: Path, most: int | None) -> Path:
    config = read_recipe(path, folder=data)
    examples = read_examples(config.data, config.labels or DEFAULT_LABELS).examples
    if most:
        chosen = np.random.default_rng(0).permutation(len(examples))[:most].tolist()
        examples = [examples[row] for row in chosen]
    # Another way of training is another model.
    program = hashlib.sha256(_PROGRAM.read_bytes()).hexdigest()
    key = f"{fingerprint(examples)[:12]}-{program[:12]}"
    folder = work / "peers" / key
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    if not done.exists():
        _train(examples, folder)
        done.touch()
    return folder


def _train(examples: Sequence[Example], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as name:
        file = write_rows(Path(name) / "examples.tsv", examples)
        for peer in _TRAINED:
            subprocess.run(_command("train", peer, str(file), str(folder)), check=True)


def write_rows(path: Path, examples: Sequence[Example]) -> Path:
    """Write lines of label, weight and text for peer.py."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(
            f"{each.label}\t{each.weight}\t{one_line(each.text)}\n" for each in examples
        )
    return path


def as_peer(peer: str, model: Path, labels: Sequence[str]) -> Peer:
    """Return a peer as the package's measures ask it, answering these labels in this order."""
    return Peer(NAMES[peer], _asking(peer, model, labels))


def _asking(
    peer: str, model: Path, labels: Sequence[str]
) -> Callable[[Sequence[str]], FloatMatrix]:
    def probabilities(texts: Sequence[str]) -> FloatMatrix:
        with tempfile.TemporaryDirectory(dir=model) as name:
            given = write_texts(Path(name) / "texts.txt", texts)
            answers = Path(name) / "answers.tsv"
            subprocess.run(predicting(peer, model, given, answers), check=True)
            return _read(answers, labels)

    return probabilities


def teacher(asked: Asked, labels: Sequence[str]) -> Iterator[Peer]:
    """Yield the transformer that experiments/models.sh tuned, if its folder is named."""
    work = asked.teacher

    def probabilities(texts: Sequence[str]) -> FloatMatrix:
        with tempfile.TemporaryDirectory(dir=work) as name:
            given = write_texts(Path(name) / "texts.txt", texts)
            answers = Path(name) / "answers.tsv"
            command = [_TEACHERS_PYTHON, _TEACHER, "ask", work, given, answers]
            subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
            found = _read(answers, labels)
            return np.asarray(found / found.sum(axis=1, keepdims=True))

    if work:
        yield Peer("its teacher, MiniLM-L6", probabilities)


def _read(answers: Path, labels: Sequence[str]) -> FloatMatrix:
    with answers.open(encoding="utf-8") as file:
        columns = file.readline().split()
        rows = np.loadtxt(file, delimiter="\t", ndmin=2)
    by_label = dict(zip(columns, rows.T, strict=True))
    if columns == ["score"]:
        by_label = vader_probabilities(rows[:, 0], neutral=_NEUTRAL in labels)
    return np.column_stack([by_label[label] for label in labels]).astype(np.float32)


def _command(*arguments: str) -> list[str]:
    if not _PYTHON.exists():
        raise SystemExit("the peers are not installed; run: make .venv-peers/.done")
    return [str(_PYTHON), str(_PROGRAM), *arguments]
