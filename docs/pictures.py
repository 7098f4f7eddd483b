"""Take the pictures of the pages: the real program in a terminal, a real report in a browser.

Run it in the root of the repository, on Linux or macOS: python -m docs.pictures
"""

import csv
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.svg import svg
from tests.chromium import Chromium, find_chromium
from tests.terminal_emulator import LSTM_SENTIMENT, Emulator

COLUMNS, WIDE, ROWS = 80, 120, 60
# As many as the conversation fills, so that the toolbar is right below it.
ROWS_TALKED, ROWS_WITH_MENU = 30, 44
FOLDER = Path(__file__).resolve().parent
# Truecolor, so that the picture has the colours that were chosen, not the nearest of 256.
ENVIRONMENT = {"COLORTERM": "truecolor"}

SENTENCES = (
    "first coffee of the day and the sun is out :)",
    "three hours in line and they lost my order again",
)
SECOND_MODEL = "three-class"
COMPARED = "the concert starts at eight"
# As the README and docs/train.md have it.
TRAINING = ("train", "data/sample.csv", "--output", "models/mine")
LABELLING = ("label", "texts.csv", "--output", "labels.csv")
TEXTS_LABELLED, ROWS_LABELLED = 60, 12
NEXT = f"text {TEXTS_LABELLED + 1} · "
SUMMARIZE = (
    *("summarize", "data/cafes.csv", "--by", "cafe"),
    *("--over", "date", "--every", "week"),
)
TEXTS = ("best birthday ever!", "my phone just died :(")

REPORT_PIXELS = {"width": 1120, "height": 1480}


def main() -> None:
    """Take all pictures."""
    take("predict", ("predict", *TEXTS))
    take("summarize", SUMMARIZE)
    take("describe", ("data", "describe", "data/sample.csv"))
    with TemporaryDirectory() as folder, chdir(folder):
        Path("data").mkdir()
        shutil.copy(FOLDER.parent / "data" / "sample.csv", "data")
        take("train", TRAINING)
        take_labelling()
    explained = ("repl", "--explain")
    take("repl", explained, converse, rows=ROWS_TALKED)
    take("repl-wide", explained, look_at_commands, columns=WIDE, rows=ROWS_WITH_MENU)
    if program := find_chromium():
        take_report(program, "report", ("evaluate", "data/sample.csv"))
        take_report(program, "summarize-report", SUMMARIZE)
    else:
        sys.stderr.write("no Chromium: the pictures of reports stay as they are\n")


def take_labelling() -> None:
    """Label the texts of the sample as they are labelled there, and look at the next."""
    with Path("data/sample.csv").open(newline="", encoding="utf-8") as file:
        right = {row["text"]: row["label"] for row in csv.DictReader(file)}
    with Path("texts.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["text"], *([text] for text in right)])

    def label(terminal: Emulator) -> None:
        for number in range(1, TEXTS_LABELLED + 1):
            terminal.wait_for(f"text {number} · ")
            terminal.wait_for(lambda shown: "q end" in shown and "One moment" not in shown)
            begin = terminal.lines[2][:30]
            terminal.send(next(its for text, its in right.items() if text.startswith(begin))[0])
        terminal.wait_for(NEXT)
        terminal.settle()

    take("label", LABELLING, label, rows=ROWS_LABELLED, first=NEXT)


def take_report(program: str, name: str, arguments: tuple[str, ...]) -> None:
    """Run a command and save the beginning of its report."""
    with TemporaryDirectory() as folder, Chromium(program) as browser:
        report = Path(folder, "report.html")
        command = [*LSTM_SENTIMENT, *arguments, "--report", str(report)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # ours
        browser.open(report.as_uri(), **REPORT_PIXELS)
        (FOLDER / f"{name}.png").write_bytes(browser.screenshot())


def wait(terminal: Emulator) -> None:
    """Press no key and wait for the program to end without an error."""
    if code := terminal.wait_for_exit():
        raise SystemExit(f"ended with {code}:\n{terminal.text}")


def take(
    name: str,
    arguments: tuple[str, ...],
    use: Callable[[Emulator], None] = wait,
    *,
    columns: int = COLUMNS,
    rows: int = ROWS,
    first: str = "$ ",
) -> None:
    """Run one command, use it, and save what its user then sees: a first line that begins so."""
    typed = f"lstm-sentiment {shlex.join(arguments)}"
    with TemporaryDirectory() as home:
        own = {"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
        command = [*LSTM_SENTIMENT, *arguments]
        with Emulator(
            command, columns=columns, rows=rows, environment=ENVIRONMENT | own
        ) as terminal:
            terminal.show(f"$ {typed}\r\n")
            use(terminal)
            if not terminal.lines[0].startswith(first):
                raise SystemExit(f"{rows} rows are too few for {typed}:\n{terminal.text}")
            picture = svg(terminal.screen, title=typed)
    (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


def converse(terminal: Emulator) -> None:
    """Type sentences, and one that a second model answers too."""
    for sentence in SENTENCES:
        ask(terminal, sentence)
    ask(terminal, f"/compare {SECOND_MODEL}")
    ask(terminal, COMPARED)
    terminal.wait_for(f"compared with {SECOND_MODEL}")


def look_at_commands(terminal: Emulator) -> None:
    """Converse, and open the menu of commands."""
    converse(terminal)
    terminal.send("/")
    terminal.wait_for(lambda _text: terminal.lines[-2].strip().startswith("/quit"))
    terminal.settle()


def ask(terminal: Emulator, entry: str) -> None:
    """Type a line and wait for its answer."""
    terminal.wait_for_prompt()
    row = terminal.screen.cursor.y
    terminal.send(f"{entry}\r")
    terminal.wait_for(lambda _text: terminal.screen.cursor.y > row + 1)
    terminal.wait_for_prompt()


if __name__ == "__main__":
    main()
