"""What a page of the graph shows, as plain rows: statements with their section, or the things of a class."""

from __future__ import annotations

from atmp_graph.store.protocol import Iri, Row, Term
from atmp_graph.vocabulary import GRAPH
from atmp_graph.web.language import gettext
from atmp_graph.web.names import iris_of
from atmp_graph.web.site import Site
from atmp_graph.web.tables import Column, Table, cell

MOST = 5000
_AROUND = f"""SELECT ?s ?p ?o ?graph {{
  {{ GRAPH ?graph {{ ?thing ?p ?o }} BIND(?thing AS ?s) }}
  UNION {{ GRAPH ?graph {{ ?s ?p ?thing }} BIND(?thing AS ?o) }}
}} LIMIT {MOST + 1}"""
_WITHIN = f"SELECT ?s ?p ?o {{ GRAPH ?thing {{ ?s ?p ?o }} }} LIMIT {MOST + 1}"
_MEMBERS = f"SELECT DISTINCT ?s {{ ?s a ?thing }} LIMIT {MOST + 1}"


def listing(it: Site, iri: str) -> Table:
    """The rows of an IRI: of a class its things, of a named graph what it says, else all said of the thing.

    At most ``MOST`` rows; ``cut`` says that there are more.
    """
    term = it.ontology.terms.get(iri)
    if term and term.kind == "class":
        columns = [Column("thing", gettext("Thing"), "iri")]
        rows = it.store.rows(_MEMBERS, thing=Iri(iri)).rows
        return _table(it, columns, [[row["s"]] for row in rows], rows)
    columns = [
        Column("subject", gettext("Thing"), "iri"),
        Column("property", gettext("Property"), "iri"),
        Column("value", gettext("Value"), "iri"),
        Column("section", gettext("Section"), "iri"),
    ]
    inside = iri.startswith(GRAPH)
    rows = it.store.rows(_WITHIN if inside else _AROUND, thing=Iri(iri)).rows
    graph: Term = Iri(iri)
    lines = [[row["s"], row["p"], row["o"], graph if inside else row["graph"]] for row in rows]
    return _table(it, columns, lines, rows)


def _table(it: Site, columns: list[Column], lines: list[list[Term]], rows: tuple[Row, ...]) -> Table:
    reader = it.reader()
    reader.names.learn(iris_of(rows))
    cells = [[cell(term, reader.names, reader.language) for term in line] for line in lines[:MOST]]
    cells.sort(key=lambda line: [c.text.casefold() if c else "" for c in line])
    return Table(columns, cells, cut=len(lines) > MOST)
