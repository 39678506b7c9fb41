"""One query on a release, for a process that lives a few milliseconds.

A shell loop starts the command a thousand times, so this way imports nothing but the engine. It knows only
success: whatever else happens, it says ``None`` and the caller goes the full way (``direct``), which knows
the words for every error.
"""

from __future__ import annotations

import io

import pyoxigraph as ox

from ..vocabulary import BASE, PREFIXES, compact

Cell = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None
Table = tuple[list[str], list[list[Cell]]]


def select(folder: str, text: str) -> Table | bool | None:
    """Columns and rows of a SELECT, the answer of an ASK, or ``None``."""
    result = _result(folder, text)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    if not isinstance(result, ox.QuerySolutions):
        return None
    try:
        return [variable.value for variable in result.variables], [list(solution) for solution in result]
    except (RuntimeError, OSError, ValueError):
        return None


def serialised(folder: str, text: str, name: str) -> bytes | None:
    """The answer of a SELECT or an ASK in the format called ``name`` (json, xml, csv, tsv), or ``None``."""
    result = _result(folder, text)
    output_format = ox.QueryResultsFormat.from_extension(name)
    if output_format is None or not isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
        return None
    output = io.BytesIO()
    try:
        result.serialize(output, output_format)
    except (RuntimeError, OSError, ValueError):
        return None
    return output.getvalue()


def shown(term: Cell) -> str:
    """A term as a person reads it: our own names short, other IRIs whole, texts with their language."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if isinstance(term, ox.Literal):
        return f"{term.value} @{term.language}" if term.language else term.value
    return "" if term is None else str(term)


def _result(folder: str, text: str) -> object:
    if "service" in text.lower():
        return None
    try:
        store = ox.Store.read_only(f"{folder}/store")
        try:
            return store.query(text, base_iri=BASE)
        except SyntaxError:  # perhaps it uses our prefixes
            return store.query(text, base_iri=BASE, prefixes=PREFIXES)
    except (SyntaxError, RuntimeError, OSError, ValueError):
        return None
