"""Model folders as someone who means harm would make them: right checksums, wrong everything else.

Each kind differs in one thing from a folder that is loaded and answers. `models verify` must refuse
every one of them, and so must `predict`, but for those whose name begins with a file that it does
not read.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from lstm_sentiment_cli.model.folder import Artifact, save_artifact
from lstm_sentiment_cli.model.manifest import FILES, MANIFEST, Manifest
from lstm_sentiment_cli.text.tokenizer import Tokenizer
from tests.onnx_bytes import (
    BOOL,
    FLOAT,
    INT32,
    INT64,
    Field,
    ends,
    last_state,
    message,
    model,
    node,
    tensor,
    value,
    varint,
)

UNREAD_BY_PREDICT = ("metrics.json", "history.json", "README.md")
GRAPH, TOKENIZER = "model.onnx", "tokenizer.json"
_WORDS = ["good", "bad", "day"]
_ROWS = len(_WORDS) + 3

Harm = Callable[[Path], None]


def hostile_models(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make one folder of each kind in `folder`, and yield its kind and where it is."""
    for kind in kinds():
        yield kind, hostile_model(folder, kind)


def hostile_model(folder: Path, kind: str) -> Path:
    """Make the folder of one kind in `folder`, beside the one that it differs from, `sound`."""
    sound, place = folder / "sound", folder / kind.replace(" ", "-").replace("*", "^")
    if not sound.exists():
        sound_model(sound)
    shutil.copytree(sound, place)
    kinds()[kind](place)
    return place


def sound_model(folder: Path) -> Path:
    """Save the model that the others differ from."""
    manifest = Manifest(("positive", "negative"), {}, 1.0, "fp32", {})
    tokenizer, graph = Tokenizer(_WORDS, 16), model(sound_graph())
    return save_artifact(Artifact(manifest, tokenizer, graph, {"rows": 1}, []), folder)


def sound_graph(labels: int = 2, rows: int = _ROWS) -> list[Field]:
    """Return a graph of ours with weights that are drawn."""
    chance = np.random.default_rng(1)
    shapes = ((rows, 4), (1, 12, 4), (1, 12, 3), (3, labels))
    return last_state(*(chance.normal(0, 0.3, shape).astype(np.float32) for shape in shapes))


@cache
def kinds() -> dict[str, Harm]:
    """Return the name of each kind, and what makes it of a sound folder."""
    found: dict[str, Harm] = {}
    for name in (MANIFEST, *FILES):
        found |= {f"{name} {kind}": partial(harm, name) for kind, harm in _IN_PLACE.items()}
    for name in (MANIFEST, TOKENIZER, "metrics.json", "history.json"):
        for kind, content in _NO_JSON.items():
            found[f"{name} of {kind}"] = partial(_replace, name, content)
    for kind, change in _MANIFESTS.items():
        found[f"{MANIFEST} with {kind}"] = partial(_change_json, MANIFEST, change)
    for kind, change in _TOKENIZERS.items():
        found[f"{TOKENIZER} with {kind}"] = partial(_change_json, TOKENIZER, change)
    for kind, content in _graphs():
        found[f"{GRAPH} {kind}"] = partial(_replace, GRAPH, content)
    return found


def _replace(name: str, content: bytes, folder: Path) -> None:
    """Change a file, and the manifest with it."""
    (folder / name).write_bytes(content)
    if name != MANIFEST:
        digest = hashlib.sha256(content).hexdigest()
        _change_json(MANIFEST, lambda manifest: manifest["files"].update({name: digest}), folder)


def _change_json(name: str, change: Callable[[Any], None], folder: Path) -> None:
    document = json.loads((folder / name).read_bytes())
    change(document)
    _replace(name, json.dumps(document).encode(), folder)


def _put_folder(name: str, folder: Path) -> None:
    (folder / name).unlink()
    (folder / name).mkdir()


def _put_pipe(name: str, folder: Path) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)


