"""The plan of a job: which units it has, and what makes each unit's part what it is.

A unit is a file, or some groups of rows of a large parquet file. Its part is a function of the plan
alone: who writes it, and beside how many others, changes no byte.
"""

import hashlib
import json
import os
import posixpath
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.inference.decision import Decision
from lstm_sentiment_cli.model.manifest import MANIFEST
from lstm_sentiment_cli.records.formats import (
    CONTAINERS,
    FORMATS,
    INPUT_FORMATS,
    OUTPUT_FORMATS,
    format_of,
    is_uri,
    tells_format,
)
from lstm_sentiment_cli.records.reader import InputFile
from lstm_sentiment_cli.records.storage import StoredFile, find

_WRITTEN_AS = {"json": "jsonl", "lines": "tsv"}  # what is not written in its own format


@dataclass(frozen=True, slots=True)
class Options:
    """How all units are read, answered and written."""

    input_format: str | None = None
    text_column: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = None
    threshold: float | None = None
    uncertain: Any = None  # (low, high), or None
    format: str | None = None  # None: that of each input
    prefix: str = ""
    rows_per_part: int = 1_000_000

    @property
    def decision(self) -> Decision:
        """The rule for `predicted`."""
        return Decision(self.threshold, self.uncertain)


@dataclass(frozen=True, slots=True)
class Unit:
    """What is read, scored and written whole."""

    part: str  # the name of its output below the job's folder, with "/": "2018/a.csv"
    source: StoredFile
    row_groups: tuple[int, ...] | None = None  # of a parquet file that is cut; None: all

    def input(self, options: Options) -> InputFile:
        """Return its input, as a reader opens it."""
        return InputFile(
            self.source.path,
            options.input_format,
            options.text_column,
            options.encoding,
            options.delimiter,
            self.row_groups,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """All units of a job, and what their parts depend on."""

    model: str  # its name
    manifest: str  # sha256 of its manifest, which has the checksums of all its files
    options: Options
    units: tuple[Unit, ...]
    package_version: str

    def to_json(self) -> bytes:
        """Return the plan as JSON, the inverse of `from_json`."""
        return json.dumps(asdict(self), indent=1, default=list).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> "Plan":
        """Read what `to_json` wrote; ValueError if it is something else."""
        try:
            data = json.loads(content)
            options = Options(**data.pop("options"))
            if options.uncertain is not None:  # JSON has no tuples
                options = replace(options, uncertain=tuple(options.uncertain))
            units = [_unit(each) for each in data.pop("units")]
            plan = cls(options=options, units=tuple(units), **data)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"it is not a plan ({error!r:.100})") from None
        return plan

    def differing(self, other: "Plan") -> list[str]:
        """Return by name what the parts of another plan depend on and is not the same there."""
        names = [
            each.name.replace("_", "-")
            for each in fields(Options)
            if getattr(self.options, each.name) != getattr(other.options, each.name)
        ]
        names = [f"--{name}" for name in names]
        if self.manifest != other.manifest:
            names.insert(0, f"the model ({other.model} then, {self.model} now)")
        if self.package_version != other.package_version:
            names.append(f"this program ({other.package_version} then)")
        return names


