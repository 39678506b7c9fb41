"""Every IRI of the graph, path for path: a page for people, RDF for programs, by Accept or by suffix."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, render_template, request

from atmp_graph.store.protocol import GRAPH_TYPES, Iri, Query
from atmp_graph.vocabulary import BASE, GRAPH, PREFIXES
from atmp_graph.web.portrait import portray
from atmp_graph.web.representation import PAGE, RDF, choose, plain
from atmp_graph.web.section import section_page
from atmp_graph.web.site import Site, site
from atmp_graph.web.terms import term_page

bp = Blueprint("documents", __name__)

_GRAPH = "CONSTRUCT { ?s ?p ?o } { GRAPH ?thing { ?s ?p ?o } }"
_THING = """CONSTRUCT { ?thing ?p ?o . ?s ?q ?thing . ?x rdfs:label ?label } {
  { ?thing ?p ?o } UNION { ?s ?q ?thing } UNION { ?thing ?link ?x . ?x rdfs:label ?label }
  UNION { ?x ?link ?thing . ?x rdfs:label ?label }
}"""
_ALL_TERMS = """CONSTRUCT { ?s ?p ?o } {
  GRAPH ?module { ?module a owl:Ontology . ?s ?p ?o }
}"""
_ANYTHING = "ASK { { ?thing ?p ?o } UNION { ?s ?q ?thing } UNION { GRAPH ?thing { ?a ?b ?c } } }"
_PROLOGUE = f"PREFIX rdfs: <{PREFIXES['rdfs']}> PREFIX owl: <{PREFIXES['owl']}> "
SPACES = "any(id, concept, ontology, graph):space"


@bp.get(f"/<{SPACES}>/<path:name>.<any(ttl, jsonld, nt, rdf):suffix>")
@bp.get(f"/<{SPACES}>/<path:name>")
def page(space: str, name: str, suffix: str | None = None) -> Response:
    """One thing: as a page, or as RDF."""
    it, iri = site(), f"{BASE}{space}/{name}"
    form = choose((PAGE, *RDF), suffix)
    if form == PAGE:
        return _negotiated(_people(it, iri))
    return _negotiated(_rdf(it, _GRAPH if iri.startswith(GRAPH) else _THING, iri, form))


@bp.get("/ontology.<any(ttl, jsonld, nt, rdf):suffix>")
def ontology(suffix: str) -> Response:
    """All modules of the ontology in one file."""
    return _rdf(site(), _ALL_TERMS, "", suffix)


def _rdf(it: Site, text: str, iri: str, form: str) -> Response:
    """What the graph says of a thing, or within a named graph, as RDF; 404 if it says nothing."""
    bindings = {"thing": Iri(iri)} if iri else {}
    if iri and not it.store.ask(_ANYTHING, **bindings):
        abort(404)
    answer = it.store.answer(Query(_PROLOGUE + text, accept=(GRAPH_TYPES[form],), bindings=bindings))
    return plain(b"".join(answer.chunks), form)


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


def _negotiated(response: Response) -> Response:
    """Say which other forms there are, and that the Accept header chose."""
    root = quote(request.script_root + request.path)
    for form in RDF:
        root = root.removesuffix("." + form)
    links = [f'<{root}.{form}>; rel="alternate"; type="{GRAPH_TYPES[form]}"' for form in RDF]
    response.headers["Link"] = ", ".join(links)
    response.vary.add("Accept")
    return response
