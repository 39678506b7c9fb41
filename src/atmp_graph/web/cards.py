"""A whole node (a grant, a role, a claim) told in place, on a page about something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from atmp_graph.store.protocol import Iri
from atmp_graph.vocabulary import ATMP
from atmp_graph.web.facts import Fact, Reader, Statement, Value, facts, one_language, slug, value_of
from atmp_graph.web.names import TYPE, Link, Section

MODALITY = ATMP + "assertionModality"
SUMMARY = ATMP + "summary"
_DATES = (ATMP + "occurredOn", ATMP + "startsOn", ATMP + "endsOn")
_LATE = ("Claim", "TermDefinition", "Denial", "Silence", "Citation")


@dataclass
class Card:
    """A node: name, class, how firmly it is asserted, our summary, facts, sections, and its earliest date."""

    link: Link
    kind: Link | None
    modality: Link | None
    modality_name: str
    summary: Value | None
    facts: list[Fact]
    sections: list[Section]
    date: str = ""


@dataclass
class CardGroup:
    """Cards of one class."""

    kind: Link | None
    cards: list[Card]


def card(node: str, statements: list[Statement], reader: Reader, *, about: str = "") -> Card:
    """The card of a node from all statements about it, without links to ``about``, the page's own thing."""
    own = [s for s in statements if not (isinstance(s.value, Iri) and s.value.value == about)]
    modalities = [s for s in own if s.predicate == MODALITY]
    summaries = one_language(SUMMARY, [s for s in own if s.predicate == SUMMARY], reader.language)
    sections = reader.names.sections({g for s in statements for g in s.graphs}, reader.language)
    told = facts(own, reader, skip=frozenset({MODALITY, SUMMARY}))
    for fact in told:
        for value in fact.values:
            _number(value, sections)
    return Card(
        link=reader.link(node),
        kind=reader.kind(s.value.value for s in statements if s.predicate == TYPE),
        modality=reader.link(modalities[0].value.value) if modalities else None,
        modality_name=slug(modalities),
        summary=value_of(summaries[0], reader) if summaries else None,
        facts=told,
        sections=sections,
        date=min((s.value.value for s in own if s.predicate in _DATES), default=""),
    )


def _number(value: Value, sections: list[Section]) -> None:
    """Point to the card's own list of sections instead of naming them again; say nothing if all say it."""
    if len(sections) > 1 and value.sections != sections:
        value.marks = [n for n, section in enumerate(sections, 1) if section in value.sections]
    value.sections = []


def group(cards: Iterable[Card]) -> list[CardGroup]:
    """Cards by class: what is done and paid first, what is merely said last; in each, by date and name."""
    by: dict[Link | None, list[Card]] = defaultdict(list)
    for one in cards:
        by[one.kind].append(one)
    return [CardGroup(kind, sorted(by[kind], key=_in_time)) for kind in sorted(by, key=_rank)]


def _rank(kind: Link | None) -> tuple[int, str]:
    if kind is None:
        return 99, ""
    name = kind.iri.removeprefix(ATMP)
    return (_LATE.index(name) + 1 if name in _LATE else 0), kind.label.casefold()


def _in_time(one: Card) -> tuple[str, str]:
    return one.date or "9999", one.link.label.casefold()


def cards_of(nodes: Mapping[str, list[Statement]], reader: Reader, *, about: str = "") -> list[CardGroup]:
    """The cards of several nodes, grouped."""
    return group(card(node, statements, reader, about=about) for node, statements in nodes.items())
