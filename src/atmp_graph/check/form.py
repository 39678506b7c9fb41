"""Every authored Turtle file in its one canonical form, so that a diff shows meaning and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from atmp_graph.check.model import Finding
from atmp_graph.errors import AtmpGraphError
from atmp_graph.knowledge import Home
from atmp_graph.turtle import format_text


def form_findings(home: Home) -> Iterator[Finding]:
    """A finding for each file that ``atmp-graph format`` would change or cannot read."""
    for path in home.turtle_files():
        text = path.read_text(encoding="utf-8")
        try:
            same = format_text(text, place=home.name(path)) == text
        except AtmpGraphError as error:
            yield Finding("error", "form", error.message, error.place, error.hint)
            continue
        if not same:
            yield Finding("error", "form", "not in canonical form", home.name(path), "run: atmp-graph format")
