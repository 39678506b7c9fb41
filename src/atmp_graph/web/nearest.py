"""Finding things by what people type, and the nearest things to an address that is not there."""

from __future__ import annotations

from atmp_graph.web.names import Link
from atmp_graph.web.tables import Table


def find(_text: str) -> Table:
    """Search results."""
    return Table(())


def nearest(_path: str) -> list[Link]:
    """The things whose names are nearest to the last part of a path."""
    return []
