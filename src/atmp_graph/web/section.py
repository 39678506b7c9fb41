"""What one section of a source says, node by node, in the order a reader expects."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import render_template

from atmp_graph.store.protocol import Iri
from atmp_graph.vocabulary import ATMP
from atmp_graph.web.cards import SUMMARY, CardGroup, card, group
from atmp_graph.web.facts import LABEL, Reader, Statement, Value, merge, value_of
from atmp_graph.web.names import TYPE, Link, Section, iris_of
from atmp_graph.web.site import Site

_SAID = "SELECT ?s ?p ?o { GRAPH ?section { ?s ?p ?o FILTER(ISIRI(?s)) } } LIMIT 6000"
_SKIPPED = ATMP + "SkippedText"
_SIBLINGS = f"SELECT DISTINCT ?section {{ ?section <{ATMP}isSectionOf> ?source }}"
_ABOUT_ITSELF = frozenset(
    ATMP + name for name in ("isSectionOf", "heading", "sectionNumber", "textFingerprint", "summary")
)


@dataclass
class SectionPage:
    """A section with its neighbours, what is said of itself, and what it says."""

    section: Section
    before: Section | None
    after: Section | None
    summary: Value | None
    about: list[tuple[Link, Value]]
    groups: list[CardGroup]
    count: int


def section_page(it: Site, iri: str) -> str | None:
    """The page of a named graph that is a section; ``None`` for any other graph."""
    reader = it.reader()
    section = reader.names.section(iri, reader.language)
    if section is None:
        return None
    rows = it.store.rows(_SAID, section=Iri(iri)).rows
    reader.names.learn(iris_of(rows))
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
        groups=_groups(nodes, reader),
        count=len(rows),
    )
    return render_template("section.html", it=page, iri=iri)


def sections_of(it: Site, reader: Reader, source: str) -> list[Section]:
    """The sections of a source in reading order, passages that were left out not among them."""
    rows = it.store.rows(_SIBLINGS, source=Iri(source)).rows
    iris = [str(row["section"]) for row in rows]
    reader.names.learn(iris)
    kept = (iri for iri in iris if _SKIPPED not in reader.names.known(iri).types)
    return reader.names.sections(kept, reader.language)


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
    hidden = _ABOUT_ITSELF | {TYPE, LABEL}
    told = ((reader.link(s.predicate), value_of(s, reader)) for s in itself if s.predicate not in hidden)
    return sorted(((link, _bare(value)) for link, value in told), key=lambda pair: pair[0].label)


def _bare(value: Value) -> Value:
    """Without evidence: on the page of a section, all is said there."""
    value.sections = []
    return value


def _groups(nodes: dict[str, list[Statement]], reader: Reader) -> list[CardGroup]:
    """Cards of all that the section speaks of; the class of a thing may be stated elsewhere."""
    made = []
    for node, statements in nodes.items():
        one = card(node, statements, reader)
        one.kind = one.kind or reader.kind(reader.names.known(node).types)
        one.sections = []
        made.append(one)
    return group(made)
