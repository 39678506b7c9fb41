"""Concept schemes: their concepts in order, each with its definition and how often the data use it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from atmp_graph.store.protocol import Iri, Literal
from atmp_graph.vocabulary import ATMP, PREFIXES, compact
from atmp_graph.web.facts import Reader, Value
from atmp_graph.web.language import pick
from atmp_graph.web.names import Link
from atmp_graph.web.site import Site

_MEMBERS = f"""PREFIX skos: <{PREFIXES["skos"]}> PREFIX atmp: <{ATMP}>
SELECT DISTINCT ?x ?p ?o {{
  ?x skos:inScheme ?thing ; ?p ?o FILTER(?p IN (skos:broader, skos:definition, atmp:stageNumber))
}}"""
_NAMED = f"PREFIX skos: <{PREFIXES['skos']}> SELECT DISTINCT ?x {{ ?x skos:inScheme ?thing }}"
_USES = f"""PREFIX skos: <{PREFIXES["skos"]}>
SELECT ?x (COUNT(*) AS ?n) {{ ?x skos:inScheme ?thing . ?s ?p ?x
  FILTER(!STRSTARTS(STR(?p), "{PREFIXES["skos"]}")) FILTER NOT EXISTS {{ ?s skos:inScheme ?thing }}
}} GROUP BY ?x"""


@dataclass
class Member:
    """A concept: its definition, the number of statements that name it, and the narrower ones under it."""

    link: Link
    written: str
    definition: Value | None
    uses: int
    number: str = ""
    below: list[Member] = field(default_factory=list)


@dataclass
class _Read:
    above: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    number: str = ""


def members(it: Site, reader: Reader, scheme: str) -> tuple[list[Member], int]:
    """The concepts of a scheme as a tree, numbered ones in their order, others by name; and how many."""
    concepts = {str(r["x"]): _Read() for r in it.store.rows(_NAMED, thing=Iri(scheme)).rows}
    for row in it.store.rows(_MEMBERS, thing=Iri(scheme)).rows:
        concept, value = concepts[str(row["x"])], row["o"]
        if isinstance(value, Iri):
            concept.above |= {value.value} & concepts.keys()
        elif isinstance(value, Literal) and value.language:
            concept.texts.setdefault(value.language, value.value)
        else:
            concept.number = value.value
    uses = {str(r["x"]): int(str(r["n"])) for r in it.store.rows(_USES, thing=Iri(scheme)).rows}
    reader.names.learn(concepts)
    narrower: dict[str, list[str]] = defaultdict(list)
    for iri, concept in concepts.items():
        for wider in concept.above:
            narrower[wider].append(iri)

    def grow(iri: str, path: frozenset[str]) -> Member:
        concept = concepts[iri]
        definition = Value(*pick(concept.texts, reader.language)) if concept.texts else None
        below = [grow(one, path | {one}) for one in narrower[iri] if one not in path]
        link = reader.link(iri)
        return Member(
            link, compact(iri), definition, uses.get(iri, 0), concept.number, sorted(below, key=_place)
        )

    top = [grow(iri, frozenset({iri})) for iri, concept in concepts.items() if not concept.above]
    return sorted(top, key=_place), len(concepts)


def _place(member: Member) -> tuple[int, str]:
    return int(member.number) if member.number.isdigit() else 0, member.link.label.casefold()
