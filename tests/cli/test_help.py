"""The help: short summaries, options in groups, examples that work."""

import gzip
import shlex
from itertools import cycle
from pathlib import Path

import pytest
import typer

from docs.commands import root
from lstm_sentiment_cli.cli.options import Command

ROOT = Path(__file__).parent.parent.parent


def leaves(command, name="lstm-sentiment"):
    below = getattr(command, "commands", {})
    if not below:
        yield name, command
    for each, its in below.items():
        yield from leaves(its, f"{name} {each}")


COMMANDS = dict(leaves(root()))
EXAMPLES = [example for command in COMMANDS.values() for example in command.examples]
# These train, converse, download or measure this machine; the others are run as they stand.
LENGTHY = ("train", "label", "tune", "repl", "benchmark", "data fetch", "calibrate")


@pytest.mark.parametrize("group", [[], ["models"], ["data"], ["config"]], ids=" ".join)
def test_summaries_are_whole_at_80_columns(call, monkeypatch, group):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = call(*group, "--help")

    commands = out.partition("\nCommands:\n")[2].strip().partition("\n\n")[0].splitlines()
    assert (code, err) == (0, "")
    assert "..." not in out.replace("[ARGS]...", "")
    assert len(commands) >= 2
    assert all(line.endswith(".") for line in commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_line_fits_80_columns(name):
    context = typer.Context(COMMANDS[name], None, name, terminal_width=80)

    assert [line for line in COMMANDS[name].get_help(context).splitlines() if len(line) > 80] == []


def test_the_options_of_train_are_in_groups(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = call("train", "--help").out

    sections = {
        part.splitlines()[0].rstrip(":"): part for part in out.split("\n\n") if "  -" in part
    }
    assert list(sections) == ["Data", "Network", "Training", "Output", "Options"]
    for section, option in {
        "Data": "--text-column",
        "Network": "--lstm-units",
        "Training": "--learning-rate",
        "Output": "--output",
        "Options": "--quiet",
    }.items():
        assert f" {option}" in sections[section]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_two_or_three_examples_last(name):
    command = COMMANDS[name]
    context = typer.Context(command, None, name, terminal_width=80)
    last = command.get_help(context).rpartition("\n\n")[2].splitlines()

    assert isinstance(command, Command)
    assert last == ["Examples:", *(f"  {example}" for example in command.examples)]
    assert 2 <= len(command.examples) <= 3
    assert all("lstm-sentiment " in example for example in command.examples)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_understood(example):
    _, *words = shlex.split(example)
    context = root().make_context("lstm-sentiment", words)
    command = context.command
    while below := getattr(command, "commands", None):
        name, *words = [*context._protected_args, *context.args]
        command = below[name]
        context = command.make_context(name, words, parent=context)

    assert context.args == []


@pytest.mark.parametrize(
    "example",
    [each for each in EXAMPLES if not each.removeprefix("lstm-sentiment ").startswith(LENGTHY)],
)
def test_a_quick_example_runs(call, tmp_path, default_model, monkeypatch, example):
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL")
    header, *rows = (ROOT / "data" / "sample.csv").read_text(encoding="utf-8").splitlines()
    airlines = cycle(["United,2018-01-01", "Delta,2018-01-08"])
    rows = [f"{each},{row}" for each, row in zip(airlines, rows, strict=False)]
    sample = "\n".join([f"airline,date,{header}", *rows]).encode()
    (tmp_path / "tweets.csv").write_bytes(sample)
    (tmp_path / "tweets").mkdir()
    (tmp_path / "tweets" / "2018-01.csv.gz").write_bytes(gzip.compress(sample))

    code, out, err = call(*shlex.split(example)[1:])

    assert code == 0, err
    assert out or err or "--output" in example
