from pathlib import Path

import pytest

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.labelled import DataFile
from lstm_sentiment_cli.training.hyperparameters import CONTINUING, preset
from lstm_sentiment_cli.training.recipe import parse_labels, read_recipe, with_weights


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "my.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_flags_override_the_file_which_overrides_the_preset(written):
    config = read_recipe(written('preset = "seed"\ndropout = 0.1\nepochs = 3'), flags={"epochs": 4})

    assert config.hyperparameters == preset("seed").replaced({"dropout": 0.1, "epochs": 4})


def test_the_preset_flag_overrides_the_files_preset(written):
    config = read_recipe(written('preset = "default"'), preset_name="seed")

    assert config.hyperparameters == preset("seed")


def test_without_anything_the_default_preset_and_no_labels():
    config = read_recipe(None)

    assert (config.hyperparameters, config.labels, config.data) == (preset("default"), None, ())


def test_data_tables_become_files_below_the_folder(written):
    config = read_recipe(
        written(
            'labels = ["a", "b"]\n[[data]]\npath = "x.csv"\nweight = 2\nstrip_emoticons = true\n'
            '[[data]]\npath = "y.tsv"\ntext_column = "tweet"\nencoding = "latin-1"\n'
            "share = 0.5\nbalanced = true"
        ),
        folder=Path("there"),
    )

    assert config.labels == ("a", "b")
    assert config.data == (
        DataFile(str(Path("there/x.csv")), weight=2, strip_emoticons=True),
        DataFile(
            str(Path("there/y.tsv")),
            text_column="tweet",
            encoding="latin-1",
            share=0.5,
            balanced=True,
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dropuot = 0.1", "my.toml: unknown hyperparameter 'dropuot' .did you mean 'dropout'"),
        ("epochs = 'many'", "my.toml: epochs must be a whole number"),
        ("preset = 'sed'", "unknown preset 'sed'"),
        ("labels = 'a,b'", "labels must be a list"),
        ("labels = ['a']", "two labels or more"),
        ("labels = ['a', 'a']", "names a label twice"),
        ("data = 'x.csv'", "data files are .*tables"),
        ("[[data]]\nweight = 2", "path is missing"),
        ("[[data]]\npath = 'x'\nwieght = 2", "unknown key 'wieght' .did you mean 'weight'"),
        ("[[data]]\npath = 'x'\nweight = 'two'", "weight must be a number"),
        ("[[data]]\npath = 'x'\nweight = -1", "weight must be above 0"),
        ("[[data]]\npath = 'x'\nshare = true", "share must be a number, got True"),
        ("[[data]]\npath = 'x'\nshare = 0", "share must be above 0 and at most 1, got 0"),
        ("[[data]]\npath = 'x'\nbalanced = 1", "balanced must be true or false, got 1"),
        ("[[data]]\npath = 'x'\nstrip_emoticons = 0.9", "strip_emoticons must be true or false"),
        ("[[data]]\npath = 'x'\nunlabelled = true", "unknown key 'unlabelled'"),
        ("[[data]]\npath = 'x'\nencoding = 8", "encoding must be a string"),
        ("= 3", "is not TOML"),
        ("lstm_units = 96", "lstm_units must name"),
    ],
)
def test_a_wrong_file_is_a_one_line_error_that_names_it(written, text, said):
    with pytest.raises(SentimentError, match=said) as caught:
        read_recipe(written(text))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(SentimentError, match="cannot read"):
        read_recipe(tmp_path / "nothing.toml")


def test_labels_are_read_in_their_order():
    assert parse_labels("sad, glad") == ("sad", "glad")
    with pytest.raises(SentimentError, match="two labels or more"):
        parse_labels("sad")


def test_weights_are_given_by_path_or_name():
    files = (DataFile("folder/a.csv"), DataFile("b.csv"), DataFile("folder/c=d.csv"))

    weighted = with_weights(files, ["a.csv=2", "folder/c=d.csv=0.5"])

    assert [file.weight for file in weighted] == [2, 1, 0.5]


@pytest.mark.parametrize("given", ["x.csv=2", "a.csv", "a.csv=much", "=2"])
def test_a_weight_for_an_unknown_file_is_refused(given):
    with pytest.raises(SentimentError, match="--weight must be FILE=NUMBER"):
        with_weights((DataFile("a.csv"),), [given])


def test_who_goes_on_takes_small_steps_where_nothing_else_is_named(written):
    path = written("epochs = 7\n")
    given = read_recipe(path, flags={"batch_size": 8})

    assert given.hyperparameters.rehearsal == 0
    found = given.continuing().hyperparameters
    assert (found.epochs, found.batch_size) == (7, 8)
    assert (found.learning_rate, found.rehearsal) == (
        CONTINUING["learning_rate"],
        CONTINUING["rehearsal"],
    )
