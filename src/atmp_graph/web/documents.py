"""Every IRI of the graph, path for path: a page for people, RDF and tables for programs.

The form follows the suffix of the path, else the Accept header; no redirect stands between a name and its
document.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, render_template, request

from atmp_graph.store.protocol import GRAPH_TYPES, Iri, Query
from atmp_graph.turtle import format_text
from atmp_graph.vocabulary import BASE, GRAPH, ONTOLOGY, PREFIXES
from atmp_graph.web.listing import listing
from atmp_graph.web.portrait import portray
from atmp_graph.web.representation import PAGE, RDF, choose, plain
from atmp_graph.web.respond import table_response
from atmp_graph.web.section import section_page
from atmp_graph.web.site import Site, site
from atmp_graph.web.terms import ontology_page, term_page

bp = Blueprint("documents", __name__)

_GRAPH = "CONSTRUCT { ?s ?p ?o } { GRAPH ?thing { ?s ?p ?o } }"
_THING = """CONSTRUCT { ?thing ?p ?o . ?s ?q ?thing . ?x rdfs:label ?label } {
  { ?thing ?p ?o } UNION { ?s ?q ?thing } UNION { ?thing ?link ?x . ?x rdfs:label ?label }
  UNION { ?x ?link ?thing . ?x rdfs:label ?label }
}"""
_ALL_TERMS = "CONSTRUCT { ?s ?p ?o } { GRAPH ?module { ?ontology a owl:Ontology . ?s ?p ?o } }"
_ANYTHING = "ASK { { ?thing ?p ?o } UNION { ?s ?q ?thing } UNION { GRAPH ?thing { ?a ?b ?c } } }"
_PROLOGUE = f"PREFIX rdfs: <{PREFIXES['rdfs']}> PREFIX owl: <{PREFIXES['owl']}> "
_READABLE = 200_000  # bytes of Turtle that are worth putting in order
_SPACES = "any(id, concept, ontology, graph):space"
_SUFFIXES = "any(ttl, jsonld, nt, rdf, csv, json):suffix"


@bp.get(f"/<{_SPACES}>/<path:name>.<{_SUFFIXES}>")
@bp.get(f"/<{_SPACES}>/<path:name>")
def page(space: str, name: str, suffix: str | None = None) -> Response:
    """One thing: as a page, as RDF, or as a table of statements."""
    it, iri = site(), f"{BASE}{space}/{name}"
    form = choose((PAGE, *RDF, "json", "csv"), suffix)
    if form == PAGE:
        return _negotiated(_people(it, iri), RDF)
    _refuse_unknown(it, iri)
    if form in RDF:
        return _negotiated(_rdf(it, _GRAPH if iri.startswith(GRAPH) else _THING, form, iri), RDF)
    return _negotiated(table_response(listing(it, iri), form), RDF)


@bp.get(f"/ontology.<{_SUFFIXES}>")
@bp.get("/ontology")
@bp.get("/ontology/")
def ontology(suffix: str | None = None) -> Response:
    """All terms: an index for people, every module in one file for programs."""
    it = site()
    form = choose((PAGE, *RDF), suffix if suffix in RDF else None)
    response = make_response(ontology_page(it, ONTOLOGY)) if form == PAGE else _rdf(it, _ALL_TERMS, form)
    return _negotiated(response, RDF)


def _refuse_unknown(it: Site, iri: str) -> None:
    """404 for an IRI that the graph never uses."""
    if not it.store.ask(_ANYTHING, thing=Iri(iri)):
        abort(404)


def _rdf(it: Site, text: str, form: str, iri: str = "") -> Response:
    bindings = {"thing": Iri(iri)} if iri else {}
    answer = it.store.answer(Query(_PROLOGUE + text, accept=(GRAPH_TYPES[form],), bindings=bindings))
    body = b"".join(answer.chunks)
    if form == "ttl" and len(body) < _READABLE:
        # The engine names every prefix and keeps no order; people read this form.
        body = format_text(body.decode()).encode()
    return plain(body, form)


def _people(it: Site, iri: str) -> Response:
    reader = it.reader()
    if iri in reader.ontology.terms:
        return make_response(term_page(it, iri))
    if iri.startswith(GRAPH) and (found := section_page(it, iri)):
        return make_response(found)
    portrait = portray(it.store, reader, iri)
    if portrait is None:
        abort(404)
    return make_response(render_template("entity.html", it=portrait, iri=iri))


def _negotiated(response: Response, forms: tuple[str, ...]) -> Response:
    """Say which other forms there are, and that the Accept header chose."""
    path = request.script_root + request.path.rstrip("/")
    for form in (*forms, "csv", "json"):
        path = path.removesuffix("." + form)
    links = [f'<{quote(path)}.{form}>; rel="alternate"; type="{GRAPH_TYPES[form]}"' for form in forms]
    response.headers["Link"] = ", ".join(links)
    response.vary.add("Accept")
    return response