def _put_link(target: str, name: str, folder: Path) -> None:
    (folder / name).unlink()
    (folder / name).symlink_to(target)


def _put_link_out(name: str, folder: Path) -> None:
    moved = folder.parent / f"{folder.name}.{name}"
    (folder / name).rename(moved)
    (folder / name).symlink_to(moved)


def _grow(name: str, folder: Path) -> None:
    with (folder / name).open("ab") as file:
        file.truncate(20 * 2**30)  # a file with a hole: it takes no room


def _cut(name: str, folder: Path) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])


_IN_PLACE: dict[str, Callable[[str, Path], None]] = {
    "missing": lambda name, folder: (folder / name).unlink(),
    "empty": lambda name, folder: (folder / name).write_bytes(b"") and None,
    "cut": _cut,
    "of 20 GB": _grow,
    "as a folder": _put_folder,
    "as a link out": _put_link_out,
    "as a link to itself": lambda name, folder: _put_link(name, name, folder),
    "as an endless device": partial(_put_link, "/dev/zero"),
}
if hasattr(os, "mkfifo"):
    _IN_PLACE["as a pipe"] = _put_pipe

_NO_JSON = {
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "nothing": b"null",
    "a number": b"1e999",
    "a word": b'"labels"',
    "many digits": b"9" * 100_000,
    "zeros": bytes(1000),
    "no UTF-8": b"\xff\xfe{}",
    "half of it": b'{"labels": ["posi',
    "two documents": b"[] {}",
}


def _set(**values: object) -> Callable[[Any], None]:
    return lambda document: document.update(values)


_MANIFESTS: dict[str, Callable[[Any], None]] = {
    "a newer format": _set(format_version=2),
    "format 0": _set(format_version=0),
    "a format of many digits": _set(format_version=10**4000),
    "an unknown key": _set(weights="elsewhere"),
    "a very long key": lambda document: document.update({"k" * 10**6: 1}),
    "a key too few": lambda document: document.pop("labels"),
    "no labels": _set(labels=[]),
    "one label": _set(labels=["positive"]),
    "a label too many": _set(labels=["positive", "negative", "neutral"]),
    "a label twice": _set(labels=["positive", "positive"]),
    "an empty label": _set(labels=["positive", " "]),
    "a number as label": _set(labels=["positive", 1]),
    "labels as one word": _set(labels="positive"),
    "many labels": _set(labels=[str(number) for number in range(10_000)]),
    "temperature 0": _set(temperature=0),
    "the least temperature": _set(temperature=5e-324),
    "the greatest temperature": _set(temperature=1.7e308),
    "a negative temperature": _set(temperature=-1),
    "no number as temperature": _set(temperature=float("nan")),
    "an endless temperature": _set(temperature=float("inf")),
    "a temperature of many digits": _set(temperature=10**4000),
    "a word as temperature": _set(temperature="1"),
    "no precision": _set(precision=""),
    "hyperparameters as a list": _set(hyperparameters=[]),
    "provenance as a word": _set(provenance="mine"),
    "files as a list": _set(files=[]),
    "a file outside": lambda document: document["files"].update({"../secret": "0" * 64}),
    "an absolute file": lambda document: document["files"].update({"/etc/passwd": "0" * 64}),
    "an unknown file": lambda document: document["files"].update({"run.py": "0" * 64}),
    "a file too few": lambda document: document["files"].pop(GRAPH),
    "no sha256": lambda document: document["files"].update({GRAPH: "0"}),
    "another sha256": lambda document: document["files"].update({GRAPH: "0" * 64}),
}

