"""Start: whole processes, from nothing to the answer to one text."""

import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import peers
import repl
from measure import OURS, run
from parts import OURS_NAME, ROOT, TEXT, Asked, Part, Side, in_turns
from programs import save_keras
from surroundings import surroundings
from tweets import write_texts

from lstm_sentiment_cli.inference.predictor import Predictor

SECONDS = "s"
HELP, PREDICT, REPL = (f"{OURS_NAME} {what}" for what in ("--help", "predict TEXT", "repl"))
KERAS = "the same network loaded and asked in Keras"


def measure(asked: Asked) -> Part:
    """Measure all processes in turns, then the first prompts."""
    part = Part("start", surroundings())
    with tempfile.TemporaryDirectory(dir=asked.work) as name:
        folder = Path(name)
        commands = _ours(asked, folder) | _peers(asked, folder)
        sides = [_side(what, command) for what, command in commands.items()]
        figures = in_turns(part, sides, asked.rounds)
        milliseconds = repl.first_prompts(name, asked.rounds)
    part.add(f"{REPL}, to the first prompt", SECONDS, [each / 1000 for each in milliseconds])
    for what in list(commands)[2:]:
        part.compare(f"{what} / {PREDICT}", figures[what], figures[PREDICT])
    part.notes.append(
        "All answer the same sentence; fastText is quantised, because that loads fastest."
    )
    return part


def _ours(asked: Asked, folder: Path) -> dict[str, list[str]]:
    saved = folder / "model.keras"
    save_keras(asked.model, saved)
    ids = Predictor.load(asked.model).tokenizer.encode(TEXT).ids
    script = str(ROOT / "benchmarks" / "keras_side.py")
    return {
        HELP: [*OURS, "--help"],
        PREDICT: [*OURS, "predict", TEXT, "--model", str(asked.model)],
        KERAS: [sys.executable, script, "predict", str(saved), *map(str, ids)],
    }


def _peers(asked: Asked, folder: Path) -> dict[str, list[str]]:
    model = peers.trained(asked, "seed")
    texts = write_texts(folder / "text.txt", [TEXT])
    return {
        what: peers.predicting(peer, model, texts, folder / f"{peer}.tsv")
        for peer, what in (("fasttext-small", "fastText"), ("vader", "VADER"))
    }


def _side(what: str, command: Sequence[str]) -> Side:
    ended = partial(run, command)
    return lambda: {(what, SECONDS): ended().seconds}
