"""Questions made ready to run, in plain text: for a command that starts, answers and is gone in 40 ms.

Reading the questions as JSON, binding their variables and looking labels up one by one is right for a server
and too slow for a shell loop. A release therefore also holds each question's query with everything bound.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing costs 3 ms at each start; type checkers know this name
if TYPE_CHECKING:
    from collections.abc import Iterable

Column = tuple[str, str, str]
"""Name, type and heading of a column."""

_INDEX = "index"


def write(folder: str, name: str, title: str, columns: Iterable[Column], query: str) -> None:
    """Keep a question under ``name`` in the folder of a language; ``query`` has no variable left to bind."""
    os.makedirs(folder, exist_ok=True)
    heads = "\t".join(" ".join(column) for column in columns)
    _write(os.path.join(folder, name), f"{title}\n{heads}\n{query}")


def write_index(folder: str, names: Iterable[tuple[str, str]]) -> None:
    """Keep by which names (lower case, no spaces) each question is known."""
    os.makedirs(folder, exist_ok=True)
    _write(os.path.join(folder, _INDEX), "".join(f"{known} {name}\n" for known, name in names))


def read(folder: str, known: str, lang: str) -> tuple[str, list[Column], str] | None:
    """Title, columns and query of the question known by this very name, else ``None``."""
    try:
        with open(os.path.join(folder, _INDEX), encoding="utf-8") as file:
            names = dict(line.split() for line in file)
        with open(os.path.join(folder, lang, names[known.lower()]), encoding="utf-8") as file:
            title, heads, query = file.read().split("\n", 2)
    except (OSError, KeyError):
        return None
    parts = [head.split(" ", 2) for head in heads.split("\t")]
    return title, [(part[0], part[1], part[2]) for part in parts], query


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
