"""Run the README's examples and write down what they answer, or check that it is what is there.

An example is a block of `console`: lines that begin with "$ ", each followed by its output.
Run it in the root of the repository, where there is bash: python -m docs.examples [--check]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"\d+\.\d+")
# The same network on another processor: the last decimals are its own.
TOLERANCE = 0.002


def main() -> None:
    """Write the README's outputs anew; with --check, end with 1 when they are not true."""
    written = README.read_text(encoding="utf-8")
    found = rerun(written)
    if "--check" not in sys.argv:
        README.write_text(found, encoding="utf-8", newline="\n")
    elif difference := first_difference(written, found):
        raise SystemExit(f"an example of README.md answers otherwise; run: make docs\n{difference}")


def rerun(page: str) -> str:
    """Return the page with the outputs that its examples have now."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        shutil.copy(ROOT / "data" / "sample.csv", folder / "data")
        return BLOCK.sub(lambda block: _answered(block[0], folder), page)


def first_difference(written: str, found: str) -> str:
    """Return the first pair of lines that differ by more than the last decimals of a number."""
    for before, now in zip_longest(written.split("\n"), found.split("\n"), fillvalue=""):
        pairs = zip(NUMBER.findall(before), NUMBER.findall(now), strict=False)
        near = all(abs(float(one) - float(other)) <= TOLERANCE for one, other in pairs)
        if NUMBER.sub("", before) != NUMBER.sub("", now) or not near:
            return f"- {before}\n+ {now}"
    return ""


def _answered(block: str, folder: Path) -> str:
    commands = [line for line in block.split("\n") if line.startswith("$ ")]
    return "".join(f"{command}\n{output(command[2:], folder)}" for command in commands)


def output(command: str, folder: Path) -> str:
    """Run one line as a user's shell would, with `lstm-sentiment` from this checkout."""
    ours = f'lstm-sentiment() {{ "{sys.executable}" -m lstm_sentiment_cli "$@"; }}\n'
    # Neither the settings nor the terminal of whoever runs this.
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    ended = subprocess.run(  # noqa: S603  # the README's own lines
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


if __name__ == "__main__":
    main()
