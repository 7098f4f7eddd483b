"""Take the pictures of the README: the real program in a terminal, a real report in a browser.

Run it in the root of the repository, on Linux or macOS: python -m docs.pictures
"""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape, quoteattr

from pyte.screens import Char

from tests.chromium import Chromium, find_chromium
from tests.terminal_emulator import LSTM_SENTIMENT, Emulator

COLUMNS, ROWS = 80, 60
FOLDER = Path(__file__).resolve().parent
# Truecolor, so that the picture has the colours that were chosen, not the nearest of 256.
ENVIRONMENT = {"COLORTERM": "truecolor"}

SENTENCES = (
    "first coffee of the day and the sun is out :)",
    "three hours in line and they lost my order again",
    "not the worst, actually pretty good",
)
# Enough for the sample's 200 sentences to be learnt by heart, which the curves then show.
LEARNING = ("-o", "models/mine", "--lstm-units", "16", "--learning-rate", "0.01", "--patience", "8")
TEXTS = ("best birthday ever!", "my phone just died :(")

REPORT_PIXELS = {"width": 1120, "height": 1480}
# In units of the picture: a cell of the terminal, and the space around all of them.
WIDE, HIGH, MARGIN = 8.4, 18, 16
BASELINE = 13
STYLE = """\
svg { color-scheme: light dark; fill: var(--ink);
  --ground: #ffffff; --ink: #1f2328; --frame: #d1d9e0; }
@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #f0f6fc; --frame: #3d444d; } }
.ground { fill: var(--ground); stroke: var(--frame); }
text { fill: var(--ink); white-space: pre;
  font: 14px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.bold { font-weight: bold; }
"""
# Blocks by their share of a cell. They are drawn, for fonts leave gaps between them.
LEFT = {block: eighths / 8 for eighths, block in enumerate("▏▎▍▌▋▊▉█", start=1)}
LOWER = {block: eighths / 8 for eighths, block in enumerate("▁▂▃▄▅▆▇█", start=1)}


def main() -> None:
    """Take all pictures."""
    take("repl", ("repl", "--no-history"), use_repl)
    take("predict", ("predict", *TEXTS), just_look)
    take("describe", ("data", "describe", "data/sample.csv"), just_look)
    with TemporaryDirectory() as folder, chdir(folder):
        Path("data").mkdir()
        shutil.copy(FOLDER.parent / "data" / "sample.csv", "data")
        take("train", ("train", "data/sample.csv", *LEARNING), just_look)
    if program := find_chromium():
        take_report(program)
    else:
        sys.stderr.write("no Chromium: docs/report.png stays as it is\n")


def take_report(program: str) -> None:
    """Evaluate the default model on the sample and write how the report begins."""
    with TemporaryDirectory() as folder, Chromium(program) as browser:
        report = Path(folder, "report.html")
        command = [*LSTM_SENTIMENT, "evaluate", "data/sample.csv", "--report", str(report)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # ours
        browser.open(report.as_uri(), **REPORT_PIXELS)
        (FOLDER / "report.png").write_bytes(browser.screenshot())


def just_look(terminal: Emulator) -> None:
    """Press no key."""
    del terminal


def take(name: str, arguments: tuple[str, ...], use: Callable[[Emulator], None]) -> None:
    """Run one command, use it until it ends, and write what its user saw."""
    typed = f"lstm-sentiment {shlex.join(arguments)}".removesuffix(" --no-history")
    command = [*LSTM_SENTIMENT, *arguments]
    with Emulator(command, columns=COLUMNS, rows=ROWS, environment=ENVIRONMENT) as terminal:
        terminal.show(f"$ {typed}\r\n")
        use(terminal)
        if code := terminal.wait_for_exit():
            raise SystemExit(f"{typed} ended with {code}:\n{terminal.text}")
        picture = svg(terminal, title=typed)
    (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


def use_repl(terminal: Emulator) -> None:
    """Type three sentences and leave."""
    for number, sentence in enumerate(SENTENCES, start=1):
        terminal.wait_for_prompt()
        terminal.send(f"{sentence}\r")
        terminal.wait_for("%", times=2 * number)
    terminal.wait_for_prompt()
    terminal.send("\x04")


def svg(terminal: Emulator, *, title: str) -> str:
    """Return the screen as a picture that needs no font but the reader's own."""
    rows = len(terminal.lines)
    width = COLUMNS * WIDE + 2 * MARGIN
    height = rows * HIGH + 2 * MARGIN
    screen = [[terminal.screen.buffer[row][at] for at in range(COLUMNS)] for row in range(rows)]
    # A full block belongs to a column where there are columns, else to a bar.
    columns = any(each.data in LOWER.keys() - LEFT.keys() for row in screen for each in row)
    drawn = "\n".join(
        part
        for number, characters in enumerate(screen)
        for part in line(number, characters, upright=columns)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label={quoteattr(title)}>\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}</style>\n"
        f'<rect class="ground" x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" '
        f'rx="8"/>\n{drawn}\n</svg>\n'
    )


def line(number: int, characters: list[Char], *, upright: bool) -> Iterator[str]:
    """Yield the text and the bars of one line of the screen; columns stand upright."""
    top = MARGIN + number * HIGH
    at = 0
    for (colour, bold, block), run in groupby(characters, key=look):
        text = "".join(character.data for character in run)
        left = MARGIN + at * WIDE
        at += len(text)
        fill = "" if colour == "default" else f' fill="#{colour}"'
        if block and upright:
            for index, character in enumerate(text):
                high = LOWER.get(character, 1) * HIGH
                yield (
                    f'<rect x="{left + index * WIDE:g}" y="{top + HIGH - high:g}" '
                    f'width="{WIDE:g}" height="{high:g}"{fill}/>'
                )
        elif block:
            length = sum(LEFT[character] for character in text) * WIDE
            yield (
                f'<rect x="{left:g}" y="{top + 3}" width="{length:g}" height="{HIGH - 6}"{fill}/>'
            )
        elif words := text.strip():
            weight = ' class="bold"' if bold else ""
            # Whatever the reader's font is, each run begins and ends in its cell.
            left += (len(text) - len(text.lstrip())) * WIDE
            length = len(words) * WIDE
            yield (
                f'<text x="{left:g}" y="{top + BASELINE}" textLength="{length:g}"{weight}>'
                f"{escape(words)}</text>"
            )


def look(character: Char) -> tuple[str, bool, bool]:
    """Return what tells one run of characters from the next: colour, weight, text or bar."""
    return character.fg, character.bold, character.data in LEFT or character.data in LOWER


if __name__ == "__main__":
    main()
