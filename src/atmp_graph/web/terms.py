"""The ontology for people: its index, and a page for each class, property, scheme and module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flask import render_template

from atmp_graph.store.protocol import Iri, Literal
from atmp_graph.vocabulary import BASE, PREFIXES
from atmp_graph.web.asking import questions_using
from atmp_graph.web.facts import Reader, Value, merge, value_of
from atmp_graph.web.filters import capitalize_first
from atmp_graph.web.language import gettext, pick
from atmp_graph.web.names import Link
from atmp_graph.web.ontology import Ontology, Term
from atmp_graph.web.site import Site

_SKOS, _RDFS, _DCTERMS = PREFIXES["skos"], PREFIXES["rdfs"], PREFIXES["dcterms"]
_DEFINITIONS = (_SKOS + "definition", _RDFS + "comment", _DCTERMS + "abstract", _DCTERMS + "description")
_INSTANCES = "SELECT DISTINCT ?x { ?x a ?thing FILTER(ISIRI(?x)) } LIMIT 200"
_COUNT_INSTANCES = "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ?thing }"
_USES = "SELECT ?s ?o ?graph { GRAPH ?graph { ?s ?thing ?o FILTER(ISIRI(?s)) } } LIMIT 12"
_COUNT_USES = "SELECT (COUNT(*) AS ?n) { ?s ?thing ?o }"
_MEMBERS = f"""PREFIX skos: <{_SKOS}> SELECT DISTINCT ?x ?above ?text {{
  ?x skos:inScheme ?thing OPTIONAL {{ ?x skos:broader ?above }} OPTIONAL {{ ?x skos:definition ?text }}
}}"""


class Branch(NamedTuple):
    """A term in a tree, with its definition and what stands under it."""

    link: Link
    definition: Value | None
    below: list[Branch]


@dataclass
class TermPage:
    """What a term's page shows; ``relations`` are pairs of a heading and the terms under it."""

    iri: str
    link: Link
    kind: str
    other_names: dict[str, str]
    definition: Value | None
    notes: list[tuple[str, Value]]
    relations: list[tuple[str, list[Link]]]
    tree: list[Branch]
    instances: list[Link]
    uses: list[tuple[Link, Value]]
    count: int


def ontology_page(it: Site, iri: str) -> str:
    """Modules, the tree of classes, properties and concept schemes, each with its definition."""
    reader = it.reader()
    ontology = reader.ontology
    classes = _ours(ontology.of_kind("class"))
    properties = _ours(ontology.of_kind("object property", "data property", "annotation property"))
    return render_template(
        "ontology.html",
        iri=iri,
        modules=[
            b._replace(link=_module_name(b.link)) for b in _branches(reader, ontology.of_kind("module"))
        ],
        classes=_tree(reader, classes),
        properties=_branches(reader, properties),
        schemes=_branches(reader, ontology.of_kind("scheme")),
        count={"classes": len(classes), "properties": len(properties)},
    )


def _ours(terms: list[Term]) -> list[Term]:
    """Our own terms; borrowed ones only in an ontology that has no others."""
    return [t for t in terms if t.iri.startswith(BASE)] or terms


def term_page(it: Site, iri: str) -> str:
    """The page of one term of the ontology."""
    reader = it.reader()
    term = reader.ontology.terms[iri]
    page = TermPage(
        iri=iri,
        link=reader.link(iri),
        kind=_kind(term.kind),
        other_names={t: x for t, x in reader.names.labels(iri).items() if t and t != reader.language},
        definition=_text(term, reader, *_DEFINITIONS),
        notes=_notes(term, reader),
        relations=_relations(term, reader),
        tree=_members(it, reader, term) if term.kind in {"scheme", "module"} else [],
        instances=_instances(it, reader, iri) if term.kind == "class" else [],
        uses=_uses(it, reader, iri) if "property" in term.kind else [],
        count=_count(it, term),
    )
    return render_template("term.html", it=page, iri=iri, questions=questions_using(it, iri))


def _kind(kind: str) -> str:
    words = {
        "class": gettext("class"),
        "object property": gettext("property that links two things"),
        "data property": gettext("property with a value"),
        "annotation property": gettext("property with a note"),
        "module": gettext("module of the ontology"),
        "scheme": gettext("list of concepts"),
    }
    return words.get(kind, kind)


def _text(term: Term, reader: Reader, *names: str) -> Value | None:
    for name in names:
        if name in term.texts:
            texts, language = pick(term.texts[name], reader.language)
            return Value(" ".join(texts), language)
    return None


def _notes(term: Term, reader: Reader) -> list[tuple[str, Value]]:
    wanted = (
        (gettext("Scope"), _SKOS + "scopeNote"),
        (gettext("Example"), _SKOS + "example"),
        (gettext("Note"), _SKOS + "note"),
        (gettext("Version"), PREFIXES["owl"] + "versionInfo"),
    )
    found = ((heading, _text(term, reader, name)) for heading, name in wanted)
    return [(heading, value) for heading, value in found if value]


