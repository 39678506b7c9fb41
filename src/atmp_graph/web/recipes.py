"""Short query patterns for the guide, one a file: the same text is shown, run and tested."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from atmp_graph.vocabulary import PREFIXES
from atmp_graph.web.language import pick

FOLDER = Path(__file__).parent / "recipes"
_HEADER = re.compile(r"# (title|note)@(\w+): (.+)")
_PREFIXED = re.compile(r"\b([a-z]+):[A-Za-z]")


class Recipe(NamedTuple):
    """A pattern with its title, what to mind, and its query, which stands by itself."""

    name: str
    title: str
    note: str
    query: str


@cache
def recipes(language: str) -> tuple[Recipe, ...]:
    """The recipes in their order, in a language; labels are asked for in that language too."""
    return tuple(_recipe(path, language) for path in sorted(FOLDER.glob("*.rq")))


def _recipe(path: Path, language: str) -> Recipe:
    lines = path.read_text(encoding="utf-8").splitlines()
    said: dict[str, dict[str, str]] = {"title": {}, "note": {}}
    for line in lines:
        if found := _HEADER.fullmatch(line):
            said[found[1]][found[2]] = found[3]
    body = "\n".join(line for line in lines if not _HEADER.fullmatch(line)).replace('"en"', f'"{language}"')
    used = [name for name in PREFIXES if name in set(_PREFIXED.findall(body))]
    query = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in used) + body
    return Recipe(path.stem, pick(said["title"], language)[0], pick(said["note"], language)[0], query)