_TOKENIZERS: dict[str, Callable[[Any], None]] = {
    "a newer normaliser": _set(normalizer=99),
    "a very long normaliser": _set(normalizer="n" * 10**6),
    "no tokens": _set(max_tokens=0),
    "negative tokens": _set(max_tokens=-1),
    "half a token": _set(max_tokens=1.5),
    "endless tokens": _set(max_tokens=10**30),
    "a million tokens": _set(max_tokens=10**6),
    "a word as vocabulary": _set(vocabulary="good"),
    "numbers as vocabulary": _set(vocabulary=[1, 2, 3]),
    "a word too few": _set(vocabulary=_WORDS[1:]),
    "a word too many": _set(vocabulary=[*_WORDS, "more"]),
    "no words": _set(vocabulary=[]),
    "a key too few": lambda document: document.pop("max_tokens"),
}


def _graphs() -> Iterator[tuple[str, bytes]]:
    """Yield kinds of graphs that are no model of ours."""
    yield from _operators()
    yield from _fields()
    yield from _weights()
    yield from _bytes()


def _without(name: str) -> list[Field]:
    """Return the sound graph without a constant, or without the node of an operator."""
    return [
        field for field in sound_graph() if (8, name) not in field[1] and (4, name) not in field[1]
    ]


def _with_attribute(graph: list[Field], *attribute: Field) -> list[Field]:
    (number, first), *others = graph
    return [(number, [*first, (5, [*attribute])]), *others]


def _endless() -> list[Field]:
    """Return the sound graph with a valid loop before its last layer: it runs, and never ends."""
    kernel = next(field for field in sound_graph() if (8, "dense_kernel") in field[1])
    (number, facts), shape = kernel, [size for kind, size in kernel[1] if kind == 1]
    body = [
        node("Identity", "go", "go_on"),
        node("Identity", "carried", "passed_on"),
        (2, "body"),
        value(11, "turn", INT64, []),
        value(11, "go", BOOL, []),
        value(11, "carried", FLOAT, shape),
        value(12, "go_on", BOOL, []),
        value(12, "passed_on", FLOAT, shape),
    ]
    names = [(1, "trips"), (1, ""), (1, "first_kernel"), (2, "dense_kernel"), (4, "Loop")]
    return [
        tensor("trips", np.array(2**62)),
        (number, [(8, "first_kernel") if fact == (8, "dense_kernel") else fact for fact in facts]),
        (1, [*names, (5, [(1, "body"), (6, body), (20, 5)])]),
        *(field for field in sound_graph() if field != kernel),
    ]


def _operators() -> Iterator[tuple[str, bytes]]:
    """Yield graphs with other operators than ours, or with ours joined in other ways."""
    many = np.ones(3000, np.float32)
    body = [node("Identity", "more", "more_out"), (2, "body")]
    inside = (5, [(1, "body"), (6, body), (20, 5)])
    yield "with an endless loop", model(_endless())
    for operator in ("If", "Scan", "SequenceMap"):
        yield f"with {operator}", model([(1, [(2, "x"), (4, operator), inside]), *sound_graph()])
    for operator, inputs in (
        ("Expand", "tokens first"),
        ("RandomNormalLike", "tokens"),
        ("ConstantOfShape", "first"),
        ("Identity", "tokens"),
        ("Nonsense", "tokens"),
    ):
        yield f"with {operator}", model([*sound_graph(), node(operator, inputs, "x")])
    foreign = node("LSTM", "hidden_0", "x", domain="com.example")
    yield "with a foreign operator", model([*sound_graph(), foreign])
    inner = node("FusedGemm", "hidden_1 dense_kernel", "x", domain="com.microsoft")
    yield "with another operator of Microsoft", model([*sound_graph(), inner])
    first, second, _, _, gemm, *rest = sound_graph()
    words = [
        node("LSTM", "hidden_0 kernel_0 recurrent_0 bias_0 lengths", "all", hidden_size=3),
        node("Transpose", "all", "apart", perm=[0, 2, 1, 3]),
        tensor("rows", np.array([-1, 3])),
        node("Reshape", "apart rows", "hidden_1"),
    ]
    yield "with an answer for each word", model([first, second, *words, gemm, *rest])
    bomb = [
        tensor("row", many[None]),
        tensor("column", many[:, None]),
        node("Add", "row column", "x"),
    ]
    yield "with a sum of a row and a column", model([*bomb, *sound_graph()])
    numbers = [tensor(name, np.array(size)) for name, size in (("a", 0), ("b", 2**40), ("c", 1))]
    yield (
        "with a terabyte of numbers",
        model([*numbers, node("Range", "a b c", "x"), *sound_graph()]),
    )
    dense = np.ones((4, 1), np.float32)
    again = [tensor("k", dense), *(node("MatMul", "hidden_1 k", f"x{n}") for n in range(3000))]
    yield "with thousands of operators", model([*sound_graph(), *again])
    yield "that eats its tail", model([*sound_graph(), node("Tanh", "tail", "tail")])
    yield (
        "with a value twice",
        model([*sound_graph(), node("Gemm", "hidden_1 first first", "logits")]),
    )
    yield "with two embeddings", model([*sound_graph(), node("Gather", "first steps", "x")])
    yield "without a network", model(ends(2))
    for operator in ("Transpose", "Gather", "LSTM", "Squeeze", "Gemm"):
        yield f"without {operator}", model(_without(operator))
    for name in ("embedding", "kernel_0", "bias_0", "first", "dense_kernel"):
        yield f"without {name}", model(_without(name))


