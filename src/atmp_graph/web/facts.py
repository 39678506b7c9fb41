"""Statements → facts as a reader meets them: amounts with currency, dates as exact as known, evidence beside.

A *statement* is a triple with the named graphs that hold it. A *fact* is a property with its values, in
words. A *card* is a whole node (a grant, a role, a claim) on a page about something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from atmp_graph.store.protocol import Iri, Literal, Term
from atmp_graph.vocabulary import ATMP, CONCEPT, INFERRED_GRAPH, PREFIXES
from atmp_graph.web.language import gettext, pick
from atmp_graph.web.names import TYPE, Link, Names, Section
from atmp_graph.web.ontology import Ontology
from atmp_graph.web.wording import is_date, literal, number

_RDFS, _SKOS = PREFIXES["rdfs"], PREFIXES["skos"]
LABEL = _RDFS + "label"
PREF_LABEL = _SKOS + "prefLabel"
MODALITY = ATMP + "assertionModality"
SUMMARY = ATMP + "summary"
PRECISION = ATMP + "precision"
DATE_PRECISION = ATMP + "datePrecision"
QUANTITIES = (
    (ATMP + "amount", ATMP + "minimumAmount", ATMP + "maximumAmount", ATMP + "currency"),
    (ATMP + "value", ATMP + "minimumValue", ATMP + "maximumValue", ATMP + "unit"),
)
"""Exact, least and most, with the property that says of what: told as one fact."""

OUR_WORDS = {
    LABEL, PREF_LABEL, SUMMARY, ATMP + "condition", _RDFS + "comment", _SKOS + "definition",
    _SKOS + "scopeNote", _SKOS + "note", _SKOS + "example", PREFIXES["dcterms"] + "title",
    PREFIXES["dcterms"] + "description",
}  # fmt: skip
"""Texts written in both languages: a reader is shown one."""

_ORDINALS = {
    ATMP + name
    for name in ("publicationYear", "footnoteNumber", "sectionNumber", "stageNumber", "listPosition")
}


class Statement(NamedTuple):
    """A triple and the IRIs of the named graphs that hold it."""

    subject: str
    predicate: str
    value: Term
    graphs: frozenset[str]


@dataclass
class Value:
    """One value of a fact: its words, their language, where it links, and who says so."""

    text: str
    language: str = ""
    iri: str = ""
    web: str = ""
    sections: list[Section] = field(default_factory=list)
    inferred: bool = False


@dataclass
class Fact:
    """A property, ``inward`` if it is read from its object, and its values."""

    property: Link
    values: list[Value]
    inward: bool = False


@dataclass
class Card:
    """A node told in place: name, class, how firmly it is asserted, our summary, facts, sections."""

    link: Link
    kind: Link | None
    modality: Link | None
    modality_name: str
    summary: Value | None
    facts: list[Fact]
    sections: list[Section]


@dataclass(frozen=True)
class Reader:
    """Who reads: the names and the ontology of the data served, and the language of the page."""

    names: Names
    ontology: Ontology
    language: str

    def link(self, iri: str) -> Link:
        """An IRI in the reader's language."""
        return self.names.link(iri, self.language)

    def kind(self, classes: Iterable[str]) -> Link | None:
        """The most telling of some classes."""
        best = self.ontology.most_specific(classes)
        return self.link(best[0]) if best else None


def merge(rows: Iterable[tuple[str, str, Term, str]]) -> list[Statement]:
    """Statements from (subject, predicate, value, graph) rows; a triple in several graphs becomes one."""
    graphs: dict[tuple[str, str, Term], set[str]] = defaultdict(set)
    for subject, predicate, value, graph in rows:
        graphs[subject, predicate, value].add(graph)
    return [Statement(*triple, frozenset(where)) for triple, where in graphs.items()]


def facts(
    statements: Iterable[Statement], reader: Reader, *, skip: frozenset[str] = frozenset()
) -> list[Fact]:
    """The facts that statements about one subject make, by property label, without names and classes."""
    by: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        by[statement.predicate].append(statement)
    told = list(_quantities(by, reader))
    exactness = _slug(by.pop(DATE_PRECISION, ())).removeprefix("precision-")
    for predicate, some in by.items():
        if predicate in skip or predicate in {TYPE, LABEL, PREF_LABEL}:
            continue
        values = [value_of(s, reader, exactness) for s in _one_language(predicate, some, reader.language)]
        told.append(Fact(reader.link(predicate), sorted(values, key=lambda v: v.text.casefold())))
    return sorted(told, key=lambda fact: fact.property.label.casefold())


