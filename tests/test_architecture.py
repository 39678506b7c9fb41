"""The house stands as planned: imports look down, foreign packages stay in their rooms, files and functions
are small.
"""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "atmp_graph"

FLOORS = [
    {"errors"},
    {"homes", "vocabulary", "sparqltext", "sources"},
    {"settings", "inputs", "reading"},
    {"places"},
    {"turtle", "knowledge", "store"},
    {
        "declared",
        "validate",
        "reason",
        "evidence",
        "questions",
        "search",
        "describe",
        "change",
        "export",
        "ready",
    },
    {"check"},
    {"build"},
    {"web", "cli"},
]
"""Rooms from the ground up. A room is a module or a package right under ``atmp_graph``."""

FOREIGN = {
    "pyoxigraph": {
        *("reading", "turtle", "knowledge", "store", "declared", "validate", "reason", "search", "export"),
        "check",
    },
    "rdflib": {"validate"},
    "pyshacl": {"validate"},
    "flask": {"web"},
    "flask_babel": {"web"},
    "flask_compress": {"web"},
    "werkzeug": {"web"},
    "jinja2": {"web"},
    "babel": {"web"},
    "uvicorn": {"web"},
    "a2wsgi": {"web"},
    "argcomplete": {"cli"},
    "argparse": {"cli"},
    "platformdirs": {"homes"},
    "owlready2": {"reason"},
    "sqlite3": {"search"},
}
"""Package → the rooms that may import it. Any other foreign package is a surprise."""

LATE = {"rdflib", "pyshacl", "owlready2", "platformdirs"}
"""Packages that cost too much to import before they are needed."""


def modules() -> list[Path]:
    found = sorted(path for path in PACKAGE.rglob("*.py") if "home" not in path.relative_to(PACKAGE).parts)
    assert len(found) > 30
    return found


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Dotted names of what a module imports, anywhere in it."""
    package = ["atmp_graph", *path.relative_to(PACKAGE).parts[:-1]]
    for node in parsed(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            if origin == "atmp_graph":
                yield from (f"{origin}.{alias.name}" for alias in node.names)
            else:
                yield origin


def rooms_imported(path: Path) -> set[str]:
    own = {name.split(".")[1] for name in imports(path) if name.startswith("atmp_graph.")}
    return own & {each for floor in FLOORS for each in floor}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_look_down(path: Path) -> None:
    """A room imports only from floors below its own, and from itself."""
    if room(path) == "__init__":
        assert not rooms_imported(path)
        return
    level = next((at for at, floor in enumerate(FLOORS) if room(path) in floor), None)
    assert level is not None, f"{room(path)} is on no floor: put it on one"
    below = {each for floor in FLOORS[:level] for each in floor}
    if room(path) == "cli":
        below.add("web")
    assert rooms_imported(path) - {room(path)} <= below


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_foreign_packages_stay_in_their_rooms(path: Path) -> None:
    """Each foreign package is imported only where the plan has it."""
    for name in imports(path):
        package = name.split(".")[0]
        if package == "atmp_graph" or (package in sys.stdlib_module_names and package not in FOREIGN):
            continue
        if package in ("typing_extensions", "_typeshed"):
            continue  # for type checkers alone
        assert package in FOREIGN, f"{package} is a surprise here"
        assert room(path) in FOREIGN[package]


def test_files_are_small() -> None:
    """No file has over 400 lines, half of them at most 150, and none is called utils."""
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {str(path): size for path, size in sizes.items() if size > 400} == {}
    assert statistics.median(sizes.values()) <= 150
    assert not [path for path in modules() if path.stem in ("utils", "helpers", "common", "misc")]


def test_functions_fit_a_screen() -> None:
    """No function is longer than 60 lines with its docstring."""
    long = {
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in parsed(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    assert {name: size for name, size in long.items() if size > 60} == {}


def test_slow_packages_are_imported_when_needed() -> None:
    """Whoever builds or asks does not wait for a package that only a rare case needs."""
    program = (
        "import sys, atmp_graph.build, atmp_graph.cli.checking, atmp_graph.cli.queries\n"
        "print(','.join(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert not set(done.stdout.strip().split(",")) & (LATE | {"flask", "asyncio", "rich"})


@pytest.mark.parametrize("arguments", [("query", "-e", "ASK {}"), ("ask", "q01")])
def test_the_short_way_imports_next_to_nothing(tiny_home: Path, arguments: tuple[str, ...]) -> None:
    """A query in a shell loop loads the engine and almost nothing else: its start-up budget is three bare
    Pythons.
    """
    heavy = {
        "argparse",
        "re",
        "typing",
        "dataclasses",
        "inspect",
        "pathlib",
        "json",
        "shutil",
        "logging",
        "asyncio",
    }
    program = (
        "import sys, os; before = set(sys.modules)\n"
        "from atmp_graph.cli import main\n"
        "code = main(['--home', *sys.argv[1:]])\n"
        "print(','.join(sorted(set(sys.modules) - before)), file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, str(tiny_home), *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # builds
    second = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert second.stdout
    loaded = set(second.stderr.strip().split(","))
    assert not loaded & heavy
    assert len(loaded) < 25
