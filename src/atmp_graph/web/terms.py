"""The ontology for people: its index, and a page for each class, property, scheme and module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import render_template

from atmp_graph.vocabulary import ATMP, BASE, PREFIXES, compact
from atmp_graph.web import pictures, usage
from atmp_graph.web.asking import QuestionLink, questions_using
from atmp_graph.web.diagram import Diagram
from atmp_graph.web.facts import Reader, Value
from atmp_graph.web.language import gettext, pick
from atmp_graph.web.names import Link
from atmp_graph.web.ontology import Ontology, Term
from atmp_graph.web.relations import PROPERTIES, defined_in, ends
from atmp_graph.web.schemes import Member, members
from atmp_graph.web.site import Site

_SKOS, _RDFS, _DCTERMS = PREFIXES["skos"], PREFIXES["rdfs"], PREFIXES["dcterms"]
_DEFINITIONS = (_SKOS + "definition", _RDFS + "comment", _DCTERMS + "abstract", _DCTERMS + "description")


class Branch(NamedTuple):
    """A term in a tree, with how queries write it, its definition and what stands under it."""

    link: Link
    written: str
    definition: Value | None
    below: list[Branch]


class Branches(NamedTuple):
    """Terms of one kind under a heading, and how many they are."""

    heading: str
    size: int
    terms: list[Branch]


@dataclass
class TermPage:
    """What every term's page shows; ``relations`` are pairs of a heading and the terms under it."""

    iri: str
    link: Link
    written: str
    kind: str
    other_names: dict[str, str]
    definition: Value | None
    notes: list[tuple[str, Value]]
    relations: list[tuple[str, list[Link]]]
    picture: Diagram | None
    questions: list[QuestionLink]


def ontology_page(it: Site, iri: str) -> str:
    """Modules, the tree of classes, properties and concept schemes, each with its definition."""
    reader = it.reader()
    ontology = reader.ontology
    classes, properties = _ours(ontology.of_kind("class")), _ours(ontology.of_kind(*PROPERTIES))
    modules = [
        b._replace(link=_module(reader, ontology.terms[b.link.iri]))
        for b in _branches(reader, ontology.of_kind("module"))
    ]
    schemes = _branches(reader, ontology.of_kind("scheme"))
    return render_template(
        "ontology.html",
        iri=iri,
        overview=pictures.overview(reader),
        modules=modules,
        classes=_tree(reader, classes),
        properties=_branches(reader, properties),
        schemes=schemes,
        count={"classes": len(classes), "properties": len(properties), "schemes": len(schemes)},
    )


def _ours(terms: list[Term]) -> list[Term]:
    """Our own terms; borrowed ones only in an ontology that has no others."""
    return [t for t in terms if t.iri.startswith(BASE)] or terms


def term_page(it: Site, iri: str) -> str:
    """The page of one term of the ontology."""
    reader = it.reader()
    term = reader.ontology.terms[iri]
    if term.kind == "class":
        return _class_page(it, reader, term)
    if term.kind in PROPERTIES:
        return _property_page(it, reader, term)
    if term.kind == "scheme":
        return _scheme_page(it, reader, term)
    return _module_page(it, reader, term)


def _class_page(it: Site, reader: Reader, term: Term) -> str:
    out, into = (usage.said_at(it, reader, term.iri, out=way) for way in (True, False))
    best, things, count = usage.instances(it, reader, term.iri)

    def drawn(some: list[usage.Said]) -> list[str]:
        kinds = {one.property.iri: reader.ontology.terms[one.property.iri].kind for one in some}
        return [iri for iri, kind in kinds.items() if kind == "object property" and iri.startswith(ATMP)]

    picture = pictures.of_class(reader, term.iri, drawn(into), drawn(out))
    return _render(it, reader, term, picture, out=out, into=into, best=best, instances=things, count=count)


def _property_page(it: Site, reader: Reader, term: Term) -> str:
    inverse = sorted(reader.ontology.symmetric(term.iri, "inverseOf"))
    return _render(
        it,
        reader,
        term,
        pictures.of_property(reader, term.iri),
        spread=usage.spread(it, reader, term.iri),
        uses=usage.examples(it, reader, term.iri),
        inverse=[(reader.link(one), compact(one)) for one in inverse],
    )


def _scheme_page(it: Site, reader: Reader, term: Term) -> str:
    concepts, count = members(it, reader, term.iri)
    links: dict[str, QuestionLink] = {q.path: q for q in questions_using(it, term.iri)}
    for iri in _all(concepts):
        links |= {q.path: q for q in questions_using(it, iri)}
    return _render(it, reader, term, None, questions=list(links.values()), concepts=concepts, count=count)


