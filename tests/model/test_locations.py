import sys
from pathlib import Path

import platformdirs
import pytest
from model_samples import sample

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model import locations
from lstm_sentiment_cli.model.folder import load_artifact, save_artifact
from lstm_sentiment_cli.model.locations import find_model, list_models, places

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not ask HOME")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Stand in an empty folder, with an empty home and nothing shipped."""
    for folder in ("here", "home", "package"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(locations, "_PACKAGE", tmp_path / "clone" / "package")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def user_models() -> Path:
    return platformdirs.user_data_path("lstm-sentiment", appauthor=False) / "models"


def shipped_models() -> Path:
    return locations._PACKAGE / "models"


def refused(name_or_path: str) -> str:
    with pytest.raises(SentimentError) as error:
        find_model(name_or_path)
    message = str(error.value)
    assert "lstm-sentiment models list" in message
    assert "\n" not in message
    return message


@posix
def test_name_is_looked_up_here_then_with_the_user_then_in_the_package():
    homes = [Path("models"), user_models(), shipped_models()]
    for home in reversed(homes):
        save_artifact(sample(), home / "mine")
        assert find_model("mine") == home / "mine"


def test_shipped_models_of_a_clone_lie_beside_the_package(tmp_path):
    save_artifact(sample(), tmp_path / "clone" / "models" / "mine")

    with pytest.raises(SentimentError):
        find_model("mine")
    (tmp_path / "clone" / "pyproject.toml").write_text("")
    assert find_model("mine") == tmp_path / "clone" / "models" / "mine"


def test_path_is_taken_as_it_is_and_never_looked_up():
    save_artifact(sample(b"named"), Path("models/mine"))
    save_artifact(sample(b"nested"), Path("models/models/mine"))

    assert find_model("models/mine") == Path("models/mine")
    assert find_model(str(Path("models/mine").absolute())) == Path("models/mine").absolute()
    assert "model folder ./mine is missing (did you mean 'mine'?)" in refused("./mine")


def test_dots_are_paths(monkeypatch, here):
    save_artifact(sample(), Path("models/mine"))
    monkeypatch.chdir("models/mine")

    assert load_artifact(find_model(".")) == sample()
    (here / "models" / "mine" / "sub").mkdir()
    monkeypatch.chdir("sub")
    assert load_artifact(find_model("..")) == sample()


def test_model_folder_where_one_stands_comes_before_names():
    save_artifact(sample(b"named"), Path("models/mine"))
    Path("mine").mkdir()
    assert find_model("mine") == Path("models/mine")

    Path("mine").rmdir()
    save_artifact(sample(b"here"), Path("mine"))
    assert find_model("mine") == Path("mine")


def test_folder_without_manifest_does_not_hide_a_model_behind_it():
    Path("models/mine").mkdir(parents=True)
    save_artifact(sample(), shipped_models() / "mine")

    assert find_model("mine") == shipped_models() / "mine"


def test_folder_without_manifest_is_found_when_there_is_no_other_so_that_loading_says_why():
    Path("models/mine").mkdir(parents=True)

    with pytest.raises(SentimentError, match=r"manifest\.json is missing"):
        load_artifact(find_model("mine"))


@pytest.mark.parametrize("wanted", ["mine", "models/mine"])
def test_leftover_of_a_killed_replacement_is_restored(wanted):
    save_artifact(sample(), Path("models/.mine.replaced"))

    assert load_artifact(find_model(wanted)) == sample()


def test_unknown_name_suggests_the_nearest_and_says_where_it_looked():
    save_artifact(sample(), Path("models/default"))

    message = refused("defualt")

    assert message.startswith("no model 'defualt' (did you mean 'default'?) in models, ")
    assert str(shipped_models()) in message


@pytest.mark.parametrize("typed", ["./no/such/model", "/no/such/model", "..\0", "", "x" * 300])
def test_what_is_not_there_is_refused(typed):
    refused(typed)


def test_file_is_refused_by_name():
    Path("mine").write_text("")

    assert "./mine is a file, not a model folder" in refused("./mine")


def test_list_is_in_the_order_of_looking_up_and_marks_what_is_shadowed():
    for folder in (Path("models/b"), Path("models/a"), shipped_models() / "a"):
        save_artifact(sample(), folder)
    Path("models/no model").mkdir()
    Path("models/README.md").write_text("")
    save_artifact(sample(), Path("models/.hidden"))
    save_artifact(sample(), Path("models/.c.replaced"))

    assert [(found.name, found.source, found.shadowed) for found in list_models()] == [
        ("a", "./models", False),
        ("b", "./models", False),
        ("c", "./models", False),
        ("a", "shipped", True),
    ]


def test_in_a_clone_no_model_is_listed_twice(tmp_path, monkeypatch):
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / "pyproject.toml").write_text("")
    save_artifact(sample(), tmp_path / "clone" / "models" / "default")
    monkeypatch.chdir(tmp_path / "clone")

    assert list(places()) == ["./models", "user"]
    assert [found.source for found in list_models()] == ["./models"]


def test_nothing_anywhere_is_an_empty_list():
    Path("models").write_text("not a folder")

    assert list_models() == []
