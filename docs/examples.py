"""Run the examples of README.md and docs/*.md, and write down or check their output.

An example is a line of a `console` block that begins with "$ ", or of a `pycon` block that begins
with ">>> ", followed by its output. Output that differs only in the last decimals of its numbers
stays as it is: another processor rounds differently.

Run it in the root of the repository, where there is bash: python -m docs.examples [--check]
"""

import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from difflib import SequenceMatcher
from io import StringIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"(?<=^```)(console|pycon)\n(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"\d+\.\d+")
TOLERANCE = 0.002


def main() -> None:
    """Write the outputs of all pages; with --check, end with 1 if any of them is wrong."""
    for page in pages():
        written = page.read_text(encoding="utf-8")
        found = rerun(written)
        if found == written:
            continue
        if "--check" not in sys.argv:
            page.write_text(found, encoding="utf-8", newline="\n")
        else:
            name = page.relative_to(ROOT).as_posix()
            raise SystemExit(
                f"an example of {name} is out of date; run: make docs\n"
                f"{first_difference(written, found)}"
            )


def pages() -> list[Path]:
    """Return the pages that have examples."""
    candidates = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [page for page in candidates if BLOCK.search(page.read_text(encoding="utf-8"))]


def rerun(page: str) -> str:
    """Return the page with the current outputs of its examples."""
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        for file in ("sample.csv", "cafes.csv"):
            shutil.copy(ROOT / "data" / file, folder / "data")

        def answered(block: re.Match[str]) -> str:
            kind, written = block.groups()
            found = _console(written, folder) if kind == "console" else _pycon(written, names)
            return f"{kind}\n{settled(written, found)}"

        return BLOCK.sub(answered, page)


def settled(written: str, found: str) -> str:
    """Return what was found, but lines that are near enough as they are written."""
    before, now = written.split("\n"), found.split("\n")
    masked = ([NUMBER.sub("#", line) for line in lines] for lines in (before, now))
    for match in SequenceMatcher(None, *masked, autojunk=False).get_matching_blocks():
        for step in range(match.size):
            if _near(before[match.a + step], now[match.b + step]):
                now[match.b + step] = before[match.a + step]
    return "\n".join(now)


def first_difference(written: str, found: str) -> str:
    """Return the first pair of lines that differ."""
    pairs = zip_longest(written.split("\n"), found.split("\n"), fillvalue="")
    return next((f"- {before}\n+ {now}" for before, now in pairs if before != now), "")


def _near(before: str, now: str) -> bool:
    """Whether the numbers of two lines differ by no more than their last decimals."""
    pairs = zip(NUMBER.findall(before), NUMBER.findall(now), strict=True)
    return all(abs(float(one) - float(other)) <= TOLERANCE for one, other in pairs)


def _console(block: str, folder: Path) -> str:
    commands = [line for line in block.split("\n") if line.startswith("$ ")]
    return "".join(f"{command}\n{output(command[2:], folder)}" for command in commands)


def output(command: str, folder: Path) -> str:
    """Run one line as a user's shell would, with `lstm-sentiment` from this checkout."""
    ours = f'lstm-sentiment() {{ "{sys.executable}" -m lstm_sentiment_cli "$@"; }}\n'
    # Neither the settings nor the terminal of whoever runs this.
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    ended = subprocess.run(  # noqa: S603  # the pages' own lines
        ["bash", "-c", ours + command],  # noqa: S607  # bash is where PATH says
        cwd=folder,
        env=kept | {"HOME": str(folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        encoding="utf-8",
    )
    if ended.returncode:
        raise SystemExit(f"{command}\nends with {ended.returncode}:\n{ended.stdout}")
    # Tables end their lines with spaces, which have no place in a page.
    lines = [line.rstrip() for line in ended.stdout.split("\n")]
    return "".join(f"{line}\n" for line in lines if line)


def _pycon(block: str, names: dict[str, Any]) -> str:
    """Run the statements of a block; names are those that earlier blocks of the page defined."""
    parts = []
    for example in doctest.DocTestParser().get_examples(block):
        first, *others = example.source.splitlines()
        parts += [f">>> {first}\n", *(f"... {line}\n" for line in others)]
        with redirect_stdout(StringIO()) as printed:
            exec(compile(example.source, "<example>", "single"), names)  # noqa: S102  # as above
        parts.append(printed.getvalue())
    return "".join(parts)


if __name__ == "__main__":
    main()
