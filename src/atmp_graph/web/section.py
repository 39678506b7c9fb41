"""What one section of a source says, node by node, in the order a reader expects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import render_template

from atmp_graph.store.protocol import Iri
from atmp_graph.vocabulary import ATMP, PREFIXES
from atmp_graph.web.facts import SUMMARY, Card, Reader, Statement, Value, card, merge, value_of
from atmp_graph.web.names import Link, Section
from atmp_graph.web.site import Site

_SAID = "SELECT ?s ?p ?o { GRAPH ?section { ?s ?p ?o FILTER(ISIRI(?s)) } } LIMIT 6000"
_SIBLINGS = f"SELECT DISTINCT ?section {{ ?section <{ATMP}isSectionOf> ?source }}"
_ABOUT_ITSELF = frozenset(
    ATMP + name for name in ("isSectionOf", "heading", "sectionNumber", "textFingerprint", "summary")
)


@dataclass
class Said:
    """Cards under the name of their class."""

    heading: str
    cards: list[Card]


@dataclass
class SectionPage:
    """A section with its neighbours, what is said of itself, and what it says."""

    section: Section
    before: Section | None
    after: Section | None
    summary: Value | None
    about: list[tuple[Link, Value]]
    said: list[Said]
    count: int


def section_page(it: Site, iri: str) -> str | None:
    """The page of a named graph that is a section; ``None`` for any other graph."""
    reader = it.reader()
    section = reader.names.section(iri, reader.language)
    if section is None:
        return None
    rows = it.store.rows(_SAID, section=Iri(iri)).rows
    reader.names.learn(str(t) for r in rows for t in r.values() if isinstance(t, Iri))
    nodes: dict[str, list[Statement]] = defaultdict(list)
    for statement in merge((str(r["s"]), str(r["p"]), r["o"], iri) for r in rows):
        nodes[statement.subject].append(statement)
    itself = nodes.pop(iri, [])
    before, after = _neighbours(it, reader, section)
    page = SectionPage(
        section=section,
        before=before,
        after=after,
        summary=_summary(itself, reader),
        about=_about(itself, reader),
        said=_said(nodes, reader),
        count=len(rows),
    )
    return render_template("section.html", it=page, iri=iri)


def sections_of(it: Site, reader: Reader, source: str) -> list[Section]:
    """The sections of a source in reading order."""
    rows = it.store.rows(_SIBLINGS, source=Iri(source)).rows
    iris = [str(row["section"]) for row in rows]
    reader.names.learn(iris)
    return reader.names.sections(iris, reader.language)


def _neighbours(it: Site, reader: Reader, section: Section) -> tuple[Section | None, Section | None]:
    order = sections_of(it, reader, section.source.iri)
    place = next((n for n, other in enumerate(order) if other.iri == section.iri), -1)
    if place < 0:
        return None, None
    return (order[place - 1] if place else None), (order[place + 1] if place + 1 < len(order) else None)


def _summary(itself: list[Statement], reader: Reader) -> Value | None:
    summaries = [s for s in itself if s.predicate == SUMMARY]
    return card(itself[0].subject, summaries, reader).summary if summaries else None


def _about(itself: list[Statement], reader: Reader) -> list[tuple[Link, Value]]:
    hidden = _ABOUT_ITSELF | {PREFIXES["rdf"] + "type"}
    told = ((reader.link(s.predicate), value_of(s, reader)) for s in itself if s.predicate not in hidden)
    return sorted(((link, _bare(value)) for link, value in told), key=lambda pair: pair[0].label)


def _bare(value: Value) -> Value:
    """Without evidence: on the page of a section, all is said there."""
    value.sections = []
    return value


def _said(nodes: dict[str, list[Statement]], reader: Reader) -> list[Said]:
    """Cards of all that the section speaks of, by class; a class may be stated elsewhere."""
    by: dict[str, list[Card]] = defaultdict(list)
    for node, statements in nodes.items():
        made = card(node, statements, reader)
        made.kind = made.kind or reader.kind(reader.names.known(node).types)
        made.sections = []
        by[made.kind.label if made.kind else ""].append(made)
    return [
        Said(heading, sorted(some, key=lambda c: c.link.label.casefold()))
        for heading, some in sorted(by.items())
    ]