def value_of(statement: Statement, reader: Reader, date_precision: str = "") -> Value:
    """The value of one statement, with its sections."""
    term = statement.value
    value = _evidence(statement.graphs, reader)
    if isinstance(term, Iri):
        link = reader.link(term.value)
        value.text, value.language, value.iri = link.label, link.language, term.value
    elif isinstance(term, Literal):
        ordinal = statement.predicate in _ORDINALS
        precision = date_precision if is_date(term) else ""
        value.text = literal(term, reader.language, precision=precision, ordinal=ordinal)
        value.language = term.language
        if term.datatype.endswith("#anyURI") and term.value.startswith(("https://", "http://")):
            value.web = term.value
    else:
        value.text = str(term)
    return value


def card(node: str, statements: list[Statement], reader: Reader, *, about: str = "") -> Card:
    """The card of a node from all statements about it, without links to ``about``, the page's own thing."""
    own = [s for s in statements if not (isinstance(s.value, Iri) and s.value.value == about)]
    told = facts(own, reader, skip=frozenset({MODALITY, SUMMARY}))
    modalities = [s for s in own if s.predicate == MODALITY]
    summaries = _one_language(SUMMARY, [s for s in own if s.predicate == SUMMARY], reader.language)
    sections = reader.names.sections({g for s in statements for g in s.graphs}, reader.language)
    for fact in told:
        for value in fact.values:
            if value.sections == sections:
                value.sections = []
    return Card(
        link=reader.link(node),
        kind=reader.kind(s.value.value for s in statements if s.predicate == TYPE),
        modality=reader.link(modalities[0].value.value) if modalities else None,
        modality_name=_slug(modalities),
        summary=value_of(summaries[0], reader) if summaries else None,
        facts=told,
        sections=sections,
    )


def _evidence(graphs: Iterable[str], reader: Reader) -> Value:
    graphs = set(graphs)
    sections = reader.names.sections(graphs, reader.language)
    return Value("", sections=sections, inferred=graphs == {INFERRED_GRAPH})


def _one_language(predicate: str, statements: list[Statement], language: str) -> list[Statement]:
    """Of texts that we wrote in both languages, those in the reader's; all of anything else."""
    texts: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        if isinstance(s.value, Literal):
            texts[s.value.language].append(s)
    if predicate not in OUR_WORDS or len(texts) < 2:
        return statements
    chosen, _ = pick(texts, language)
    return list(chosen)


def _slug(statements: Iterable[Statement]) -> str:
    """The last part of the first concept among some statements, safe as a CSS name; else ``""``."""
    for s in statements:
        slug = s.value.value.removeprefix(CONCEPT)
        if isinstance(s.value, Iri) and slug.replace("-", "").isalnum() and slug.isascii():
            return slug
    return ""


def _quantities(by: dict[str, list[Statement]], reader: Reader) -> Iterator[Fact]:
    """Take amounts and measured values out of ``by`` where there is one of each: told as one fact."""
    for exact, least, most, unit in QUANTITIES:
        present = [name for name in (exact, least, most) if name in by]
        if not present or any(len(by[name]) > 1 for name in (*present, unit) if name in by):
            continue
        taken = {name: by.pop(name)[0] for name in (*present, unit) if name in by}
        hedges = by.pop(PRECISION, []) if len(by.get(PRECISION, ())) == 1 else []
        said = {name: statement.value.value for name, statement in taken.items()}
        words = _range(said.get(exact, ""), said.get(least, ""), said.get(most, ""), reader.language)
        if unit in taken:
            words += f"\N{NO-BREAK SPACE}{_unit(taken[unit], reader)}"
        if hedges and _slug(hedges) != "exact":
            words = f"{reader.link(hedges[0].value.value).label} {words}"
        value = _evidence({g for s in taken.values() for g in s.graphs}, reader)
        value.text = words
        yield Fact(reader.link(present[0] if len(present) == 1 else exact), [value])


def _range(exact: str, least: str, most: str, language: str) -> str:
    if exact:
        return number(exact, language)
    if least and most:
        return f"{number(least, language)}\N{EN DASH}{number(most, language)}"
    told = number(least or most, language)
    if least:
        return gettext("at least %(number)s", number=told)
    return gettext("at most %(number)s", number=told)


def _unit(statement: Statement, reader: Reader) -> str:
    """A currency by its code, a percentage by its sign, any other unit by its label."""
    slug = _slug([statement])
    if len(slug) == 3 and slug.isalpha():
        return slug.upper()
    return "%" if slug == "unit-percent" else reader.link(statement.value.value).label