def _all(concepts: list[Member]) -> list[str]:
    return [iri for one in concepts for iri in (one.link.iri, *_all(one.below))]


def _module_page(it: Site, reader: Reader, term: Term) -> str:
    ontology = reader.ontology
    classes = defined_in(ontology, term.iri, "class")
    properties = defined_in(ontology, term.iri, *PROPERTIES)
    schemes = defined_in(ontology, term.iri, "scheme")
    contents = [
        Branches(gettext("Kinds of things"), len(classes), _tree(reader, classes)),
        Branches(gettext("Properties"), len(properties), _branches(reader, properties)),
        Branches(gettext("Lists of concepts"), len(schemes), _branches(reader, schemes)),
    ]
    imports = any(ontology.terms[iri].all("owl", "imports") for iri in ontology.terms if iri == term.iri)
    picture = pictures.of_module(reader, term.iri) if contents[0].size or contents[1].size else None
    if picture is None and imports and not properties:
        picture = pictures.overview(reader)
    return _render(it, reader, term, picture, contents=[one for one in contents if one.size])


def _render(it: Site, reader: Reader, term: Term, picture: Diagram | None, **more: Any) -> str:
    page = TermPage(
        iri=term.iri,
        link=_module(reader, term) if term.kind == "module" else reader.link(term.iri),
        written=compact(term.iri),
        kind=_kind(term.kind),
        other_names={t: x for t, x in reader.names.labels(term.iri).items() if t and t != reader.language},
        definition=_text(term, reader, *_DEFINITIONS),
        notes=_notes(term, reader),
        relations=_relations(term, reader),
        picture=picture,
        questions=more.pop("questions", None) or questions_using(it, term.iri),
    )
    return render_template("term.html", it=page, iri=term.iri, **more)


def _module(reader: Reader, term: Term) -> Link:
    return reader.link(term.iri)._replace(label=pictures.module_name(reader, term.iri))


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
    ontology, told = reader.ontology, ends(term)
    is_scheme = term.kind == "scheme"
    rows: list[tuple[str, list[str]]] = [
        (gettext("Kind of"), [*term.all("rdfs", "subClassOf"), *term.all("rdfs", "subPropertyOf")]),
        (gettext("Kinds of it"), ontology.below.get(term.iri, [])),
        (gettext("Said of"), list(told.start)),
        (gettext("Leads to"), list(told.end)),
        (gettext("Values from the list"), list(told.schemes)),
        (gettext("Read backwards"), sorted(ontology.symmetric(term.iri, "inverseOf"))),
        (gettext("Never both"), sorted(ontology.symmetric(term.iri, "disjointWith"))),
        (gettext("Properties with values from it"), _valued(ontology, term.iri) if is_scheme else []),
        (gettext("Builds on"), term.all("owl", "imports")),
        (gettext("Defined in"), term.all("rdfs", "isDefinedBy")),
    ]
    modules = {term.iri for term in ontology.of_kind("module")}

    def link(iri: str) -> Link:
        return _module(reader, ontology.terms[iri]) if iri in modules else reader.link(iri)

    return [
        (heading, sorted((link(i) for i in dict.fromkeys(iris)), key=lambda x: x.label.casefold()))
        for heading, iris in rows
        if iris
    ]


def _valued(ontology: Ontology, scheme: str) -> list[str]:
    return [t.iri for t in ontology.of_kind(*PROPERTIES) if scheme in ends(t).schemes]


def _branch(reader: Reader, term: Term, below: list[Branch]) -> Branch:
    written = compact(term.iri) if term.kind not in {"module", "scheme"} else ""
    return Branch(reader.link(term.iri), written, _text(term, reader, *_DEFINITIONS), below)


def _by_name(branch: Branch) -> str:
    return branch.link.label.casefold()


def _branches(reader: Reader, terms: list[Term]) -> list[Branch]:
    return sorted((_branch(reader, t, []) for t in terms), key=_by_name)


def _tree(reader: Reader, terms: list[Term]) -> list[Branch]:
    """Terms as a tree of what is a kind of what; a term under two others stands under both."""
    among = {t.iri: t for t in terms}

    def grow(term: Term, path: frozenset[str]) -> Branch:
        below = [among[i] for i in reader.ontology.below.get(term.iri, ()) if i in among and i not in path]
        return _branch(reader, term, sorted((grow(t, path | {t.iri}) for t in below), key=_by_name))

    return sorted((grow(t, frozenset({t.iri})) for t in reader.ontology.roots(terms)), key=_by_name)
