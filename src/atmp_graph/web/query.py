"""A SPARQL form that works without script: the query goes in the address, the answer comes back as a page.

The text goes to the store unread, with the store's own limits; nothing here parses it.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from atmp_graph.errors import AtmpGraphError
from atmp_graph.store.protocol import GRAPH_TYPES, SELECT_TYPES, Answer, Blank, Iri, Literal, Query, Term
from atmp_graph.vocabulary import PREFIXES
from atmp_graph.web.guard import status_of
from atmp_graph.web.language import site_root
from atmp_graph.web.site import Site, site
from atmp_graph.web.tables import Cell, Column, Table, cell
from atmp_graph.web.wording import is_number

bp = Blueprint("query", __name__)

SHOWN_ROWS = 500
SHOWN_BYTES = 4_000_000
SHOWN_TEXT = 100_000
EXAMPLE = """PREFIX atmp: <https://w3id.org/atmp-graph/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?facility ?operator ?section WHERE {
  GRAPH ?section { ?operator atmp:operatesFacility ?facility }
}
ORDER BY ?facility
LIMIT 50
"""


@bp.get("/query")
@bp.post("/query")
def form() -> Response:
    """The form; with a query also its answer, or what is wrong with it and where."""
    text = request.values.get("query", "")
    found: dict[str, Any] = {}
    status = 200
    if text.strip():
        try:
            found = _ask(site(), text)
        except AtmpGraphError as error:
            status, found = status_of(error), {"error": error}
    page = render_template(
        "query.html",
        text=text or EXAMPLE,
        asked=bool(text.strip()),
        example=EXAMPLE,
        prefixes=PREFIXES,
        shown_rows=SHOWN_ROWS,
        endpoint=site_root() + "/sparql",
        **found,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask(it: Site, text: str) -> dict[str, Any]:
    """Run a query; what the template needs of its answer."""
    answer = it.store.answer(Query(text, accept=(SELECT_TYPES["json"], GRAPH_TYPES["ttl"])))
    body, whole = _first_bytes(answer, SHOWN_TEXT if answer.kind == "graph" else SHOWN_BYTES)
    if answer.kind == "graph":
        return {"graph": body.decode("utf-8", "replace"), "cut": not whole or answer.truncated}
    if not whole:
        return {"too_large": True}
    result = json.loads(body)
    if answer.kind == "boolean":
        return {"boolean": bool(result["boolean"])}
    return {"table": _table(it, result), "cut": answer.truncated}


def _first_bytes(answer: Answer, most: int) -> tuple[bytes, bool]:
    """At most ``most`` bytes of an answer, and whether that is all of it."""
    body = b""
    for chunk in answer.chunks:
        body += chunk
        if len(body) > most:
            return body[:most], False
    return body, True


def _table(it: Site, result: dict[str, Any]) -> Table:
    reader = it.reader()
    columns = [Column(name, name) for name in result["head"]["vars"]]
    bindings = result["results"]["bindings"]
    solutions = [{name: _term(value) for name, value in one.items()} for one in bindings[:SHOWN_ROWS]]
    reader.names.learn(t.value for row in solutions for t in row.values() if isinstance(t, Iri))
    rows = [[cell(row.get(c.name), reader.names, reader.language) for c in columns] for row in solutions]
    columns = [_aligned(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    return Table(columns, rows, cut=len(bindings) > SHOWN_ROWS)


def _aligned(column: Column, cells: list[Cell | None]) -> Column:
    """A column of nothing but numbers is one."""
    numbers = [is_number(Literal(c.value, "", c.datatype)) for c in cells if c]
    return column._replace(kind="number") if numbers and all(numbers) else column


def _term(value: dict[str, Any]) -> Term:
    """A term of the SPARQL 1.1 results format in JSON."""
    text = str(value.get("value", ""))
    if value["type"] == "uri":
        return Iri(text)
    if value["type"] == "bnode":
        return Blank(text)
    return Literal(text, value.get("xml:lang", ""), value.get("datatype", ""))
