"""Throughput: whole programs, text in, tsv out; beside them the network alone and keras.predict.

All sides read the same different texts, in turns; slow ones fewer of them, for their rate counts.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import peers
from parts import OURS_NAME, Asked, Figure, Part, Side, in_turns
from programs import (
    KERAS_WAYS,
    Bench,
    keras,
    network,
    network_name,
    peer_program,
    program,
    whole_name,
)
from surroundings import surroundings
from tweets import some, write_texts

HEADLINE, LARGE = 10, 100
"""So many times the texts of a round."""
# Which part of a round's texts a peer gets, so that each takes seconds.
SHARES = {"vader": 4, "textblob": 10, "fasttext": 1, "tfidf": 1}
KERAS_SHARE = 10
_COPIES, _TOGETHER = 4, 1000
WANTED_OF_NETWORK = 0.6
WANTED = {peers.NAMES["vader"]: 1.15, KERAS_WAYS["padded"]: 3.0}
# Of a smaller model, beside VADER and beside the program's own, whole and network alone.
WANTED_OF_SMALLER = {"vader": 1.9, "whole": 1.6, "alone": 2.4}


def measure(asked: Asked) -> Part:
    """Measure all sides in turns, then ours once on more texts."""
    part = Part("throughput", surroundings())
    with tempfile.TemporaryDirectory(dir=asked.work) as name:
        bench = Bench(asked, Path(name))
        figures = in_turns(part, list(_sides(bench)), asked.rounds)
        _compare(part, list(models(asked)), figures)
        _once(part, bench, asked.rows * HEADLINE)
        if asked.large:
            _large(part, bench, asked.rows * LARGE)
        _repeated(part, bench)
    part.notes += [
        f"A round: {asked.rows:,} texts from a file, all different; VADER gets a quarter, "
        "TextBlob and keras.predict a tenth of them.",
        "Startup and loading are included; each peer is one process, used as its "
        "documentation shows.",
        "The network alone: from padded ids to logits, in the program's batches, on all cores.",
        "keras.predict: padded ids in batches of 512, to the longest, at most 40, or sorted by "
        "length first; padding, loading and compiling are excluded.",
    ]
    return part


def models(asked: Asked) -> dict[str, Path]:
    """Return the models that are measured, the program's own first."""
    also = {asked.also_model.name: asked.also_model} if asked.also_model else {}
    return {OURS_NAME: asked.model} | also


def _sides(bench: Bench) -> Iterator[Side]:
    asked = bench.asked
    for name, model in models(asked).items():
        yield program(name, model, bench.texts(asked.rows), asked.rows)
        yield network(name, model, asked.data, asked.rows)
    trained = peers.trained(asked, "seed")
    for peer, share in SHARES.items():
        yield peer_program(bench, peer, trained, max(1, asked.rows // share))
    yield keras(bench, max(1, asked.rows // KERAS_SHARE))


def _compare(part: Part, names: list[str], figures: dict[str, Figure]) -> None:
    ours, ours_alone = (figures[name(OURS_NAME)] for name in (whole_name, network_name))
    vader = figures[peers.NAMES["vader"]]
    part.compare(f"{OURS_NAME}: whole program / network alone", ours, ours_alone, WANTED_OF_NETWORK)
    for name in names[1:]:
        whole, alone = figures[whole_name(name)], figures[network_name(name)]
        part.compare(f"{whole.what} / {ours.what}", whole, ours, WANTED_OF_SMALLER["whole"])
        part.compare(
            f"{alone.what} / {ours_alone.what}", alone, ours_alone, WANTED_OF_SMALLER["alone"]
        )
        part.compare(f"{name} / {vader.what}", whole, vader, WANTED_OF_SMALLER["vader"])
    for what in [*(peers.NAMES[peer] for peer in SHARES), *KERAS_WAYS.values()]:
        part.compare(f"{OURS_NAME} / {what}", ours, figures[what], WANTED.get(what))


def _once(part: Part, bench: Bench, rows: int) -> None:
    """Measure programs and networks once, on so many texts that the start is nothing."""
    for name, model in models(bench.asked).items():
        _add(part, program(name, model, bench.texts(rows), rows), rows)
        _add(part, network(name, model, bench.asked.data, rows), rows)


def _large(part: Part, bench: Bench, rows: int) -> None:
    for name, model in models(bench.asked).items():
        _add(part, program(name, model, bench.texts(rows), rows), rows)


def _add(part: Part, side: Side, rows: int) -> list[Figure]:
    return [
        part.add(f"{what}, {rows:,} texts", unit, [value]) for (what, unit), value in side().items()
    ]


def _repeated(part: Part, bench: Bench) -> None:
    """Measure texts that come four times each, and their copies soon, as retweets do."""
    asked = bench.asked
    rows = asked.rows - asked.rows % _COPIES
    once = some(asked.data, rows // _COPIES)
    chance = np.random.default_rng(0)
    given: list[str] = []
    for start in range(0, len(once), _TOGETHER):
        near = once[start : start + _TOGETHER] * _COPIES
        given += [near[number] for number in chance.permutation(len(near)).tolist()]
    texts = write_texts(bench.folder / "repeated.txt", given)
    what = f"{OURS_NAME}, each text four times"
    in_turns(part, [program(what, asked.model, texts, rows)], asked.rounds)