def _fields() -> Iterator[tuple[str, bytes]]:
    """Yield graphs with what ours never have beside operators and weights."""
    external = [(1, 1), (2, FLOAT), (8, "x")]
    named = (13, [(1, "location"), (2, "/etc/passwd")])
    yield "with data elsewhere", model([(5, [*external, named, (14, 1)]), *sound_graph()])
    yield "with data marked as elsewhere", model([(5, [*external, (14, 1)]), *sound_graph()])
    yield "with segments", model([(5, [*external, (3, [(1, 0)])]), *sound_graph()])
    yield "with strings", model([(5, [*external, (6, "x")]), *sound_graph()])
    yield "with sparse weights", model([(15, [(1, external)]), *sound_graph()])
    yield "with an annotation", model([(14, [(1, "x")]), *sound_graph()])
    yield "with functions", model(sound_graph(), (25, [(1, "Gemm"), (10, "")]))
    yield "with a training", model(sound_graph(), (20, [(1, sound_graph())]))
    yield "with an unknown field", model(sound_graph(), (99, "x"))
    yield "with a second graph", model(sound_graph(), (7, [node("Loop", "", "x")]))
    yield (
        "with an operator named twice",
        model([(1, [(4, "Gemm"), (4, "Loop"), (2, "x")]), *sound_graph()]),
    )
    constant = (1, "extra"), (5, external)
    yield "with a tensor as attribute", model(_with_attribute(sound_graph(), *constant))
    yield "with a graph as attribute", model(_with_attribute(sound_graph(), (1, "g"), (6, [])))
    yield "with graphs as attribute", model(_with_attribute(sound_graph(), (1, "g"), (11, [])))
    deep = b""
    for _ in range(1000):
        deep = message([(5, [(6, message([(1, deep)]))])])
    yield "of graphs in graphs", model([(1, deep), *sound_graph()])
    yield "of an unknown opset", model(sound_graph(), opset=999)
    yield "of an unknown version", message([(1, 999), (7, sound_graph()), (8, [(1, ""), (2, 17)])])
    yield "without an opset", message([(1, 8), (7, sound_graph())])
    yield "with a foreign domain", model(sound_graph(), (8, [(1, "com.example"), (2, 1)]), opset=1)
    inner = [field for field in sound_graph() if field[0] not in {11, 12}]
    tokens, lengths, logits = ends(2)
    for kind, its in {
        "without lengths": [tokens, logits],
        "with another input": [tokens, lengths, value(11, "path", 8, ["n"]), logits],
        "with wide tokens": [value(11, "tokens", 7, ["batch", "time"]), lengths, logits],
        "with texts as tokens": [value(11, "tokens", 8, ["batch", "time"]), lengths, logits],
        "for texts of 3 words": [value(11, "tokens", INT32, ["batch", 3]), lengths, logits],
        "without an output": [tokens, lengths],
        "with two outputs": [tokens, lengths, logits, value(12, "hidden_1", FLOAT, ["batch", 3])],
        "with words as output": [tokens, lengths, value(12, "steps", INT32, ["time", "batch"])],
        "with states as output": [tokens, lengths, value(12, "hidden_1", FLOAT, ["batch", 2])],
        "with an output of one dimension": [tokens, lengths, value(12, "logits", FLOAT, [2])],
    }.items():
        yield kind, model([*inner, *its])


