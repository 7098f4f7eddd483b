"""Sides of the throughput benchmark: each is measured once a call, on texts of its own number."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import peers
from measure import OURS, Run, run
from parts import ROOT, Asked, Side
from tweets import some, write_tweets

from lstm_sentiment_cli.benchmarking.speed import ready_batches, seconds_of_network
from lstm_sentiment_cli.inference.predictor import Predictor
from lstm_sentiment_cli.inference.runtime import Ragged

RATE, MEMORY = "texts/s", "MB"
KERAS_WAYS = {"padded": "keras.predict, padded", "sorted": "keras.predict, sorted by length"}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where sides are measured; the folder holds texts and is removed in the end."""

    asked: Asked
    folder: Path

    def texts(self, rows: int) -> Path:
        """Write so many different tweets, one a line."""
        return write_tweets(self.folder, self.asked.data, rows)


def whole_name(model: str) -> str:
    """Name what `program` measures."""
    return f"{model}, whole program"


def network_name(model: str) -> str:
    """Name what `network` measures."""
    return f"{model}, network alone"


def program(name: str, model: Path, texts: Path, rows: int) -> Side:
    """Measure the whole program, from a file of texts to one of answers."""
    answers = texts.with_suffix(".answers.tsv")
    command = [
        *OURS, "predict", "--input", str(texts), "--input-format", "lines", "--format", "tsv",
        "--output", str(answers), "--force", "--quiet", "--model", str(model),
    ]  # fmt: skip

    def side() -> dict[tuple[str, str], float]:
        ended = _ended(command, answers, rows)
        memory = (f"{whole_name(name)}, peak memory", MEMORY)
        return {(whole_name(name), RATE): rows / ended.seconds, memory: ended.peak_mb}

    return side


def network(name: str, model: Path, data: Path, rows: int) -> Side:
    """Measure the network alone on the ids of the same texts, which are ready before."""
    predictor = Predictor.load(model)
    batches = ready_batches(predictor, some(data, rows))
    return lambda: {(network_name(name), RATE): rows / seconds_of_network(predictor, batches)}


def peer_program(bench: Bench, peer: str, model: Path, rows: int) -> Side:
    """Measure a peer as a whole program."""
    texts = bench.texts(rows)
    answers = texts.with_suffix(f".{peer}.tsv")
    command = peers.predicting(peer, model, texts, answers)
    # The first line names the columns.
    ended = partial(_ended, command, answers, rows + 1)
    return lambda: {(peers.NAMES[peer], RATE): rows / ended().seconds}


def keras(bench: Bench, rows: int) -> Side:
    """Measure keras.predict on the ids of the same texts."""
    saved, ids = bench.folder / "model.keras", bench.folder / "ids.npz"
    save_keras(bench.asked.model, saved)
    encode = Predictor.load(bench.asked.model).tokenizer.encode
    laid = Ragged.of([encode(text).ids for text in some(bench.asked.data, rows)])
    np.savez(ids, flat=laid.flat, lengths=laid.lengths)

    def side() -> dict[tuple[str, str], float]:
        found = json_of("keras_side.py", "rates", str(saved), str(ids))
        return {(KERAS_WAYS[way], RATE): rows / seconds for way, seconds in found.items()}

    return side


def save_keras(model: Path, saved: Path) -> None:
    """Save the network of a model folder as Keras does."""
    _output_of("keras_side.py", "save", str(model), str(saved))


def json_of(script: str, *arguments: str) -> dict[str, Any]:
    """Run a script of this folder that imports TensorFlow; return the JSON it prints last."""
    found: dict[str, Any] = json.loads(_output_of(script, *arguments).splitlines()[-1])
    return found


def _output_of(script: str, *arguments: str) -> str:
    """Return what a script prints; what TensorFlow tells meanwhile is shown when it fails."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    ended = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    if ended.returncode:
        raise RuntimeError(f"{script} ended with {ended.returncode}:\n{ended.stderr}")
    return ended.stdout


def _ended(command: list[str], answers: Path, lines: int) -> Run:
    """Run a program and see that it answered every text."""
    ended = run(command)
    with answers.open("rb") as file:
        written = sum(1 for _ in file)
    if written != lines:
        raise RuntimeError(f"{answers.name} has {written} lines, not {lines}")
    return ended
