"""The one place that speaks to pyoxigraph's query engine: terms, formats, refusals, errors.

``DirectStore`` calls it in the caller's process, a served worker calls it in its own; both answer alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import IO, TypeVar

import pyoxigraph as ox

from atmp_graph.errors import (
    AtmpGraphError,
    EngineError,
    InputError,
    NotAcceptableError,
    RefusedError,
)
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES, Blank, Iri, Literal, Query, Row, Rows, Term
from atmp_graph.vocabulary import BASE, PREFIXES

Result = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
T = TypeVar("T")

RESULT_FORMATS = {
    media_type: {
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
        "csv": ox.QueryResultsFormat.CSV,
        "tsv": ox.QueryResultsFormat.TSV,
    }[name]
    for name, media_type in SELECT_TYPES.items()
}
RDF_FORMATS = {
    media_type: {
        "ttl": ox.RdfFormat.TURTLE,
        "nt": ox.RdfFormat.N_TRIPLES,
        "jsonld": ox.RdfFormat.JSON_LD,
        "rdf": ox.RdfFormat.RDF_XML,
        "nq": ox.RdfFormat.N_QUADS,
        "trig": ox.RdfFormat.TRIG,
    }[name]
    for name, media_type in GRAPH_TYPES.items()
}

_XSD_STRING = PREFIXES["xsd"] + "string"
_LANG_STRING = PREFIXES["rdf"] + "langString"


def evaluate(store: ox.Store, query: Query) -> Result:
    """Parse ``query`` and start it; the result is lazy, so wrap its use in ``mapped`` too."""
    text = query.text
    if query.bindings:
        from atmp_graph.store.binding import bind  # noqa: PLC0415  (late: its pattern costs 3 ms)

        text = bind(text, {name: str(to_engine(term)) for name, term in query.bindings.items()})
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None
    if query.default_graphs or query.named_graphs:
        default = [_node(iri) for iri in query.default_graphs]
        named = [_node(iri) for iri in query.named_graphs]

    def run(on: ox.Store, words: str) -> Result:
        try:
            return on.query(words, base_iri=BASE, default_graph=default, named_graphs=named)
        except (
            SyntaxError
        ):  # perhaps it uses our prefixes; to offer them at once would cost every query 12 µs
            return on.query(
                words, base_iri=BASE, prefixes=PREFIXES, default_graph=default, named_graphs=named
            )

    if "service" in text.lower():
        _refuse_service(text, run)
    return mapped(lambda: run(store, text), text)


def _refuse_service(text: str, run: Callable[[ox.Store, str], Result]) -> None:
    """Refuse a text that uses the keyword SERVICE, and let one that only mentions the word pass.

    The engine's own parser decides: spell the word another way everywhere at once. In strings, comments,
    IRIs, variables and names that changes nothing; in the place of the keyword it no longer parses, but
    GRAPH does. The text itself is not tried: the engine would get its network ready for it.
    """
    empty = ox.Store()
    try:
        _parse(empty, re.sub("(?i)service", "sqrvxcz", text), run)
    except SyntaxError as error:
        failure = error
    else:
        return
    try:
        _parse(empty, re.sub(r"(?i)service(\s*silent)?", "GRAPH", text), run)
    except SyntaxError:
        mapped(partial(_raise, failure), text)
    raise RefusedError(
        "SERVICE is not allowed: this endpoint never calls another one",
        hint="Ask both endpoints from your own program, or load the other data beside these.",
    )


def _parse(empty: ox.Store, text: str, run: Callable[[ox.Store, str], Result]) -> None:
    """Raise ``SyntaxError`` where ``text`` does not parse; what planning complains of is no matter here."""
    try:
        run(empty, text)
    except (RuntimeError, OSError):
        return


def _raise(error: Exception) -> None:
    raise error


def mapped(work: Callable[[], T], text: str = "") -> T:
    """Run ``work`` and turn every foreign exception into a named error; the only place that does."""
    try:
        return work()
    except AtmpGraphError:
        raise
    except SyntaxError as error:
        from atmp_graph.store.complaint import explain  # noqa: PLC0415  (late: only for what does not parse)

        raise explain(str(error), text) from None
    except RuntimeError as error:
        raise InputError(
            str(error), hint="The functions of SPARQL 1.1 are available, and the XSD casts."
        ) from None
    except ValueError as error:
        raise InputError(str(error), hint="Check the IRIs and the terms that were passed.") from None
    except OSError as error:
        raise EngineError(f"The store cannot be read: {error}", hint="Build the release again.") from None


def choose(result: Result, accept: Sequence[str]) -> tuple[str, str]:
    """``(kind, media type)``: the first accepted type that fits the result's form, else ``InputError``."""
    kind, fitting = "bindings", tuple(RESULT_FORMATS)
    if isinstance(result, ox.QueryBoolean):
        kind = "boolean"
    elif isinstance(result, ox.QueryTriples):
        kind, fitting = "graph", tuple(RDF_FORMATS)
    for media_type in accept:
        if media_type in fitting:
            return kind, media_type
    raise NotAcceptableError(
        f"No accepted type fits this query: it gives {' or '.join(fitting)}", hint="Ask for one of these."
    )


def serialise(result: Result, media_type: str, output: IO[bytes], triples: int | None = None) -> bool:
    """Write ``result`` to ``output``; for a graph at most ``triples`` of them. True if a triple was left
    out."""
    if isinstance(result, ox.QueryTriples):
        some: Iterable[ox.Triple] = result if triples is None else islice(result, triples)
        file_format = RDF_FORMATS[media_type]
        prefixes = (
            PREFIXES if file_format.supports_datasets or file_format != ox.RdfFormat.N_TRIPLES else None
        )
        ox.serialize(some, output, file_format, prefixes=prefixes)
        return triples is not None and next(result, None) is not None
    result.serialize(output, RESULT_FORMATS[media_type])
    return False


def solutions(result: Result) -> Rows:
    """A SELECT result as plain values."""
    if not isinstance(result, ox.QuerySolutions):
        raise InputError("This query gives no rows", hint="Use a SELECT query.")
    columns = tuple(variable.value for variable in result.variables)
    return Rows(columns, tuple(_rows(result, columns)))


def _rows(result: ox.QuerySolutions, columns: tuple[str, ...]) -> Iterator[Row]:
    for solution in result:
        yield {
            name: from_engine(term) for name, term in zip(columns, solution, strict=True) if term is not None
        }


def from_engine(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """The plain value of an engine's term; a triple term becomes its text."""
    if isinstance(term, ox.NamedNode):
        return Iri(term.value)
    if isinstance(term, ox.BlankNode):
        return Blank(term.value)
    if isinstance(term, ox.Triple):
        return Literal(str(term))
    datatype = term.datatype.value
    return Literal(
        term.value, term.language or "", "" if datatype in (_XSD_STRING, _LANG_STRING) else datatype
    )


def to_engine(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The engine's term of a plain value; raises ``InputError`` for an IRI or a language tag that is none."""
    return mapped(lambda: _to_engine(term))


def _to_engine(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Iri):
        return ox.NamedNode(term.value)
    if isinstance(term, Blank):
        return ox.BlankNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype) if term.datatype else None)


def _node(iri: str) -> ox.NamedNode:
    return mapped(lambda: ox.NamedNode(iri))