def _weights() -> Iterator[tuple[str, bytes]]:
    """Yield graphs of our form with weights that give no answers."""
    rows = np.full((_ROWS, 4), 0.1, np.float32)
    kernel, recurrent = np.ones((1, 12, 4), np.float32), np.ones((1, 12, 3), np.float32)
    dense = np.ones((3, 2), np.float32)
    for kind, number in (("NaN", np.nan), ("infinity", np.inf), ("huge numbers", 3e38)):
        bad = np.full_like(dense, number)
        yield f"with {kind} as weights", model(last_state(rows, kernel, recurrent, bad))
    one = rows.copy()
    one[-1] = np.nan  # found by whoever asks about the last word only
    yield "with a word of NaN", model(last_state(one, kernel, recurrent, dense))
    yield "with three labels", model(sound_graph(labels=3))
    yield "with one label", model(sound_graph(labels=1))
    yield "with a word too few", model(sound_graph(rows=_ROWS - 1))
    yield "with a million words", model([*_without("embedding"), (5, [
        *((1, size) for size in (10**6, 4)), (2, FLOAT), (8, "embedding"), (9, bytes(100))
    ])])  # fmt: skip
    for kind, dims in {
        "of three dimensions": [_ROWS, 4, 9],
        "of 2**60 numbers": [_ROWS, 2**60],
        "of fewer than no numbers": [_ROWS, 2**64 - 4],
        "of 3,000 dimensions": [1] * 3000,
    }.items():
        shape = [(1, size) for size in dims]
        tensor_of = (5, [*shape, (2, FLOAT), (8, "embedding"), (9, bytes(_ROWS * 16))])
        yield f"with weights {kind}", model([*_without("embedding"), tensor_of])
    odd = (5, [(1, 2), (2, FLOAT), (8, "dense_bias"), (9, bytes(7))])
    yield "with weights that are cut", model([*_without("dense_bias"), odd])
    whole = (5, [(1, _ROWS), (1, 4), (2, 7), (8, "embedding"), (9, bytes(_ROWS * 32))])
    yield "with whole numbers as weights", model([*_without("embedding"), whole])
    yield (
        "with weights of other widths",
        model(last_state(rows, kernel[:, :, :3], recurrent, dense)),
    )
    yield (
        "with an unknown kind of weights",
        model([*_without("dense_bias"), (5, [(1, 2), (2, 77), (8, "dense_bias"), (9, bytes(8))])]),
    )


def _bytes() -> Iterator[tuple[str, bytes]]:
    """Yield files that are no graph."""
    sound = model(sound_graph())
    yield "of one byte", b"\x08"
    yield "of zeros", bytes(1000)
    yield "of text", b"model: yes\n"
    yield "of a pickle", b"\x80\x04\x95\x1e\x00\x00\x00c__builtin__\neval\n(V1/0\ntR."
    yield "cut in its graph", sound[: len(sound) // 2]
    yield "with garbage at its end", sound + b"\xff" * 20
    yield "of an endless number", b"\x08" + b"\xff" * 1000
    yield "that is longer than its file", b"\x3a" + varint(2**31) + b"\x0a"
    yield "of groups in groups", b"\x3b" * 100_000
    yield "of a million fields", b"\x42\x00" * 10**6