def _relations(term: Term, reader: Reader) -> list[tuple[str, list[Link]]]:
    ontology = reader.ontology
    is_class = term.kind == "class"
    rows: list[tuple[str, list[str]]] = [
        (gettext("Kind of"), [*term.all("rdfs", "subClassOf"), *term.all("rdfs", "subPropertyOf")]),
        (gettext("Kinds of it"), ontology.below.get(term.iri, [])),
        (gettext("Said of"), term.all("rdfs", "domain")),
        (gettext("Leads to"), term.all("rdfs", "range")),
        (gettext("Read backwards"), sorted(ontology.symmetric(term.iri, "inverseOf"))),
        (gettext("Never both"), sorted(ontology.symmetric(term.iri, "disjointWith"))),
        (gettext("Properties said of it"), _pointing(ontology, "domain", term.iri) if is_class else []),
        (gettext("Properties that lead to it"), _pointing(ontology, "range", term.iri) if is_class else []),
        (gettext("Builds on"), term.all("owl", "imports")),
        (gettext("Defined in"), term.all("rdfs", "isDefinedBy")),
    ]
    modules = {term.iri for term in ontology.of_kind("module")}

    def link(iri: str) -> Link:
        return _module_name(reader.link(iri)) if iri in modules else reader.link(iri)

    return [
        (heading, sorted((link(i) for i in iris), key=lambda x: x.label.casefold()))
        for heading, iris in rows
        if iris
    ]


def _module_name(link: Link) -> Link:
    """A module by what sets it apart: its title after the colon."""
    name = link.label.rpartition(": ")[2]
    return link._replace(label=capitalize_first(name))


def _pointing(ontology: Ontology, name: str, iri: str) -> list[str]:
    return [term.iri for term in ontology.terms.values() if iri in term.all("rdfs", name)]


def _branches(reader: Reader, terms: list[Term]) -> list[Branch]:
    made = [Branch(reader.link(t.iri), _text(t, reader, *_DEFINITIONS), []) for t in terms]
    return sorted(made, key=lambda b: b.link.label.casefold())


def _tree(reader: Reader, terms: list[Term]) -> list[Branch]:
    """Terms as a tree of what is a kind of what; a term under two others stands under both."""
    among = {t.iri: t for t in terms}

    def grow(term: Term, path: frozenset[str]) -> Branch:
        below = [among[i] for i in reader.ontology.below.get(term.iri, ()) if i in among and i not in path]
        branches = sorted((grow(t, path | {t.iri}) for t in below), key=lambda b: b.link.label.casefold())
        return Branch(reader.link(term.iri), _text(term, reader, *_DEFINITIONS), branches)

    roots = (grow(t, frozenset({t.iri})) for t in reader.ontology.roots(terms))
    return sorted(roots, key=lambda b: b.link.label.casefold())


def _members(it: Site, reader: Reader, term: Term) -> list[Branch]:
    """The concepts of a scheme as a tree; the terms of a module as a list."""
    if term.kind == "module":
        defined = [t for t in reader.ontology.terms.values() if term.iri in t.all("rdfs", "isDefinedBy")]
        return _branches(reader, defined)
    rows = it.store.rows(_MEMBERS, thing=Iri(term.iri)).rows
    members = {str(row["x"]) for row in rows}
    above: dict[str, set[str]] = {m: set() for m in members}
    for row in rows:
        if "above" in row and str(row["above"]) in members:
            above[str(row["x"])].add(str(row["above"]))
    definitions: dict[str, dict[str, str]] = {}
    for row in rows:
        if isinstance(text := row.get("text"), Literal):
            definitions.setdefault(str(row["x"]), {})[text.language] = text.value
    reader.names.learn(members)

    def grow(iri: str, path: frozenset[str]) -> Branch:
        below = sorted(m for m in members if iri in above[m] and m not in path)
        texts = definitions.get(iri)
        value = Value(*pick(texts, reader.language)) if texts else None
        return Branch(reader.link(iri), value, [grow(m, path | {m}) for m in below])

    roots = (grow(m, frozenset({m})) for m in members if not above[m])
    return sorted(roots, key=lambda b: b.link.label.casefold())


def _instances(it: Site, reader: Reader, iri: str) -> list[Link]:
    iris = [str(row["x"]) for row in it.store.rows(_INSTANCES, thing=Iri(iri)).rows]
    reader.names.learn(iris)
    return sorted((reader.link(one) for one in iris), key=lambda link: link.label.casefold())


def _uses(it: Site, reader: Reader, iri: str) -> list[tuple[Link, Value]]:
    rows = it.store.rows(_USES, thing=Iri(iri)).rows
    statements = merge((str(r["s"]), iri, r["o"], str(r["graph"])) for r in rows)
    reader.names.learn(str(t) for r in rows for t in r.values() if isinstance(t, Iri))
    return [(reader.link(s.subject), value_of(s, reader)) for s in statements]


def _count(it: Site, term: Term) -> int:
    text = {"class": _COUNT_INSTANCES}.get(term.kind) or (_COUNT_USES if "property" in term.kind else "")
    rows = it.store.rows(text, thing=Iri(term.iri)).rows if text else ()
    return int(str(rows[0]["n"])) if rows else 0
