"""What the parts found, as benchmarks/RESULTS.md.

    python benchmarks/report.py [--work FOLDER] [--output FILE]

Parts that were run on another machine or with other versions than the first are told apart.
"""

import argparse
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from parts import OURS_NAME, ROOT, Figure, Part, Ratio, Table

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
HEADINGS = {
    "accuracy": "Accuracy",
    "throughput": "Throughput",
    "start": "Start",
    "latency": "Latency",
    "training": "Training",
}
INTRODUCTION = """\
# Results

The program and its peers, compared in one run on the same texts.
Written by `make bench DATA=FOLDER`; do not edit.
Speeds are medians over the rounds, with the lowest and the highest in brackets; the sides \
alternate, after a warm-up round.
Ratios are those of the medians, with those of single rounds in brackets.
"""


def lines_of(part: Part) -> Iterator[str]:
    """Yield a part as Markdown."""
    yield f"## {HEADINGS[part.name]}"
    for table in part.tables:
        yield from ("", f"### {table.title}", "", *_table(table), "", "First in each column:", "")
        yield from _best(table)
    if part.figures:
        yield from ("", "| what | figure | unit | rounds |", "|---|---|---|---|")
        yield from map(_figure, part.figures)
    if part.ratios:
        yield from ("", "| ratio | figure | wanted | met |", "|---|---|---|---|")
        yield from map(_ratio, part.ratios)
    if part.notes:
        yield from ("", *part.notes)


def _figure(figure: Figure) -> str:
    return f"| {figure.what} | {_spread(figure.values)} | {figure.unit} | {len(figure.values)} |"


def _spread(values: Sequence[float]) -> str:
    middle = _short(statistics.median(values))
    return f"{middle} ({_short(min(values))} to {_short(max(values))})" if values[1:] else middle


def _short(value: float) -> str:
    """Return three digits that count: 35,712 → 35,700."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(ratio: Ratio) -> str:
    wanted = "" if ratio.wanted is None else f"at least {ratio.wanted:g}"
    met = "" if ratio.wanted is None else ("yes" if ratio.value >= ratio.wanted else "**no**")
    spread = f"{ratio.value:.3g} ({ratio.low:.3g} to {ratio.high:.3g})"
    return f"| {ratio.what} | {spread} | {wanted} | {met} |"


def _table(table: Table) -> Iterator[str]:
    best = _bests(table)
    yield "| | " + " | ".join(table.columns) + " |"
    yield "|---" * (len(table.columns) + 1) + "|"
    for name, cells in table.rows.items():
        shown = [_cell(cell, best[column]) for column, cell in enumerate(cells)]
        yield f"| {name} | " + " | ".join(shown) + " |"


def _cell(cell: Sequence[float], best: float) -> str:
    value, low, high = cell
    shown = f"**{value:.3f}**" if value == best else f"{value:.3f}"
    return f"{shown} ({low:.3f} to {high:.3f})"


def _bests(table: Table) -> list[float]:
    return [max(cell[0] for cell in cells) for cells in zip(*table.rows.values(), strict=True)]


def _best(table: Table) -> Iterator[str]:
    """Yield which side is best in each column, and how far behind ours is where it is not."""
    for column, (title, best) in enumerate(zip(table.columns, _bests(table), strict=True)):
        values = {name: cells[column][0] for name, cells in table.rows.items()}
        names = " and ".join(name for name, value in values.items() if value == best)
        behind = best - values[OURS_NAME]
        told = f"; **{OURS_NAME} is not first, by {behind:.3f}**" if behind else ""
        yield f"- {title}: {names}{told}."


def _surroundings(found: dict[str, Any]) -> Iterator[str]:
    machine = f"{found['processor']}; {found['cores']} cores, {found['memory']} of memory"
    yield f"- Machine: {machine}, {found['system']}."
    for title, key in (("Versions", "versions"), ("Peers", "peers")):
        versions = ", ".join(f"{name} {version}" for name, version in found[key].items())
        yield f"- {title}: {versions}."


def report(work: Path) -> str:
    """Return the page of all parts that were run."""
    paths = {name: work / f"{name}.json" for name in HEADINGS}
    parts = [Part.load(path) for path in paths.values() if path.exists()]
    if not parts:
        raise SystemExit(f"{work} has no figures; run benchmarks/run.py first")
    first = parts[0].surroundings
    lines = [INTRODUCTION, *_surroundings(first)]
    for part in parts:
        lines += ["", *lines_of(part), "", f"Measured on {part.day}."]
        if part.surroundings != first:
            lines += ["", "Not on the machine or with the versions above:", ""]
            lines += _surroundings(part.surroundings)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--output", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.output.write_text(report(options.work), encoding="utf-8")
    print(f"wrote {options.output.name}")


if __name__ == "__main__":
    main()
