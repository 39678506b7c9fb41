"""Finding things by what people type, and the nearest things to an address that is not there."""

from __future__ import annotations

import re
from urllib.parse import unquote

from atmp_graph.errors import InputError
from atmp_graph.search import search
from atmp_graph.web.language import current_language, gettext
from atmp_graph.web.names import Link
from atmp_graph.web.site import site
from atmp_graph.web.tables import Cell, Column, Table

INDEX = "search.sqlite"
MOST = 50


def find(text: str) -> Table:
    """What the index has for a text: thing, kind and the words that matched, best first."""
    language = current_language()
    hits = search(site().release_dir / INDEX, text, language, MOST + 1)
    columns = (
        Column("thing", gettext("Thing"), "iri"),
        Column("kind", gettext("Kind")),
        Column("words", gettext("Words")),
    )
    rows: list[list[Cell | None]] = []
    for hit in hits[:MOST]:
        words = hit.snippet if hit.snippet != hit.label else ""
        kind = Cell(hit.kind, value=hit.kind) if hit.kind else None
        thing = Cell(hit.label, language, hit.iri, hit.iri)
        rows.append([thing, kind, Cell(words, value=words) if words else None])
    return Table(columns, rows, cut=len(hits) > MOST)


def nearest(path: str) -> list[Link]:
    """A few things whose names are nearest to the last part of a path; none where there is no index."""
    words = re.findall(r"\w+", unquote(path.rstrip("/").rpartition("/")[2]))
    language = current_language()
    # All the words first; then without the last ones, which are the likeliest to be wrong.
    for count in range(len(words), 0, -1):
        try:
            hits = search(site().release_dir / INDEX, " ".join(words[:count]), language, 6)
        except InputError:
            return []
        if hits:
            return [Link(hit.iri, hit.label, language) for hit in hits]
    return []
