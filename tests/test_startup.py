"""What a command imports is what its user waits for: seen in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# The file is written however the command ends.
PROBE = """
import os, sys
exec(os.environ["BEFORE"])
from lstm_sentiment_cli.cli.main import main
try:
    main()
finally:
    with open(os.environ["IMPORTED"], "w") as file:
        file.write("\\n".join(sys.modules))
"""
OF_TRAINING = {"tensorflow", "keras", "keras_tuner", "onnx"}
OF_ANSWERS = {
    *("numpy", "onnxruntime", "prompt_toolkit"),
    "lstm_sentiment_cli.text.tokenizer",  # compiles long patterns
}
OPTIONAL = {
    *("pyarrow", "httpx", "sklearn", "matplotlib", "jinja2", "vaderSentiment"),
    "markdown_it",  # renders cards
}

COMMANDS = (
    *("predict", "score", "summarize", "repl", "label", "train", "tune", "evaluate"),
    *("find-threshold", "calibrate"),
    *("benchmark", "models", "data", "config"),
)

LINES = str(Path(__file__).parent.parent / "LICENSE")  # texts without labels
SAMPLE = str(Path(__file__).parent.parent / "data" / "sample.csv")
Imported = Callable[..., set[str]]


@pytest.fixture
def imported(tmp_path: Path, environment: dict[str, str]) -> Imported:
    """Run a command to its end, which must be a good one; return the modules it imported."""

    def imported(*arguments: str, before: str = "") -> set[str]:
        listed = tmp_path / "imported.txt"
        ended = subprocess.run(
            [sys.executable, "-c", PROBE, *arguments],
            input=b"i love this\n",
            capture_output=True,
            cwd=tmp_path,
            env=environment | {"IMPORTED": str(listed), "BEFORE": before},
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr.decode()
        return set(listed.read_text().split("\n"))

    return imported


@pytest.mark.parametrize(
    "command",
    [
        ["predict", "i love this"],
        ["predict"],
        ["predict", "--input", SAMPLE, "--output", "scored.csv"],
        ["repl"],
        ["label", LINES, "--output", "labels.csv"],
        ["summarize", SAMPLE, "--by", "label"],
        ["evaluate", SAMPLE],
        ["evaluate", "--behaviour"],
        ["models", "list"],
        ["models", "show"],
        ["models", "verify"],
        ["models", "path"],
        ["data", "check", SAMPLE],
        ["data", "describe", SAMPLE],
        ["config", "show"],
        ["find-threshold", SAMPLE],
        ["calibrate", SAMPLE, "--output", "calibrated"],
    ],
    ids=" ".join,
)
def test_only_training_imports_tensorflow(imported: Imported, command: list[str]) -> None:
    assert imported(*command) & (OF_TRAINING | OPTIONAL) == set()


def test_a_benchmark_imports_no_tensorflow(imported: Imported) -> None:
    fast = "from lstm_sentiment_cli.cli import benchmark; benchmark._FEWEST_ROUNDS = 1; "
    fast += "from lstm_sentiment_cli.benchmarking import speed; speed._EXPLANATIONS = 10"

    modules = imported("benchmark", "--rows", "10", "--rounds", "1", before=fast)

    assert modules & (OF_TRAINING | OPTIONAL) == set()


@pytest.mark.parametrize(
    "command",
    [
        ["--help"],
        ["--version"],
        [],
        *([name, "--help"] for name in COMMANDS),
        *(["data", name, "--help"] for name in ("fetch", "describe")),
        ["config", "path"],
        ["config", "show", "--json"],
    ],
    ids=" ".join,
)
def test_help_imports_nothing_that_works(imported: Imported, command: list[str]) -> None:
    assert imported(*command) & (OF_TRAINING | OPTIONAL | OF_ANSWERS) == set()


@pytest.mark.parametrize(
    "line", ["", "predict --format ", "train --pooling ", "models show ", "data fetch ", "tune --a"]
)
def test_completion_imports_nothing_that_works(imported: Imported, line: str) -> None:
    asked = {"_LSTM_SENTIMENT_COMPLETE": "complete_zsh"}
    asked["_TYPER_COMPLETE_ARGS"] = f"lstm-sentiment {line}"

    modules = imported(before=f"os.environ.update({asked})")

    assert modules & (OF_TRAINING | OPTIONAL | OF_ANSWERS | {"rich"}) == set()


def test_importing_the_package_imports_nothing_of_others(environment: dict[str, str]) -> None:
    ask = "import sys; before = set(sys.modules); import lstm_sentiment_cli; "
    ask += "print(*(set(sys.modules) - before))"

    printed = subprocess.check_output([sys.executable, "-c", ask], env=environment, text=True)

    imported = {module.split(".")[0] for module in printed.split()}
    assert imported - sys.stdlib_module_names == {"lstm_sentiment_cli"}


def test_the_python_api_imports_no_tensorflow(environment: dict[str, str]) -> None:
    ask = "import sys; from lstm_sentiment_cli import SentimentModel; "
    ask += "print(SentimentModel.load().predict(['i love this'])[0].predicted, *sys.modules)"

    predicted, *modules = subprocess.check_output(
        [sys.executable, "-c", ask], env=environment, text=True
    ).split()

    assert predicted == "positive"
    assert set(modules) & (OF_TRAINING | OPTIONAL | {"typer", "rich", "prompt_toolkit"}) == set()


def test_training_does_import_tensorflow(imported: Imported) -> None:
    """Without this, the tests above would pass if nothing were looked at."""
    pytest.importorskip("tensorflow")
    network = ["--embedding-units", "2", "--lstm-units", "2", "--epochs", "1"]

    modules = imported("train", SAMPLE, "--output", "tiny", *network)

    assert modules >= OF_TRAINING - {"keras_tuner"}
