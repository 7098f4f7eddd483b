"""Completion: what is offered at each place of a line, and the scripts for the shells."""

import shutil
from pathlib import Path

import pytest

from docs.commands import root
from lstm_sentiment_cli.cli.completion import SHELLS, VARIABLE
from lstm_sentiment_cli.cli.main import main
from lstm_sentiment_cli.datasets import DATASETS
from lstm_sentiment_cli.figures import OBJECTIVES, PEERS
from lstm_sentiment_cli.records.formats import INPUT_FORMATS, OUTPUT_FORMATS
from lstm_sentiment_cli.training.hyperparameters import LOSSES, POOLINGS, PRESETS, SCHEDULES


@pytest.fixture
def ask(call, capfd, monkeypatch):
    """Ask for completion as a shell does; return the lines it would be given."""

    def ask(line, shell="bash"):
        words = line.split(" ")
        for name, value in {
            VARIABLE: f"complete_{shell}",
            "COMP_WORDS": "\n".join(words),
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
        }.items():
            monkeypatch.setenv(name, value)
        main([])
        out, err = capfd.readouterr()
        assert err == ""
        return out.splitlines()

    return ask


@pytest.fixture
def models(call, golden_model):
    """Two models in ./models, and names that a shell would take for more than a word."""
    names = ["mine", "small-1.5", "my model", "x$(id)", "x`id`", 'q"', "q'", "a\\b", "e\x1b[31m"]
    for name in names:
        shutil.copytree(golden_model, Path("models") / name)
    return ["default", "fast", "mine", "small-1.5", "three-class"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("pre", ["predict"]),
        ("models ", ["list", "show", "verify", "path"]),
        ("models v", ["verify"]),
        ("predict --in", ["--input", "--input-format"]),
        ("predict --format ", ["table", *OUTPUT_FORMATS]),
        ("predict -f js", ["jsonl"]),
        ("predict --input-format ", [*INPUT_FORMATS]),
        ("predict --encoding u", ["utf-8", "utf-16"]),
        ("train a.csv --encoding l", ["latin-1"]),
        ("data fetch ", [*DATASETS]),
        ("find-threshold --objective ", [*OBJECTIVES]),
        ("tune --objective ", ["log-loss", "accuracy"]),
        ("tune --algorithm ", ["bayesian", "random", "grid"]),
        ("train --preset ", [*PRESETS]),
        ("train --loss ", [*LOSSES]),
        ("tune --schedule ", [*SCHEDULES]),
        ("train --pooling ", [*POOLINGS]),
        ("train --pooling max+", [f"max+{each}" for each in POOLINGS if each != "max"]),
        ("evaluate --against v", PEERS[:1]),
        ("--show-completion ", [*SHELLS]),
        ("predict --threshold ", []),
        ("predict --output ", []),
        ("evaluate ", []),
        ("predict --format = cs", ["csv"]),
        ("predict --format =", ["table", *OUTPUT_FORMATS]),
    ],
)
def test_what_a_table_holds_is_offered_and_nothing_where_files_are_meant(ask, line, offered):
    assert ask(f"lstm-sentiment {line}") == list(offered)


@pytest.mark.parametrize(
    "place",
    [
        *("--model ", "predict -m ", "repl --compare ", "train --from "),
        *("models show ", "models path ", "models verify ", "evaluate --against "),
    ],
)
def test_models_are_offered_whose_names_are_plain_words(ask, models, place):
    offered = ask(f"lstm-sentiment {place}")

    assert sorted({*offered} - {*PEERS}) == models


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_value_after_an_equals_sign_is_offered_with_its_option(ask, shell):
    (line,) = ask("lstm-sentiment predict --format=js", shell)

    assert line.strip() == "--format=jsonl"


def test_each_shell_is_told_what_an_option_does_on_its_line(ask):
    line = "lstm-sentiment train --data-f"
    means = "Folder that paths of [[data]] are relative to."

    assert ask(line, "bash") == ["--data-folder"]
    assert ask(line, "zsh") == [f"--data-folder:{means}"]
    assert ask(line, "fish") == [f"--data-folder\t{means}"]
    assert ask(line, "powershell") == [f"--data-folder:::{means}"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_one_line(ask, shell):
    for name, command in root().commands.items():
        options = [each for each in command.params if each.param_type_name == "option"]
        offered = ask(f"lstm-sentiment {name} -", shell)

        assert len(offered) == sum(len(each.opts) for each in options) + 2  # -h and --help


@pytest.mark.parametrize(
    "line", ["--version ", "--show-completion zsh ", "nothing --x", "predict --nothing x --form"]
)
@pytest.mark.parametrize("settings", ["", "broken = ["])
def test_nothing_but_words_is_ever_printed(ask, line, settings):
    Path("lstm-sentiment.toml").write_text(settings)

    assert all(each.isascii() and " " not in each for each in ask(f"lstm-sentiment {line}"))


@pytest.mark.parametrize("asked", ["complete_nosuch", "nonsense", "source_nosuch", "complete_bash"])
def test_a_question_that_is_none_has_no_answer(call, capfd, monkeypatch, asked):
    monkeypatch.setenv(VARIABLE, asked)

    main([])

    assert capfd.readouterr() == ("", "")


def test_models_that_cannot_be_listed_are_not_offered(ask):
    Path("models").symlink_to("models")

    assert ask("lstm-sentiment predict -m ") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_script_of_the_shell_that_is_named_is_shown(call, shell, capfd, monkeypatch):
    code, out, err = call("--show-completion", shell)

    assert (code, err) == (0, "")
    assert f"complete_{shell}" in out
    assert call(f"--show-completion={shell}").out == out
    monkeypatch.setenv(VARIABLE, f"source_{shell}")
    main([])
    assert capfd.readouterr().out == out


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
def test_a_shell_that_is_unknown_is_one_line(call, option):
    code, out, err = call(option, "zhs")

    assert (code, out) == (1, "")
    assert err.startswith("error: unknown shell 'zhs' (did you mean 'zsh'?); name it: --")


@pytest.mark.parametrize(
    ("shell", "place", "read_by"),
    [
        ("bash", ".bash_completions/lstm-sentiment.sh", ".bashrc"),
        ("zsh", ".zfunc/_lstm-sentiment", ".zshrc"),
        ("fish", ".config/fish/completions/lstm-sentiment.fish", None),
    ],
)
def test_it_is_installed_where_it_says(call, tmp_path, shell, place, read_by):
    code, out, err = call("--install-completion", shell)

    home = tmp_path / "home"
    assert (code, err) == (0, "")
    assert out.startswith(f"completion of {shell} is written to {home / place}")
    assert (home / place).read_text() == call("--show-completion", shell).out
    if read_by:
        assert f"read by ~/{read_by}" in out
        assert str(Path(place).parent) in (home / read_by).read_text()


def test_a_home_that_cannot_be_written_is_one_line(call, tmp_path):
    (tmp_path / "home").write_text("")

    code, out, err = call("--install-completion", "fish")

    assert (code, out) == (1, "")
    assert "let fish read the output of --show-completion fish\n" in err
