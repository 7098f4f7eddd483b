"""What a user gets who installs the package."""

import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    pytest.importorskip("hatchling")
    if not (ROOT / "lstm_sentiment_cli").is_dir():
        pytest.skip("there is no source to build from: these tests run on an installed wheel")
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def in_wheel(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def in_sdist(built: Path) -> set[str]:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


@pytest.mark.parametrize("model", ["default", "fast", "three-class"])
def test_a_shipped_model_is_whole_inside_the_wheel(in_wheel: set[str], model: str) -> None:
    manifest = json.loads((ROOT / f"models/{model}/manifest.json").read_text(encoding="utf-8"))
    names = {"manifest.json", *manifest["files"]}

    assert {f"lstm_sentiment_cli/models/{model}/{name}" for name in names} <= in_wheel


@pytest.mark.parametrize("model", ["default", "fast", "three-class"])
def test_a_shipped_model_is_small(model: str) -> None:
    sizes = [path.stat().st_size for path in (ROOT / "models" / model).iterdir()]

    assert sum(sizes) <= 8 * 1024 * 1024


def test_the_wheel_holds_the_package_and_nothing_else(in_wheel: set[str]) -> None:
    ours = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("lstm_sentiment_cli/**/*.py")}

    folders = {name.split("/")[0] for name in in_wheel}

    suites = {"behaviour.csv", "reversals.csv", "people.toml"}
    beside = {
        "lstm_sentiment_cli/py.typed",
        *(f"lstm_sentiment_cli/evaluation/{name}" for name in suites),
    }

    assert ours | beside <= in_wheel
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {
        "lstm_sentiment_cli"
    }


def test_the_wheel_holds_what_reports_are_made_of(in_wheel: set[str]) -> None:
    made_of = {"page.html", "page.css", "summary.html"}

    assert {f"lstm_sentiment_cli/report/{name}" for name in made_of} <= in_wheel


def test_the_sdist_holds_of_data_and_models_only_what_is_ours(in_sdist: set[str]) -> None:
    of_data = {name for name in in_sdist if name.startswith("data/")}
    of_models = {name.split("/")[1] for name in in_sdist if name.startswith("models/")}

    assert of_data == {"data/README.md", "data/sample.csv", "data/cafes.csv"}
    assert of_models == {"README.md", "default", "fast", "three-class"}
    assert "tests/test_package.py" in in_sdist


def test_the_version_is_that_of_the_project(run: Callable[..., tuple[int, str, str]]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert run("--version") == (0, f"lstm-sentiment {project['version']}\n", "")


def test_the_changelog_tells_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"## {project['version']}" in changelog


def test_the_licence_is_the_one_that_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
