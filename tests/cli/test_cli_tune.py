"""What `tune` refuses, before TensorFlow is even imported: these tests need none."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

ROWS = [
    row for number in range(12) for row in (f"positive,good {number}", f"negative,bad {number}")
]


@pytest.fixture
def tweets(tmp_path):
    path = tmp_path / "tweets.csv"
    path.write_text("\n".join(["label,text", *ROWS]))
    return path


@pytest.fixture
def search(tmp_path):
    """The folder of an earlier search."""
    folder = tmp_path / "mine-search"
    folder.mkdir()
    (folder / "search.json").write_text(json.dumps({"format": 1, "folds": 5}))
    return folder


def refused(run, *arguments):
    """Return the one line that was said."""
    ended = run("tune", *arguments, "--output", "mine", "--quiet")

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    return ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no data to train on"),
        (("nothing.csv",), "no such file: nothing.csv"),
        (("tweets.csv", "--preset", "sed"), "unknown preset 'sed'"),
        (("tweets.csv", "--dropout", "1.5"), "dropout must be a number from 0 to 0.95, got 1.5"),
        (("tweets.csv", "--folds", "1"), "--folds must be 2 or more"),
        (("tweets.csv", "--folds", "13", "--holdout", "0"), "'positive' has 12"),
        (("tweets.csv", "--folds", "12"), "give more rows, or --folds 11"),
        (("tweets.csv", "--trials", "0"), "--trials must be 1 or more"),
        (("tweets.csv", "--workers", "0"), "--workers must be 1 or more"),
        (("tweets.csv", "--time-budget", "soon"), "as 2h, 1h30m or 90s; got 'soon'"),
        (("tweets.csv", "--algorithm", "hyperband"), "hyperband is not offered"),
        (("tweets.csv", "--algorithm", "grid"), "needs a list of values for learning_rate"),
        (("tweets.csv", "--objective", "f1"), "unknown --objective 'f1'"),
        (("tweets.csv", "--holdout", "0.9"), "--holdout must be a share from 0 to 0.5"),
        (("tweets.csv", "--space", "none.toml"), "cannot read none.toml"),
        (("tweets.csv", "--resume"), "nothing to resume: there is no mine-search/search.json"),
        (("tweets.csv", "--labels", "a,b"), "no examples"),
        (("tweets.csv", "--teacher-share", "0.5"), "no row has both a label and probabilities"),
    ],
)
def test_a_user_error_is_one_helpful_line(call, tweets, arguments, said):
    assert said in refused(call, *arguments)
    assert [path.name for path in tweets.parent.iterdir()] == ["tweets.csv"]


def test_an_error_in_the_space_names_file_and_hyperparameter(run, tweets):
    (tweets.parent / "space.toml").write_text("dropuot = [0.1, 0.2]")

    assert refused(run, "tweets.csv", "--space", "space.toml") == (
        "error: space.toml: unknown hyperparameter 'dropuot' (did you mean 'dropout'?)\n"
    )


def test_folds_take_the_place_of_a_validation_fraction(run, tweets):
    ended = run("tune", "tweets.csv", "--output", "mine", "--validation-fraction", "0.1")

    assert ended.code == 2
    assert "--validation-fraction" in ended.err


def test_an_existing_model_is_kept(run, tweets, golden_model):
    shutil.copytree(golden_model, tweets.parent / "mine")

    assert "replace it with --force" in refused(run, "tweets.csv")
    assert "the tuning of mine is finished" in refused(run, "tweets.csv", "--resume")
    assert run("models", "verify", "./mine").code == 0


def test_an_earlier_search_is_kept(run, tweets, search):
    assert "continue with --resume or start again with --force" in refused(run, "tweets.csv")
    assert (search / "search.json").exists()


def test_another_search_is_not_continued(run, tweets, search):
    said = refused(run, "tweets.csv", "--resume")

    assert "cannot resume: data, labels" in said
    assert "start again with --force" in said


def test_a_folder_with_other_files_is_never_replaced(run, tweets):
    (tweets.parent / "mine").mkdir()
    (tweets.parent / "mine" / "thesis.txt").write_text("years of work")

    assert "not a model folder" in refused(run, "tweets.csv", "--force")


def test_help_lists_a_flag_for_every_hyperparameter_that_a_search_has(run):
    from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

    shown = run("tune", "--help").out
    flags = {f"--{name.replace('_', '-')}" for name in Hyperparameters().to_dict()}

    missing = {flag for flag in flags if flag not in shown}
    assert missing == {"--validation-fraction", "--rehearsal"}


def test_what_cannot_work_is_found_before_tensorflow_is_imported(tweets, environment):
    asked = ["tune", "tweets.csv", "--output", "mine", "--quiet"]
    code = (
        "import sys\n"
        "from lstm_sentiment_cli.cli.main import main\n"
        "for more in (['--folds', '99'], ['--resume']):\n"
        f"    try: main([*{asked}, *more])\n"
        "    except SystemExit: pass\n"
        "print({'tensorflow', 'keras_tuner'} & set(sys.modules))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tweets.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    folds, nothing = ended.stderr.splitlines()
    assert folds.startswith("error: 99 folds need 99 different texts")
    assert nothing.startswith("error: nothing to resume")
    assert ended.stdout == "set()\n"


def test_without_tensorflow_the_error_names_what_to_install_and_no_file_is_left(
    run, tweets, tmp_path_factory
):
    hidden = tmp_path_factory.mktemp("hidden")
    (hidden / "tensorflow.py").write_text(
        "raise ModuleNotFoundError('gone', name='tensorflow')", encoding="utf-8"
    )
    ended = run("tune", "tweets.csv", "-o", "mine", "-q", PYTHONPATH=f"{hidden}{os.pathsep}{ROOT}")

    assert ended.code == 1
    assert ended.err.count("\n") == 1
    assert "pip install 'lstm-sentiment-cli[train]'" in ended.err
    assert not (tweets.parent / "mine-search").exists()
