"""Contradictions, each with the authored statements that make it: a verdict alone would leave a person
searching.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from atmp_graph.reason.facts import Fact
from atmp_graph.reason.rules import Inferences
from atmp_graph.reason.schema import OWL, TYPE


class Clash(NamedTuple):
    """``rule`` names what is broken; ``because`` are the given facts that break it, as numbers of the
    inferences.
    """

    rule: str
    subject: int
    because: tuple[Fact, ...]


def find_clashes(inferences: Inferences) -> list[Clash]:
    """Every contradiction that the rules of OWL 2 RL see, for disjoint and empty classes and for
    properties.
    """
    finders = (
        _disjoint_classes,
        _nothing,
        _disjoint_properties,
        _asymmetric,
        _irreflexive,
        _functional,
        _different,
    )
    found: dict[Clash, None] = {}
    for finder in finders:
        for rule, facts in finder(inferences):
            grounds = dict.fromkeys(ground for fact in facts for ground in inferences.grounds(fact))
            found[Clash(rule, facts[0][0], tuple(grounds))] = None
    return list(found)


Found = Iterator[tuple[str, tuple[Fact, ...]]]


def _types(inferences: Inferences) -> dict[int, set[int]]:
    found = defaultdict(set)
    for subject, value in inferences.facts.pairs(TYPE):
        found[value].add(subject)
    return found


def _disjoint_classes(inferences: Inferences) -> Found:
    facts, schema = inferences.facts, inferences.schema
    pairs = {(min(pair), max(pair)) for pair in facts.pairs(OWL + "disjointWith")}
    pairs.update((min(pair), max(pair)) for pair in facts.pairs(OWL + "complementOf"))
    groups = [
        members
        for node, members in schema.lists("members").items()
        if node in schema.typed("AllDisjointClasses")
    ]
    for members in (*groups, *schema.lists("disjointUnionOf").values()):
        pairs.update(combinations(sorted(members), 2))
    instances, type_ = _types(inferences), facts.iri(TYPE)
    for one, other in sorted(pairs):
        for each in sorted(instances.get(one, set()) & instances.get(other, set())):
            yield "disjoint classes", ((each, type_, one), (each, type_, other))


def _nothing(inferences: Inferences) -> Found:
    nothing, type_ = inferences.facts.iri(OWL + "Nothing"), inferences.facts.iri(TYPE)
    for each in sorted(_types(inferences).get(nothing, ())):
        yield "member of the empty class", ((each, type_, nothing),)


def _disjoint_properties(inferences: Inferences) -> Found:
    facts = inferences.facts
    for one, other in facts.pairs(OWL + "propertyDisjointWith"):
        both = set(facts.by_predicate.get(one, ())) & set(facts.by_predicate.get(other, ()))
        for subject, value in sorted(both):
            yield "disjoint properties", ((subject, one, value), (subject, other, value))


def _asymmetric(inferences: Inferences) -> Found:
    facts = inferences.facts
    for each in sorted(inferences.schema.typed("AsymmetricProperty")):
        pairs = set(facts.by_predicate.get(each, ()))
        for subject, value in sorted(pairs):
            if subject <= value and (value, subject) in pairs:
                yield "asymmetric property stated both ways", ((subject, each, value), (value, each, subject))


def _irreflexive(inferences: Inferences) -> Found:
    for each in sorted(inferences.schema.typed("IrreflexiveProperty")):
        for subject, value in inferences.facts.by_predicate.get(each, ()):
            if subject == value:
                yield "irreflexive property of a thing to itself", ((subject, each, value),)


def _functional(inferences: Inferences) -> Found:
    """Two values where one may be: only literals clash, for two IRIs may name one thing."""
    facts = inferences.facts
    for each in sorted(inferences.schema.typed("FunctionalProperty")):
        values = defaultdict(list)
        for subject, value in facts.by_predicate.get(each, ()):
            if facts.is_literal(value):
                values[subject].append(value)
        for subject, several in values.items():
            for other in several[1:]:
                yield (
                    "two values of a functional property",
                    ((subject, each, several[0]), (subject, each, other)),
                )


def _different(inferences: Inferences) -> Found:
    facts = inferences.facts
    same, different = facts.iri(OWL + "sameAs"), facts.iri(OWL + "differentFrom")
    both = set(facts.by_predicate.get(same, ())) & set(facts.by_predicate.get(different, ()))
    for subject, value in sorted(both):
        yield "same and different", ((subject, same, value), (subject, different, value))
