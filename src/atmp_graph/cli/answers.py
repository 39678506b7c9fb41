"""The answer of a named question as a person reads it; both ways to ask print it by these functions."""

from __future__ import annotations

import os

from atmp_graph.cli.table import table, terminal_width

WORDS = {
    "en": {"section": "Section", "question": "Question", "none": "No rows.", "true": "yes", "false": "no"},
    "sv": {"section": "Avsnitt", "question": "Fråga", "none": "Inga rader.", "true": "ja", "false": "nej"},
}


def language() -> str:
    """The language of the user's environment, if it is one of ours; else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "sv" if os.environ[name].startswith("sv") else "en"
    return "en"


def answer_table(
    title: str, columns: list[tuple[str, str, str]], rows: list[list[str]], places: list[str], lang: str
) -> str:
    """The title, then a table that ends in the section behind each row.

    ``columns`` are name, type and heading; ``rows`` hold a text per column, ``places`` a text per row. A
    column called ``section`` is that same section and not shown twice.
    """
    words = WORDS[lang]
    if not rows:
        return f"{title}\n\n{words['none']}\n"
    shown = [at for at, (name, _, _) in enumerate(columns) if name != "section"]
    headings = [columns[at][2] for at in shown] + [words["section"]]
    cells = [
        [_text(row[at], columns[at][1], words) for at in shown] + [place]
        for row, place in zip(rows, places, strict=True)
    ]
    return f"{title}\n\n{table(headings, cells, terminal_width())}"


def place_text(source: str, heading: str) -> str:
    """A section in one line: its source and its heading."""
    return f"{source}: {heading}" if source else heading


def _text(text: str, kind: str, words: dict[str, str]) -> str:
    if kind == "boolean":
        return words.get(text, text)
    return text.removesuffix("T00:00:00Z") if kind == "date" else text
