"""Training: the reference network through our input and loop, beside the usual way of notebooks."""

import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from measure import OURS, run
from parts import OURS_NAME, ROOT, Asked, Part
from programs import MEMORY, json_of
from surroundings import surroundings
from tweets import different, tweets

from lstm_sentiment_cli.records.labelled import Example
from lstm_sentiment_cli.training.recipe import DEFAULT_LABELS

RATE, SECONDS = "sequences/s", "s"
WANTED_OF_USUAL = 3.0
# Of the texts of a round of throughput.
_SHARE, _USUAL_SHARE, _LARGE = 2, 10, 8
_SCRIPT = "keras_training.py"


def measure(asked: Asked) -> Part:
    """Measure both ways in turns, and with --large the memory of eight times a round's texts."""
    part = Part("training", surroundings())
    with tempfile.TemporaryDirectory(dir=asked.work) as name:
        folder = Path(name)
        _speed(part, asked, _labelled(folder, asked.data, asked.rows // _SHARE))
        if asked.large:
            _memory(part, folder, asked, asked.rows * _LARGE)
    return part


def _speed(part: Part, asked: Asked, file: Path) -> None:
    usual_rows = str(max(1, asked.rows // _USUAL_SHARE))
    found = json_of(
        _SCRIPT, "speed", str(file), "--rounds", str(asked.rounds), "--usual-rows", usual_rows
    )
    rows, seconds = found["rows"], found["seconds"]
    ours = part.add(OURS_NAME, RATE, [rows / each for each in seconds["ours"]])
    usual = part.add(
        "the usual way", RATE, [found["usual_rows"] / each for each in seconds["usual"]]
    )
    learnt = part.add(f"an epoch of {rows:,}", SECONDS, seconds["ours"])
    alone = part.add("of which its input, measured alone", SECONDS, seconds["input"])
    part.add(f"before it: vocabulary and ids of {rows:,}", SECONDS, [found["prepared"]])
    part.compare(f"{OURS_NAME} / the usual way", ours, usual, WANTED_OF_USUAL)
    part.compare("input alone / epoch", alone, learnt)
    part.notes += [
        f"The preset `seed` with {found['vocabulary']:,} words, batches of {found['batch']:,}, "
        "through our input and `train_on_batch`.",
        f"The usual way: the same network, `pad_sequences` to {found['usual_tokens']}, `fit` with "
        f"batches of {found['usual_batch']}, {found['usual_rows']:,} tweets per epoch.",
    ]


def _memory(part: Part, folder: Path, asked: Asked, rows: int) -> None:
    """Measure what preparing alone and a whole `train` of one epoch hold at most."""
    file = _labelled(folder, asked.data, rows)
    script = str(ROOT / "benchmarks" / _SCRIPT)
    prepared = run([sys.executable, script, "prepare", str(file)])
    trained = run(
        [
            *OURS, "train", str(file), "--output", str(folder / "model"), "--preset", "seed",
            "--vocabulary-size", "30000", "--batch-size", "2048", "--epochs", "1", "--quiet",
        ]
    )  # fmt: skip
    part.add(f"preparing {rows:,}, peak memory", MEMORY, [prepared.peak_mb])
    part.add(f"the whole `train` of {rows:,}, peak memory", MEMORY, [trained.peak_mb])
    part.add(f"the whole `train` of {rows:,}, one epoch", SECONDS, [trained.seconds])


def _labelled(folder: Path, data: Path, rows: int) -> Path:
    toned = [example for example in tweets(data) if example.label in DEFAULT_LABELS]
    return _written(folder / f"{rows}.jsonl", different(toned, rows))


def _written(path: Path, examples: Iterable[Example]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for each in examples:
            file.write(json.dumps({"label": each.label, "text": each.text}) + "\n")
    return path
