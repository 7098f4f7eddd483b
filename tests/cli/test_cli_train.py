"""What `train` refuses, before TensorFlow is even imported: these tests need none."""

import os
import shutil

import pytest

ROWS = [
    row for number in range(12) for row in (f"positive,good {number}", f"negative,bad {number}")
]
ONE_LABEL = [f"positive,text {number}" for number in range(30)]


@pytest.fixture
def tweets(tmp_path):
    path = tmp_path / "tweets.csv"
    path.write_text("\n".join(["label,text", *ROWS]))
    return path


def write(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path.name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no data to train on"),
        (("nothing.csv",), "no such file: nothing.csv"),
        (("tweets.csv", "--preset", "sed"), "unknown preset 'sed' (did you mean 'seed'?)"),
        (("tweets.csv", "--dropout", "1.5"), "dropout must be a number from 0 to 0.95, got 1.5"),
        (
            ("tweets.csv", "--lstm-units", "96;48"),
            "lstm_units must be whole numbers, such as 96,48,48",
        ),
        (("tweets.csv", "--text-column", "txt"), "'txt'"),
        (("tweets.csv", "--labels", "good"), "--labels must name two labels or more"),
        (("tweets.csv", "--labels", "a,b"), "no examples"),
        (("tweets.csv", "--weight", "other.csv=2"), "--weight must be FILE=NUMBER"),
        (("tweets.csv", "--share", "0"), "--share must be above 0 and at most 1, got 0"),
        (("tweets.csv", "--share", "1.5"), "--share must be above 0 and at most 1, got 1.5"),
        (("tweets.csv", "--teacher-share", "0.5"), "no row has both a label and probabilities"),
        (("tweets.csv", "--schedule", "liner"), "unknown schedule 'liner'"),
        (("tweets.csv", "--config", "no.toml"), "cannot read no.toml"),
        (("tweets.csv", "--from", "nosuchmodel"), "nosuchmodel"),
        ((".",), "is a folder"),
    ],
)
def test_a_user_error_is_one_helpful_line(call, tweets, arguments, said):
    ended = call("train", *arguments, "--output", "mine", "--quiet")

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert said in ended.err
    assert not (tweets.parent / "mine").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "no rows"),
        (["label,text"], "no rows"),
        (["label,text", *ONE_LABEL], "all examples are positive"),
        (["label,text", *ROWS[:12]], "needs at least 10 of each label"),
        (["label,text", *ROWS, "positive"], "line 26"),
        (["sentiment,words", *ROWS], "words"),
    ],
)
def test_data_without_anything_to_learn_is_a_one_line_error(call, tmp_path, lines, said):
    name = write(tmp_path / "data.csv", *lines)
    ended = call("train", name, "--output", "mine", "--quiet")

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert said in ended.err


def test_training_does_not_go_on_from_a_model_in_int8(call, tweets, tmp_path, golden_model):
    shutil.copytree(golden_model, tmp_path / "small")
    manifest = tmp_path / "small" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"fp32"', '"int8"'))
    ended = call("train", "tweets.csv", "--from", "./small", "--output", "mine", "--quiet")

    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "--from needs a model in fp32, this one is in int8" in ended.err


def test_nothing_is_rehearsed_without_a_model(call, tweets):
    ended = call("train", "tweets.csv", "--rehearsal", "9", "--output", "mine", "--quiet")

    assert (ended.code, ended.err.count("\n")) == (1, 1)
    assert "rehearsal needs a model that knows something; name one with --from" in ended.err


def test_an_unknown_hyperparameter_in_the_config_is_named_with_its_file(run, tweets, tmp_path):
    write(tmp_path / "my.toml", "dropuot = 0.1")
    ended = run("train", "tweets.csv", "--config", "my.toml", "-o", "mine")

    assert ended.code == 1
    assert (
        ended.err == "error: my.toml: unknown hyperparameter 'dropuot' (did you mean 'dropout'?)\n"
    )


def test_an_output_that_exists_is_kept(run, tweets, tmp_path, golden_model):
    shutil.copytree(golden_model, tmp_path / "mine")
    ended = run("train", "tweets.csv", "--output", "mine")

    assert ended.code == 1
    assert "--force" in ended.err
    assert run("models", "verify", "./mine").code == 0


def test_a_folder_that_is_no_model_is_never_replaced(run, tweets, tmp_path):
    (tmp_path / "mine").mkdir()
    write(tmp_path / "mine" / "thesis.txt", "years of work")
    ended = run("train", "tweets.csv", "--output", "mine", "--force")

    assert ended.code == 1
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_labels_other_than_the_parents_are_refused(run, tweets, golden_model):
    ended = run(
        "train", "tweets.csv", "-o", "mine", "--from", str(golden_model), "--labels", "sad,glad"
    )

    assert ended.code == 1
    assert "--from keeps the model's labels, positive, negative" in ended.err


def test_hyperparameters_of_another_network_than_the_parents_are_refused(run, tweets, golden_model):
    ended = run(
        "train", "tweets.csv", "-o", "mine", "--from", str(golden_model), "--lstm-units", "9"
    )

    assert ended.code == 1
    assert (
        ended.err == "error: --from keeps the model's --lstm-units, 8,6; leave --lstm-units out\n"
    )


def test_resuming_a_finished_training_is_an_error(run, tweets, tmp_path, golden_model):
    shutil.copytree(golden_model, tmp_path / "mine")
    ended = run("train", "tweets.csv", "--output", "mine", "--resume")

    assert ended.code == 1
    assert ended.err == "error: the training of mine is finished: there is nothing to resume\n"


def test_help_lists_a_flag_for_every_hyperparameter(run):
    from lstm_sentiment_cli.training.hyperparameters import Hyperparameters

    shown = run("train", "--help").out
    for name in Hyperparameters().to_dict():
        assert f"--{name.replace('_', '-')}" in shown


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (
            "raise ImportError('Traceback:\\n  no\\n')",
            "cannot load its libraries: Traceback: no; free",
        ),
        ("raise OSError('libtf.so: file too short')", "libtf.so: file too short; free memory, or"),
        ("raise MemoryError", "out of memory; close other programs"),
        (
            "try: 1 / 0\nexcept Exception: raise ImportError('long')",
            "division by zero; free memory",
        ),
    ],
)
def test_a_library_that_cannot_be_loaded_is_one_line(
    run, tweets, tmp_path, environment, broken, said
):
    library = "import os\nos.write(2, b'from C++\\n')\n" + broken
    for name in ("tensorflow", "keras"):
        (tmp_path / "libraries" / name).mkdir(parents=True)
        (tmp_path / "libraries" / name / "__init__.py").write_text(library)
    path = f"{tmp_path / 'libraries'}{os.pathsep}{environment['PYTHONPATH']}"

    ended = run("train", "tweets.csv", "--output", "mine", "--quiet", PYTHONPATH=path)

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1), ended.err
    assert said in ended.err
