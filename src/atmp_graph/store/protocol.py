"""What an engine must do, and the plain values that cross the seam.

Nothing above ``store`` sees an engine's own objects: questions go in as SPARQL text with bindings, answers
come out as terms or as serialised bytes. The command line imports this first, so nothing here may cost
start-up time (``dataclasses`` alone would double it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

SELECT_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
"""Short name → media type of SELECT and ASK results."""

GRAPH_TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nq": "application/n-quads",
    "trig": "application/trig",
}
"""Short name → media type of RDF."""


class Iri(NamedTuple):
    """An IRI."""

    value: str

    def __str__(self) -> str:
        return self.value


class Literal(NamedTuple):
    """A literal: lexical form, language tag (``""`` for none), datatype IRI (``""`` for a plain string)."""

    value: str
    language: str = ""
    datatype: str = ""

    def __str__(self) -> str:
        return self.value


class Blank(NamedTuple):
    """A blank node, with a label that means nothing outside its answer."""

    value: str

    def __str__(self) -> str:
        return "_:" + self.value


Term = Iri | Literal | Blank
Row = dict[str, Term]
"""One solution: variable name → term; an unbound variable is absent."""


class Rows(NamedTuple):
    """A whole SELECT result in memory: ``columns`` in the order of the query, then the solutions."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Query(NamedTuple):
    """A query as the SPARQL protocol speaks of it.

    ``accept`` lists the media types the caller can read, best first, for results and for RDF; the engine
    picks the first that fits the query's form. ``default_graphs`` and ``named_graphs`` replace the dataset
    of the text when either is given. ``bindings`` puts terms in the place of variables everywhere in the
    text (``store.binding``).
    """

    text: str
    accept: Sequence[str] = (SELECT_TYPES["json"], GRAPH_TYPES["ttl"])
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    bindings: Mapping[str, Term] | None = None


class Answer:
    """A serialised answer.

    ``kind`` is ``boolean``, ``bindings`` or ``graph``; ``chunks`` yields the bytes and may raise the errors
    of ``atmp_graph.errors``; ``truncated`` is true once the row or byte limit cut it (known when ``chunks``
    has ended).
    """

    def __init__(
        self, kind: str, media_type: str, chunks: Iterator[bytes], generation: str, truncated: bool = False
    ) -> None:
        self.kind = kind
        self.media_type = media_type
        self.chunks = chunks
        self.generation = generation
        self.truncated = truncated
        self.rows = 0


class Store(Protocol):
    """A dataset that answers SPARQL queries. All methods may raise the errors of ``atmp_graph.errors``."""

    @property
    def generation(self) -> str:
        """The id of the data served now (the release id); changes whenever the data do."""

    def answer(self, query: Query) -> Answer:
        """Run any query form; the answer is serialised in the best accepted type."""

    def rows(self, text: str, /, **bindings: Term) -> Rows:
        """Run a SELECT of our own and return it whole."""

    def ask(self, text: str, /, **bindings: Term) -> bool:
        """Run an ASK of our own."""

    def close(self) -> None:
        """Let go of processes, files and connections."""