def _unit(data: Any) -> Unit:
    groups, part = data["row_groups"], PurePosixPath(data["part"])
    if part.is_absolute() or ".." in part.parts or "\\" in data["part"]:
        raise ValueError(f"the part {data['part']!r:.100} leads out of its folder")
    source = StoredFile(*data["source"])
    return Unit(data["part"], source, None if groups is None else tuple(groups))


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what is worth telling of it."""

    plan: Plan
    left_out: int  # files in folders whose names tell no format
    gone: list[str]  # files of an older plan that are not there any more


def plan_of(
    inputs: Sequence[str],
    output: str,
    model: Path,
    options: Options,
    *,
    known: Sequence[Unit] = (),
    done: Collection[str] = (),
) -> Planned:
    """Plan a job for files, folders and patterns; what is in `output` is none of its input.

    In folders, files whose ending tells no format are left out unless a format is given. Units of
    an older plan, `known`, keep their parts. A file that changed since is planned anew;
    SentimentError if one of its parts is done.
    """
    found, left_out = _found(inputs, output, options)
    digest = hashlib.sha256((model / MANIFEST).read_bytes()).hexdigest()
    units = []
    for unit in known:
        now = found[unit.source.path][1] if unit.source.path in found else unit.source
        if now == unit.source:
            units.append(unit)
        elif unit.part in done:
            raise SentimentError(
                f"{now.path} has changed since it was scored; start again with --force, or in "
                "another --output",
                "input",
            )
    planned, parts = {unit.source.path for unit in units}, {unit.part for unit in units}
    for relative, file in found.values():
        if file.path not in planned:
            for unit in _units(relative, file, options, parts):
                parts.add(unit.part)
                units.append(unit)
    gone = list(dict.fromkeys(unit.source.path for unit in known))
    name, program = model.resolve().name, version("lstm-sentiment-cli")
    plan = Plan(name, digest, options, tuple(units), program)
    return Planned(plan, left_out, [path for path in gone if path not in found])


def _found(
    inputs: Sequence[str], output: str, options: Options
) -> tuple[dict[str, tuple[str, StoredFile]], int]:
    """Return each file once: by its path, with its path below the input that names it."""
    found: dict[str, tuple[str, StoredFile]] = {}
    left_out = 0
    for place in inputs:
        base, files = find(place)
        alone = len(files) == 1 and files[0].path == place
        for file in files:
            if _inside(file.path, output):
                continue
            if alone or options.input_format or tells_format(file.path, INPUT_FORMATS):
                found.setdefault(file.path, (_relative(file.path, base), file))
            else:
                left_out += 1
    if not found:
        raise SentimentError(
            f"no file has an ending that tells its format, of {left_out:,}; "
            "name the format with --input-format",
            "input",
        )
    return found, left_out


def _inside(path: str, folder: str) -> bool:
    if is_uri(path) or is_uri(folder):
        # What stands behind "?" says how to reach a place, not where it is.
        return path.startswith(folder.partition("?")[0].rstrip("/") + "/")
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _relative(path: str, base: str) -> str:
    if is_uri(path):
        return posixpath.relpath(path.partition("?")[0], base.partition("?")[0])
    return Path(os.path.relpath(path, base)).as_posix()


def _units(
    relative: str, file: StoredFile, options: Options, taken: Collection[str]
) -> Iterable[Unit]:
    part = _part(relative, options, taken)
    read_as = options.input_format or format_of(file.path, INPUT_FORMATS)
    groups = _cut(file.path, options.rows_per_part) if read_as == "parquet" else []
    if len(groups) < 2:
        yield Unit(part, file)
        return
    stem, _, ending = part.rpartition(".")
    for number, its in enumerate(groups):
        yield Unit(f"{stem}-{number:05}.{ending}", file, tuple(its))


def _cut(path: str, rows: int) -> list[list[int]]:
    """Return groups of rows of a parquet file, joined while they have no more rows than this.

    None of a file that cannot be read: its unit will say why.
    """
    from lstm_sentiment_cli.records.parquet import row_groups

    try:
        sizes = row_groups(path)
    except SentimentError:
        return []
    units: list[list[int]] = []
    room = 0
    for number, size in enumerate(sizes):
        if not units or size > room:
            units.append([])
            room = rows
        units[-1].append(number)
        room -= size
    return units


def _part(relative: str, options: Options, taken: Collection[str]) -> str:
    """Return a free name for a file's part: its own, with the ending of what is written."""
    name = relative
    while posixpath.splitext(name)[1].lower() in CONTAINERS:
        name = posixpath.splitext(name)[0]
    read_as = options.input_format or format_of(name, INPUT_FORMATS) or "lines"
    written_as = options.format or _WRITTEN_AS.get(read_as, read_as)
    ending = FORMATS[written_as].endings[0]
    stem, own = posixpath.splitext(name)
    if format_of(name, OUTPUT_FORMATS) == written_as:
        ending = own
    candidates = [stem + ending, name + ending, relative + ending]
    number = 2
    while (
        chosen := candidates.pop(0)
    ) in taken or f"{chosen[: -len(ending)]}-00000{ending}" in taken:
        if not candidates:
            candidates.append(f"{relative}-{number}{ending}")
            number += 1
    return chosen
