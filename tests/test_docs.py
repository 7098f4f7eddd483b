"""What the pages say is so."""

import doctest
import re
import shlex
import sys
from pathlib import Path

import pytest

import lstm_sentiment_cli
from docs import commands, examples, json_page

ROOT = Path(__file__).parent.parent
PAGES = [
    page
    for pattern in (
        "*.md",
        "docs/*.md",
        "data/README.md",
        "models/README.md",
        "models/default/*.md",
    )
    for page in sorted(ROOT.glob(pattern))
]
COMMITTED = [
    *PAGES,
    *(ROOT / name for name in ("pyproject.toml", "Makefile", ".pre-commit-config.yaml", ".ci/run")),
    *sorted(ROOT.glob(".github/workflows/*.yml")),
    *sorted(ROOT.glob("docs/*.svg")),
    *sorted(set(ROOT.glob("models/default/*.json")) - {ROOT / "models/default/tokenizer.json"}),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Homes and folders of work, on any system; an address of the net has a colon before its slashes.
MACHINE_PATH = re.compile(r"(?<![\w./:~])/(?:home|Users|root|work|tmp|var|private|mnt)/|[A-Z]:\\")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_reference_is_what_help_says() -> None:
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page(), "run: make docs"


def test_the_reference_has_every_command() -> None:
    sections = re.findall(r"^## lstm-sentiment ?(.*)$", commands.page(), re.MULTILINE)

    assert sections == [
        "",
        "predict",
        "score",
        "summarize",
        "repl",
        "label",
        "train",
        "tune",
        "evaluate",
        "find-threshold",
        "calibrate",
        "benchmark",
        *("models", "models list", "models show", "models verify", "models path"),
        *("data", "data fetch", "data check", "data describe"),
        *("config", "config show", "config path"),
    ]


needs_bash = pytest.mark.skipif(sys.platform == "win32", reason="the examples are for bash")


@needs_bash
def test_the_page_on_json_is_what_the_program_prints() -> None:
    written = json_page.PAGE.read_text(encoding="utf-8")

    assert examples.first_difference(written, json_page.page(written)) == "", "run: make docs"


def test_every_command_with_json_is_on_its_page() -> None:
    documented = {
        re.sub(r"^--model \S+ ", "", section.command).partition(" --")[0].partition(" data/")[0]
        for section in json_page.SECTIONS
    }
    helped = {
        title.removeprefix("lstm-sentiment ")
        for title, text in commands.helps(commands.root(), "lstm-sentiment")
        if "  --json " in text
    }

    assert documented == helped


@needs_bash
@pytest.mark.parametrize("page", examples.pages(), ids=name)
def test_the_examples_of_a_page_show_what_they_print(page: Path) -> None:
    written = page.read_text(encoding="utf-8")

    assert examples.first_difference(written, examples.rerun(written)) == "", "run: make docs"


def test_there_are_pages_with_examples_of_the_shell_and_of_python() -> None:
    written = [page.read_text(encoding="utf-8") for page in examples.pages()]

    assert sum(page.count("\n$ lstm-sentiment ") for page in written) >= 8
    assert sum(page.count("\n>>> ") for page in written) >= 4


@needs_bash
def test_examples_get_the_output_that_they_have_now() -> None:
    """Only blocks of examples are touched; those of Python share their names."""
    page = """```sh
$ echo untouched
```
```pycon
>>> number = 0.51
>>> for each in (number, "text"):
...     print(each)
old
```
```console
$ echo one; ls data
$ echo 0.7071 '>>> not Python'
0.7070 >>> not Python
```
```pycon
>>> number
0.5101
```
"""

    assert examples.rerun(page) == page.replace("old", "0.51\ntext").replace(
        "ls data\n", "ls data\none\ncafes.csv\nsample.csv\n"
    )


@needs_bash
@pytest.mark.parametrize("block", ["console\n$ false\n", "pycon\n>>> nonsense\n"])
def test_an_example_that_fails_is_no_example(block: str) -> None:
    with pytest.raises((SystemExit, NameError)):
        examples.rerun(f"```{block}```\n")


@pytest.mark.parametrize(
    ("written", "found", "settled"),
    [
        ("p 0.9062", "p 0.9071", "p 0.9062"),
        ("p 0.9062", "p 0.8962", "p 0.8962"),
        ("positive 0.9", "negative 0.9", "negative 0.9"),
        ("a\nb", "a", "a"),
        ("p 0.9062", "p 0.9071\nb", "p 0.9062\nb"),
    ],
)
def test_last_decimals_stay_as_they_are_written(written: str, found: str, settled: str) -> None:
    assert examples.settled(written, found) == settled


def test_the_first_difference_is_a_pair_of_lines() -> None:
    assert examples.first_difference("a\nb\nc", "a\nb\nc") == ""
    assert examples.first_difference("a\nb\nc", "a\nx") == "- b\n+ x"


def test_the_example_of_the_package_runs() -> None:
    assert doctest.testmod(lstm_sentiment_cli) == doctest.TestResults(0, 2)


COMMANDS = [
    (name(page), line)
    for page in PAGES
    for block in re.findall(
        r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    for line in block.replace("\\\n", "").splitlines()
    if line.startswith("lstm-sentiment ")
]


def test_there_are_commands_that_are_shown_and_not_run() -> None:
    assert len(COMMANDS) >= 15


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_that_is_shown_and_not_run_is_understood(page: str, command: str) -> None:
    words = shlex.split(command.partition(" | ")[0], comments=True)[1:]
    context = commands.root().make_context("lstm-sentiment", words)
    while below := getattr(context.command, "commands", None):
        first, *words = [*context._protected_args, *context.args]
        context = below[first].make_context(first, words, parent=context)

    assert context.args == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in LINK.findall(text) if "://" not in link]

    broken = [link for link in links if not leads_somewhere(link, page)]

    assert broken == []


def leads_somewhere(link: str, page: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    if not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {heading.lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", COMMITTED, ids=name)
def test_no_page_holds_a_path_of_a_machine(path: Path) -> None:
    assert MACHINE_PATH.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("written to /home/ann/tweets.csv", True),
        (r'"C:\\Users\\ann"', True),
        ("~/.local/share and /dev/null, https://example.com/home/x", False),
    ],
)
def test_paths_of_machines_are_known(text: str, holds: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) == holds
