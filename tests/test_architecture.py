"""Every import against the tables of ARCHITECTURE.md, and the shape of the modules."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import lstm_sentiment_cli

ROOT = Path(__file__).parent.parent
# The installed package, when the tests run on a wheel.
PACKAGE = Path(lstm_sentiment_cli.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

MOST_LINES_OF_A_FUNCTION = 40
# Distributions whose name is not the one they are imported by.
DISTRIBUTIONS = {"grpc": "grpcio", "dateutil": "python-dateutil"}


class Import(NamedTuple):
    """One import, wherever in a module it stands."""

    importer: str  # "cli/data.py"
    module: str  # "lstm_sentiment_cli.records.profile"

    @property
    def name(self) -> str:
        """What is imported, as the tables call it: "records" or "numpy"."""
        first, *rest = self.module.split(".")
        return rest[0] if first == PACKAGE.name and rest else first


def rows(header: str) -> list[list[str]]:
    """Return the cells of the table that begins with this header."""
    table = PAGE.split(header, 1)[1].split("\n\n", 1)[0]
    lines = table.strip().splitlines()[1:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def permissions() -> dict[str, set[str]]:
    """Return part → the parts it may import, in the order of the page."""
    allowed: dict[str, set[str]] = {}
    for part, _, cell in rows("| part | what it is | may import |"):
        named = set() if cell == "nothing" else set(re.split(r", *", cell))
        allowed[part_of(part)] = set(allowed) if cell == "all of the above" else named
    return allowed


def places() -> dict[str, tuple[str, ...]]:
    """Return dependency → the folders and modules that may import it."""
    header = "| dependency | installed by | imported in | why this one |"
    return {name: tuple(re.split(r", *", where)) for name, _, where, _ in rows(header)}


def part_of(path: str) -> str:
    """Return the row a module belongs to: "cli/data.py" → "cli"."""
    return path.split("/", 1)[0].removesuffix(".py")


def imports() -> Iterator[Import]:
    for source in SOURCES:
        importer = source.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (Import(importer, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = node.module or ""
                inside = module == PACKAGE.name
                names = [f"{module}.{alias.name}" for alias in node.names] if inside else [module]
                yield from (Import(importer, name) for name in names)


def module_name(source: Path) -> str:
    """Return the dotted name of a module: "lstm_sentiment_cli.cli.data"."""
    parts = [PACKAGE.name, *source.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts).removesuffix(".__init__")


def imported_modules() -> Iterator[Import]:
    """Yield each import of ours by the module it reaches: "from … import session" → "….session"."""
    names = {module_name(source) for source in SOURCES}
    for source in SOURCES:
        importer = source.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield Import(importer, inner if inner in names else node.module)


IMPORTS = list(imports())
FROM_MODULES = list(imported_modules())
OURS = [each for each in IMPORTS if each.module.split(".")[0] == PACKAGE.name]
OTHERS = [each for each in IMPORTS if each not in OURS and each.name not in sys.stdlib_module_names]


def test_each_part_of_the_package_has_a_row() -> None:
    there = {part_of(source.relative_to(PACKAGE).as_posix()) for source in SOURCES}

    assert there == set(permissions())


def test_rows_permit_only_what_stands_above_them() -> None:
    above: set[str] = set()
    for part, allowed in permissions().items():
        assert allowed <= above, part
        above.add(part)


def test_parts_import_only_what_their_row_permits() -> None:
    allowed = permissions()

    strangers = [
        each
        for each in OURS
        if each.name not in allowed[part_of(each.importer)] | {part_of(each.importer)}
    ]

    assert strangers == []


def test_every_permission_is_used() -> None:
    used = {(part_of(each.importer), each.name) for each in OURS}
    permitted = {(part, name) for part, allowed in permissions().items() for name in allowed}
    all_of_the_above = {("cli", name) for name in permissions()}

    assert permitted - all_of_the_above <= used


def test_dependencies_are_imported_only_where_the_table_says() -> None:
    allowed = places()

    strangers = [
        each
        for each in OTHERS
        if not any(
            each.importer == place or each.importer.startswith(f"{place}/")
            for place in allowed[each.name]
        )
    ]

    assert strangers == []


def test_every_dependency_of_the_table_is_imported() -> None:
    assert {each.name for each in OTHERS} == set(places())


def test_the_table_says_how_each_dependency_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {"base": project["dependencies"], **project["optional-dependencies"]}
    header = "| dependency | installed by | imported in | why this one |"
    for name, extra, *_ in rows(header):
        names = {re.split(r"[^\w-]", each, maxsplit=1)[0] for each in extras[extra]}
        assert DISTRIBUTIONS.get(name, name).replace("_", "-") in names


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and those for types alone count too: they only hide a circle."""
    names = {module_name(source) for source in SOURCES}
    graph: dict[str, set[str]] = {name: set() for name in names}
    for each in FROM_MODULES:
        if each.module in names:
            graph[module_name(PACKAGE / each.importer)].add(each.module)

    circle = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]

    assert circle == []


def test_module_names_have_one_meaning() -> None:
    stems = Counter(source.stem for source in SOURCES if source.stem != "__init__")

    assert [stem for stem, count in stems.items() if count > 1] == []


def test_functions_are_short() -> None:
    """Counted from the first statement: a command's options stand above it, a line each."""
    long = {
        f"{source.relative_to(PACKAGE).as_posix()}: {node.name}"
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and statement_lines(node) > MOST_LINES_OF_A_FUNCTION
    }

    assert long == set()


def statement_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
