"""Settings: which of flag, environment, folder's file and user's file counts, and wrong files."""

import json
import sys
from pathlib import Path

import pytest
from platformdirs import user_config_path

from lstm_sentiment_cli.cli.settings import FILE_NAME


@pytest.fixture
def write(call):
    """Write the settings of the folder, of the user, or both."""
    if sys.platform == "win32":
        pytest.skip("a user's folder is not told by the environment there")

    def write(here="", user=""):
        Path(FILE_NAME).write_text(here, encoding="utf-8")
        place = user_config_path("lstm-sentiment", appauthor=False)
        place.mkdir(parents=True, exist_ok=True)
        (place / FILE_NAME).write_text(user, encoding="utf-8")

    return write


@pytest.fixture
def model_of(call, monkeypatch):
    """Return the name of the model that a command line asks for; as there is none, it is told."""

    def model_of(*arguments, environment=None):
        if environment is None:
            monkeypatch.delenv("LSTM_SENTIMENT_MODEL", raising=False)
        else:
            monkeypatch.setenv("LSTM_SENTIMENT_MODEL", environment)
        code, out, err = call(*arguments)
        assert (code, out, err.count("\n")) == (1, "", 1)
        return err.split("'")[1]

    return model_of


COMMANDS = [["predict", "good"], ["models", "show"], ["models", "path"], ["evaluate", "x.csv"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("before", "after", "environment", "here", "user", "wins"),
    [
        (True, True, True, True, True, "after"),
        (True, False, True, True, True, "before"),
        (False, False, True, True, True, "environment"),
        (False, False, False, True, True, "here"),
        (False, False, False, False, True, "user"),
    ],
)
def test_what_is_nearer_wins(
    write, model_of, command, before, after, environment, here, user, wins
):
    write(here="model = 'here'" if here else "", user="model = 'user'" if user else "")
    line = [*(["-m", "before"] if before else []), *command, *(["-m", "after"] if after else [])]

    assert model_of(*line, environment="environment" if environment else None) == wins


@pytest.mark.parametrize(
    ("here", "user", "wins"),
    [
        ("model = 'all'\n[predict]\nmodel = 'own'", "", "own"),
        ("model = 'all'", "[predict]\nmodel = 'own'", "all"),
        ("[predict]\nmodel = 'own'", "model = 'all'", "own"),
        ("[evaluate]\nmodel = 'other'", "model = 'all'", "all"),
        ("quiet = true", "[predict]\nmodel = 'own'", "own"),
    ],
)
def test_a_commands_own_table_is_nearer_than_the_top_of_its_file_only(
    write, model_of, here, user, wins
):
    write(here, user)

    assert model_of("predict", "good") == wins


@pytest.mark.parametrize("line", [["-m", "typed", "predict", "x"], ["predict", "x", "-m", "typed"]])
def test_what_is_typed_beats_a_commands_own_table(write, model_of, line):
    write("[predict]\nmodel = 'own'")

    assert model_of(*line, environment="environment") == "typed"


@pytest.mark.parametrize(
    ("here", "wins"),
    [
        ("[models]\nmodel = 'group'", "group"),
        ("[models]\nmodel = 'group'\n[models.path]\nmodel = 'nearest'", "nearest"),
        ("[models.show]\nmodel = 'other'\n[models.path]\nmodel = 'nearest'", "nearest"),
    ],
)
def test_commands_below_a_command_have_tables_too(write, model_of, here, wins):
    write(here)

    assert model_of("models", "path") == wins


def test_settings_are_named_as_flags_are_with_dashes_or_underscores(call, write, golden_model):
    Path("in.csv").write_text("tweet,text\nbad,good\n")
    for name in ("text-column", "text_column"):
        write(f"[predict]\n{name} = 'tweet'\n[models.show]\njson = true")

        assert call("predict", "-i", "in.csv").out.endswith("\tbad\n")
        assert json.loads(call("models", "show").out)["folder"] == str(golden_model)


def test_commands_are_named_with_dashes_or_underscores(model_of, write):
    for name in ("find-threshold", "find_threshold"):
        write(f"[{name}]\nmodel = 'own'")

        assert model_of("find-threshold", "x.csv") == "own"


def test_settings_are_values_of_flags(call, write):
    write("[predict]\nheader = true\nthreshold = 1\nuncertain = '0.9,1'\ninput = ['in.txt']")
    Path("in.txt").write_text("good\n")

    header, answer = call("predict").out.splitlines()

    assert header.startswith("predicted\t")
    assert answer.startswith("negative\t")
    assert call("predict", "--threshold", "0").out.splitlines()[1].startswith("positive\t")


def test_quiet_in_a_file_is_for_all_commands(call, write):
    Path("good").touch()
    assert call("predict", "good").err != ""

    write("quiet = true")

    assert call("predict", "good").err == ""


@pytest.mark.parametrize(
    ("here", "said"),
    [
        ("modle = 'x'", f"{FILE_NAME}: unknown setting 'modle' (did you mean 'model'?)"),
        ("[pridict]", f"{FILE_NAME}: unknown command 'pridict' (did you mean 'predict'?)"),
        (
            "[predict]\ntreshold = 1",
            f"{FILE_NAME}, [predict]: unknown setting 'treshold' (did you mean 'threshold'?)",
        ),
        ("[predict]\ntexts = ['x']", f"{FILE_NAME}, [predict]: unknown setting 'texts'"),
        (
            "[models.show]\nmodle = 'x'",
            f"{FILE_NAME}, [models], [show]: unknown setting 'modle' (did you mean 'model'?)",
        ),
        (
            "explain = true",
            f"{FILE_NAME}: explain is a setting of some commands only; put it under [predict] or",
        ),
        ("[zzzzzz]", f"{FILE_NAME}: unknown command 'zzzzzz'; choose from model, "),
        (
            "predict = 1",
            f"{FILE_NAME}: predict is a command; put its settings in a table, [predict]",
        ),
        ("quiet = 'yes'", f"{FILE_NAME}: quiet must be true or false, got 'yes'"),
        ("model = true", f"{FILE_NAME}: model must be text or a number, as on the command line"),
        ("[predict]\ninput = 'x'", f"{FILE_NAME}, [predict]: input must be a list of texts"),
        ("[predict]\nthreshold = true", f"{FILE_NAME}, [predict]: threshold must be text or a num"),
        ("[predict]\nthreshold = 'high'", "[predict]: threshold: 'high' is not a valid float"),
        ("[predict]\nuncertain = '1'", "--uncertain takes LOW,HIGH, such as 0.4,0.6; got '1'"),
        ("model = 'x", "; correct or remove the file"),
        ("a = " + "[" * 5000, "; correct or remove the file"),
        ("model = '\x1b[31m'", "; correct or remove the file"),
        ("'\\u001b[31m' = 1", f"{FILE_NAME}: unknown setting "),
    ],
)
def test_a_wrong_file_is_one_line_that_names_it(call, write, here, said):
    for files in ((here, ""), ("", here)):
        write(*files)
        code, out, err = call("predict", "good")

        assert (code, out, err.count("\n")) == (1, "", 1)
        assert said in err
        assert "\x1b" not in err


DATA = "in.csv"


@pytest.mark.parametrize(
    ("here", "line", "blamed"),
    [
        ("[predict]\nthreshold = 2", ["predict", "good"], ["threshold"]),
        ("[predict]\nuncertain = 0.4", ["predict", "good"], ["uncertain"]),
        ("[predict]\nuncertain = '0.6,0.4'", ["predict", "good"], ["uncertain"]),
        ("[predict]\nmodel = 'nope'", ["predict", "good"], ["model"]),
        ("model = 'nope'", ["predict", "good"], ["model"]),
        ("model = '.'", ["predict", "good"], ["model"]),
        ("[predict]\nformat = 'xml'", ["predict", "good"], ["format"]),
        ("[predict]\nformat = 'table'", ["predict", "good", "-o", "out"], ["format"]),
        ("[predict]\ninput-format = 'xml'", ["predict"], ["input-format"]),
        ("[predict]\nencoding = 'utf-9'", ["predict"], ["encoding"]),
        ("[predict]\ninput = ['nope.csv']", ["predict"], ["input"]),
        ("[predict]\ninput = ['in.csv']", ["predict", "good"], ["input"]),
        ("[predict]\ntext_column = 'tweet'", ["predict", "-i", DATA], ["text-column"]),
        (
            "[predict]\nprefix = 'my_'\nformat = 'csv'",
            ["predict", "-i", "taken.csv"],
            ["prefix"],
        ),
        ("[evaluate]\nlabel_column = 'tone'", ["evaluate", DATA], ["label-column"]),
        ("[evaluate]\nagainst = 'nope'", ["evaluate", DATA], ["against"]),
        ("[evaluate]\nfail-under = ['f1']", ["evaluate", DATA], ["fail-under"]),
        ("[find-threshold]\nprecision = 2", ["find-threshold", DATA], ["precision"]),
        (
            "[find-threshold]\nprecision = 0.9\ncoverage = 0.9",
            ["find-threshold", DATA],
            ["precision", "coverage"],
        ),
        ("[data.check]\nlabels = 'a'", ["data", "check", DATA], ["labels"]),
        ("[data.check]\nlabels = 'a,b'", ["data", "check", DATA], ["labels"]),
        ("[train]\nlearning_rate = -1", ["train", DATA, "-o", "new"], ["learning-rate"]),
        ("[train]\npreset = 'nope'", ["train", DATA, "-o", "new"], ["preset"]),
        ("[train]\nshare = 2", ["train", DATA, "-o", "new"], ["share"]),
        ("[train]\nconfig = 'nope.toml'", ["train", DATA, "-o", "new"], ["config"]),
        ("[train]\nfrom = 'nope'", ["train", DATA, "-o", "new"], ["from"]),
        ("[tune]\nfolds = 1", ["tune", DATA, "-o", "new"], ["folds"]),
        ("[tune]\nspace = 'nope.toml'", ["tune", DATA, "-o", "new"], ["space"]),
        ("[models]\nmodel = 'nope'", ["models", "show"], ["model"]),
        # Another option is at fault, or what was typed.
        ("[predict]\nprefix = 'file'", ["predict", "-i", "nope.csv"], []),
        ("[predict]\nprefix = 'csv'\nencoding = 'latin-1'", ["predict", "-i", "nope.csv"], []),
        ("[predict]\ninput = ['nope.csv']", ["predict", "-i", "no.csv"], []),
        ("[predict]\nthreshold = 0.5", ["predict", "--threshold", "2", "good"], []),
        ("[predict]\nthreshold = 2", ["predict", "--threshold", "2", "good"], []),
        ("[repl]\nmodel = 'nope'", ["predict", "--model", "nope", "good"], []),
        ("[predict]\nmodel = 'nope'", ["--model", "nope", "predict", "good"], []),
        ("[models]\nmodel = 'nope'", ["models", "show", "nope"], []),
        ("[evaluate]\nagainst = 'majority'", ["evaluate", DATA, "-m", "nope"], []),
        ("[evaluate]\nmodel = 'default'", ["evaluate", DATA, "--against", "nope"], []),
        ("[train]\nshare = 0.5", ["train", DATA, "--from", "nope", "-o", "new"], []),
        ("[train]\nvalidation = ['a.csv']", ["train", "nope.csv", "-o", "new"], []),
    ],
)
def test_an_error_says_which_file_sets_the_option_at_fault(
    call, write, monkeypatch, here, line, blamed
):
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL")
    write(here)
    Path(DATA).write_text("text,label\ngood,positive\nbad,negative\n")
    Path("taken.csv").write_text("text,my_predicted\ngood,x\n")

    code, _, err = call(*line)

    told = err.splitlines()[-1]
    assert (code, told[:7]) == (1, "error: ")
    assert told.count(FILE_NAME) == len(blamed)
    assert told.endswith("".join(f"; {name} is set in {FILE_NAME}" for name in blamed))


def test_an_error_names_the_file_that_counts(call, write, monkeypatch):
    monkeypatch.delenv("LSTM_SENTIMENT_MODEL")
    write("[predict]\nthreshold = 2", "[predict]\nthreshold = 3\nmodel = 'nope'")
    user = user_config_path("lstm-sentiment", appauthor=False) / FILE_NAME

    assert call("predict", "good").err.endswith(f"; threshold is set in {FILE_NAME}\n")
    assert call("predict", "good", "--threshold", "1").err.endswith(f"; model is set in {user}\n")


@pytest.mark.parametrize(("name", "value"), [("force", "true"), ("output", "'stolen.txt'")])
def test_no_file_chooses_what_is_overwritten(call, write, name, value):
    write(f"[predict]\n{name} = {value}")

    code, out, err = call("predict", "good")

    assert (code, out) == (1, "")
    assert err.endswith(f"[predict]: {name} cannot be set in a file; use --{name}\n")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\xef\xbb\xbfquiet = true\r\n"])
def test_a_file_is_utf8_with_or_without_a_mark(call, content):
    Path(FILE_NAME).write_bytes(content)

    assert call("predict", "good").code == (1 if content == b"\xff\xfe" else 0)


def test_a_folder_of_that_name_is_one_line(call):
    Path(FILE_NAME).mkdir()

    code, out, err = call("predict", "good")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"error: cannot read settings from {FILE_NAME}: ")
