"""Statements → facts as a reader meets them: amounts with currency, dates as exact as known, evidence beside.

A *statement* is a triple with the named graphs that hold it. A *fact* is a property with its values,
in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from atmp_graph.store.protocol import Iri, Literal, Term
from atmp_graph.vocabulary import ATMP, CONCEPT, INFERRED_GRAPH, PREFIXES
from atmp_graph.web.language import gettext, language_name, pick
from atmp_graph.web.names import TYPE, Link, Names, Section
from atmp_graph.web.ontology import Ontology
from atmp_graph.web.wording import is_date, literal, number

_RDFS, _SKOS = PREFIXES["rdfs"], PREFIXES["skos"]
LABEL = _RDFS + "label"
PREF_LABEL = _SKOS + "prefLabel"
PRECISION = ATMP + "precision"
DATE_PRECISION = ATMP + "datePrecision"
QUANTITIES = (
    (ATMP + "amount", "", "", ATMP + "currency"),
    (ATMP + "value", ATMP + "minimumValue", ATMP + "maximumValue", ATMP + "unit"),
)
"""Exact, least (``""``: there is none) and most, with the property that says of what: told as one fact."""

OUR_WORDS = {
    *(_RDFS + name for name in ("label", "comment")),
    *(_SKOS + name for name in ("prefLabel", "definition", "scopeNote", "note", "example")),
    *(ATMP + name for name in ("summary", "condition")),
    *(PREFIXES["dcterms"] + name for name in ("title", "description", "abstract")),
}
"""Texts written in both languages: a reader is shown one."""

_QUOTED = {ATMP + "wording", ATMP + "timeWording"}
_ORDINALS = {
    ATMP + name
    for name in ("publicationYear", "footnoteNumber", "sectionNumber", "stageNumber", "listPosition")
}
_FIRST = (
    "definesTerm", "ofIndicator", "value", "minimumValue", "maximumValue", "amount",
    "fundingStatus", "fromFunder", "toRecipient", "forActivity",
    "hasActor", "hasCounterparty", "collaborator", "heldBy", "hasRole", "roleTitle",
    "atOrganisation", "participant", "inActivity", "assertedBy", "claimKind", "claimScope",
    "offeredBy", "capability", "performedBy", "atStage", "atFacility", "grantedBy", "grantedTo",
    "assignedTo", "hasTask", "occurredOn", "startsOn", "endsOn", "timeWording",
)  # fmt: skip
_LAST = ("concerns", "isPartOf", "condition", "wording", "hasTopic", "note")
_ORDER = {name: n - 100 for n, name in enumerate(_FIRST)} | {name: n + 100 for n, name in enumerate(_LAST)}


class Statement(NamedTuple):
    """A triple and the IRIs of the named graphs that hold it."""

    subject: str
    predicate: str
    value: Term
    graphs: frozenset[str]


@dataclass
class Value:
    """One value of a fact: its words, their language, where it links, and who says so.

    ``marks`` are the numbers, in the list of a card's sections, of those that say it, if not all do.
    """

    text: str
    language: str = ""
    iri: str = ""
    web: str = ""
    sections: list[Section] = field(default_factory=list)
    inferred: bool = False
    marks: list[int] = field(default_factory=list)


@dataclass
class Fact:
    """A property, ``inward`` if it is read from its object, its values, and how many more there are."""

    property: Link
    values: list[Value]
    inward: bool = False
    left_out: int = 0


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
    """The facts that statements about one subject make, parties and figures first; no names, no classes."""
    by: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        by[statement.predicate].append(statement)
    told = dict(_quantities(by, reader))
    exactness = slug(by.pop(DATE_PRECISION, ())).removeprefix("precision-")
    for predicate, some in by.items():
        if predicate in skip or predicate in {TYPE, LABEL, PREF_LABEL}:
            continue
        values = [value_of(s, reader, exactness) for s in one_language(predicate, some, reader.language)]
        told[predicate] = Fact(reader.link(predicate), sorted(values, key=by_text))
    return [told[predicate] for predicate in sorted(told, key=lambda p: _place(p, told[p]))]


def _place(predicate: str, fact: Fact) -> tuple[int, str]:
    return _ORDER.get(predicate.replace("#", "/").rpartition("/")[2], 0), fact.property.label.casefold()


def by_text(value: Value) -> str:
    """The order of values: as a reader would look them up."""
    return value.text.casefold()


def value_of(statement: Statement, reader: Reader, date_precision: str = "") -> Value:
    """The value of one statement, with its sections."""
    term = statement.value
    value = _evidence(statement.graphs, reader)
    if isinstance(term, Iri):
        link = reader.link(term.value)
        value.text, value.language, value.iri = link.label, link.language, term.value
    elif isinstance(term, Literal):
        precision = date_precision if is_date(term) else ""
        ordinal = statement.predicate in _ORDINALS
        value.text = literal(term, reader.language, precision=precision, ordinal=ordinal)
        value.language = term.language
        if statement.predicate in _QUOTED:
            value.text = gettext("“%(words)s”", words=value.text)
        elif statement.predicate == ATMP + "textLanguage":
            value.text = language_name(term.value)
        elif term.datatype.endswith("#anyURI") and term.value.startswith(("https://", "http://")):
            value.web = term.value
    else:
        value.text = str(term)
    return value


def _evidence(graphs: Iterable[str], reader: Reader) -> Value:
    graphs = set(graphs)
    sections = reader.names.sections(graphs, reader.language)
    return Value("", sections=sections, inferred=graphs == {INFERRED_GRAPH})


def one_language(predicate: str, statements: list[Statement], language: str) -> list[Statement]:
    """Of texts that we wrote in both languages, those in the reader's; all of anything else."""
    texts: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        if isinstance(s.value, Literal):
            texts[s.value.language].append(s)
    if predicate not in OUR_WORDS or len(texts) < 2:
        return statements
    chosen, _ = pick(texts, language)
    return list(chosen)


def slug(statements: Iterable[Statement]) -> str:
    """The last part of the first concept among some statements, safe as a CSS name; else ``""``."""
    for s in statements:
        name = s.value.value.removeprefix(CONCEPT)
        if isinstance(s.value, Iri) and name.replace("-", "").isalnum() and name.isascii():
            return name
    return ""


def _quantities(by: dict[str, list[Statement]], reader: Reader) -> Iterator[tuple[str, Fact]]:
    """Take amounts and measured values out of ``by`` where there is one of each: told as one fact."""
    for exact, least, most, unit in QUANTITIES:
        present = [name for name in (exact, least, most) if name in by]
        if not present or any(len(by[name]) > 1 for name in (*present, unit) if name in by):
            continue
        taken = {name: by.pop(name)[0] for name in (*present, unit) if name in by}
        hedges = by.pop(PRECISION, []) if len(by.get(PRECISION, ())) == 1 else []
        said = {name: statement.value.value for name, statement in taken.items()}
        words = _range(said.get(exact, ""), said.get(least, ""), said.get(most, ""), reader.language)
        if unit in taken and slug([taken[unit]]) != "unit-count":
            words += f"\N{NO-BREAK SPACE}{_unit(taken[unit], reader)}"
        if hedges and slug(hedges) != "exact":
            words = f"{reader.link(hedges[0].value.value).label} {words}"
        value = _evidence({g for s in taken.values() for g in s.graphs}, reader)
        value.text = words
        name = present[0] if len(present) == 1 else exact
        yield name, Fact(reader.link(name), [value])


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
    name = slug([statement])
    if len(name) == 3 and name.isalpha():
        return name.upper()
    return "%" if name == "unit-percent" else reader.link(statement.value.value).label
