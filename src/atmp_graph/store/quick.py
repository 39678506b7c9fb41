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


class Quick:
    """The store of one release, opened at the first query."""

    def __init__(self, folder: str) -> None:
        """``folder`` is the release."""
        self._folder = folder
        self._store: ox.Store | None = None

    def select(self, text: str) -> Table | bool | None:
        """Columns and rows of a SELECT, the answer of an ASK, or ``None``."""
        result = self._result(text)
        if isinstance(result, ox.QueryBoolean):
            return bool(result)
        if not isinstance(result, ox.QuerySolutions):
            return None
        try:
            return [variable.value for variable in result.variables], [list(solution) for solution in result]
        except (RuntimeError, OSError, ValueError):
            return None

    def serialised(self, text: str, name: str) -> bytes | None:
        """The answer of a SELECT or an ASK in the format called ``name`` (json, xml, csv, tsv), or
        ``None``.
        """
        result = self._result(text)
        output_format = ox.QueryResultsFormat.from_extension(name)
        if output_format is None or not isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
            return None
        output = io.BytesIO()
        try:
            result.serialize(output, output_format)
        except (RuntimeError, OSError, ValueError):
            return None
        return output.getvalue()

    def values(
        self, subjects: set[str], properties: tuple[str, ...]
    ) -> dict[str, list[tuple[str, str, str]]]:
        """Property, value and language of every statement about ``subjects`` (IRIs) with one of
        ``properties``.
        """
        found: dict[str, list[tuple[str, str, str]]] = {subject: [] for subject in subjects}
        things = " ".join(str(ox.NamedNode(subject)) for subject in sorted(subjects))
        names = " ".join(f"<{name}>" for name in properties)
        text = f"SELECT ?s ?p ?o {{ VALUES ?s {{ {things} }} VALUES ?p {{ {names} }} ?s ?p ?o }}"
        result = self.select(text) if subjects else None
        for subject, name, value in result[1] if isinstance(result, tuple) else ():
            if isinstance(subject, ox.NamedNode) and isinstance(name, ox.NamedNode) and value is not None:
                language = value.language or "" if isinstance(value, ox.Literal) else ""
                found[subject.value].append((name.value, plain(value), language))
        return found

    def _result(self, text: str) -> object:
        if "service" in text.lower():
            return None
        try:
            if self._store is None:
                self._store = ox.Store.read_only(f"{self._folder}/store")
            try:
                return self._store.query(text, base_iri=BASE)
            except SyntaxError:  # perhaps it uses our prefixes
                return self._store.query(text, base_iri=BASE, prefixes=PREFIXES)
        except (SyntaxError, RuntimeError, OSError, ValueError):
            return None


def is_iri(term: Cell) -> bool:
    """True for an IRI."""
    return isinstance(term, ox.NamedNode)


def plain(term: Cell) -> str:
    """The bare value of a term: an IRI, a text, ``_:x`` or nothing."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else "" if term is None else str(term)


def shown(term: Cell) -> str:
    """A term as a person reads it: our own names short, other IRIs whole, texts with their language."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if isinstance(term, ox.Literal):
        return f"{term.value} @{term.language}" if term.language else term.value
    return "" if term is None else str(term)
