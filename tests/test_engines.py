"""The recipes of docs/engines.md, run where their engine is installed."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
FIRST, *RECIPES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
# Engine → what it is imported as.
ENGINES = {
    "pandas": "pandas",
    "polars": "polars",
    "DuckDB": "duckdb",
    "Dask": "dask.dataframe",
    "Daft": "daft",
    "Spark": "pyspark",
    "Ray Data": "ray.data",
}


def test_every_recipe_has_an_engine():
    assert re.findall(r"^## (.*)$", PAGE, re.MULTILINE) == [*ENGINES]
    assert len(RECIPES) == len(ENGINES)


def missing(module):
    try:
        return find_spec(module) is None
    except ModuleNotFoundError:  # of what it is in
        return True


@pytest.mark.parametrize(("engine", "recipe"), [*zip(ENGINES, RECIPES, strict=True)], ids=ENGINES)
def test_a_recipe_answers_each_text(tmp_path, environment, engine, recipe):
    if missing("pyarrow") or missing(ENGINES[engine]):
        pytest.skip(f"{engine} is not installed")
    if engine == "Spark" and not shutil.which("java"):
        pytest.skip("Spark needs Java")
    (tmp_path / "recipe.py").write_text(f"{FIRST}{recipe}\nprint(scored)\n", encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "recipe.py"],
        cwd=tmp_path,
        env=environment | {"PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    answers = re.findall(r"\d\.\d{3,}", ended.stdout)
    assert len(answers) in {2, 4}
    assert float(answers[0]) > 0.9
