"""What follows from what is said, rule by rule, and contradictions with their grounds."""

from __future__ import annotations

import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.errors import InputError
from atmp_graph.knowledge import Home, read
from atmp_graph.reason import Inferences, find_clashes
from atmp_graph.vocabulary import INFERRED_GRAPH, PREFIXES

PROLOGUE = (
    "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    + "@prefix : <http://x.org/> .\n"
)


def quads(turtle: str) -> list[ox.Quad]:
    return list(ox.parse(PROLOGUE + turtle, ox.RdfFormat.TURTLE))


def inferred(turtle: str, **options: bool) -> set[str]:
    found = Inferences(quads(turtle), **options).quads()
    assert all(quad.graph_name == ox.NamedNode(INFERRED_GRAPH) for quad in found)
    return {str(quad.triple).replace("http://x.org/", "") for quad in found}


TYPE = f"<{PREFIXES['rdf']}type>"
CASES = {
    "superclasses, through all levels, named ones only": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C, [ a owl:Restriction ], owl:Thing . :x a :A .",
        {f"<x> {TYPE} <B>", f"<x> {TYPE} <C>"},
    ),
    "equivalent classes, both ways": (":A owl:equivalentClass :B . :x a :B .", {f"<x> {TYPE} <A>"}),
    "parts of an intersection, whole of a union": (
        """:A owl:equivalentClass [ owl:intersectionOf ( :B :C ) ] .
           :D owl:equivalentClass [ owl:unionOf ( :A ) ] . :x a :A .""",
        {f"<x> {TYPE} <B>", f"<x> {TYPE} <C>", f"<x> {TYPE} <D>"},
    ),
    "superproperties, of literals too": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :x :p 1 .",
        {f'<x> <q> "1"^^<{PREFIXES["xsd"]}integer>', f'<x> <r> "1"^^<{PREFIXES["xsd"]}integer>'},
    ),
    "a concept's name is its label": (
        ':c skos:prefLabel "paid"@en .',
        {f'<c> <{PREFIXES["rdfs"]}label> "paid"@en'},
    ),
    "inverses, both ways, never from a literal": (
        ":p owl:inverseOf :q . :x :p :y . :z :q :w . :x :p 1 .",
        {"<y> <q> <x>", "<w> <p> <z>"},
    ),
    "symmetry": (":p a owl:SymmetricProperty . :x :p :y .", {"<y> <p> <x>"}),
    "transitivity, to the end": (
        ":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d .",
        {"<a> <p> <c>", "<a> <p> <d>", "<b> <p> <d>"},
    ),
    "chains, fed by what follows": (
        """:in owl:propertyChainAxiom ( :in :within ) . :within a owl:TransitiveProperty .
           :x :in :a . :a :within :b . :b :within :c .""",
        {"<x> <in> <b>", "<x> <in> <c>", "<a> <within> <c>"},
    ),
    "nothing from nothing": (":x :p :y .", set()),
    "no types from domains and ranges in a release": (
        ":p rdfs:domain :A ; rdfs:range :B . :x :p :y .",
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    """Each rule gives exactly what is listed, and nothing else."""
    turtle, expected = CASES[name]
    assert inferred(turtle) == expected


def test_strict_reasoning_adds_types() -> None:
    """Looking for clashes, domains, ranges and allValuesFrom count too."""
    turtle = """:p rdfs:domain :A ; rdfs:range :B . :x :p :y . :q rdfs:label "q" .
        :A rdfs:subClassOf [ owl:onProperty :q ; owl:allValuesFrom :C ] . :x :q :z ."""
    assert inferred(turtle, strict=True) >= {f"<x> {TYPE} <A>", f"<y> {TYPE} <B>", f"<z> {TYPE} <C>"}


def test_rule_files_feed_the_axioms() -> None:
    """A CONSTRUCT rule sees what the axioms gave, and the axioms see what it gave."""
    given = quads(":A rdfs:subClassOf :B . :p owl:inverseOf :q . :x a :A ; :r :y .")
    rules = {
        "r.rq": "CONSTRUCT { ?s <http://x.org/p> ?o } WHERE { ?s a <http://x.org/B> ; <http://x.org/r> ?o }"
    }
    assert "<http://x.org/y> <http://x.org/q> <http://x.org/x>" in {
        str(q.triple) for q in Inferences(given, rules).quads()
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [("CONSTRUCT {", "this rule is not SPARQL"), ("ASK {}", "a rule must be a CONSTRUCT query")],
)
def test_bad_rule_is_named(query: str, message: str) -> None:
    """A rule that cannot run is an error with its file."""
    with pytest.raises(InputError, match=message) as caught:
        Inferences([], {"ontology/rules/bad.rq": query})
    assert caught.value.place.startswith("ontology/rules/bad.rq")


def test_endless_rules_are_stopped() -> None:
    """A rule that invents a new node each round is refused instead of running for ever."""
    body = 'WHERE { ?s <http://x.org/p> ?o BIND(IRI(CONCAT(STR(?s), "x")) AS ?n) }'
    rule = "CONSTRUCT { ?n <http://x.org/p> 1 } " + body
    with pytest.raises(InputError, match="never come to an end"):
        Inferences(quads(":a :p 1 ."), {"r.rq": rule})


CLASHES = {
    "disjoint classes": ":A owl:disjointWith :B . :C rdfs:subClassOf :A . :x a :C, :B .",
    "disjoint classes of a group": "[] a owl:AllDisjointClasses ; owl:members ( :A :B ) . :x a :A, :B .",
    "member of the empty class": ":A rdfs:subClassOf owl:Nothing . :x a :A .",
    "disjoint properties": ":p owl:propertyDisjointWith :q . :x :p :y ; :q :y .",
    "asymmetric property stated both ways": ":p a owl:AsymmetricProperty . :x :p :y . :y :p :x .",
    "irreflexive property of a thing to itself": ":p a owl:IrreflexiveProperty . :x :p :x .",
    "two values of a functional property": ":p a owl:FunctionalProperty . :x :p 1, 2 .",
    "same and different": ":x owl:sameAs :y ; owl:differentFrom :y .",
}


@pytest.mark.parametrize("name", CLASHES)
def test_clash(name: str) -> None:
    """Each kind of contradiction is found once, and its grounds are given facts that name the thing."""
    inferences = Inferences(quads(CLASHES[name]), strict=True)
    (clash,) = find_clashes(inferences)
    assert name.startswith(clash.rule)
    assert clash.because
    assert not set(clash.because) & set(inferences.reasons)


def test_tiny_home_is_consistent(tiny_home: Path) -> None:
    """The small home has no contradiction, and a place chain leads from the company to the country."""
    inferences = Inferences(read(Home(tiny_home)).quads, strict=True)
    assert find_clashes(inferences) == []
    base = PREFIXES["id"]
    found = {str(quad.triple) for quad in inferences.quads()}
    assert f"<{base}northx> <{PREFIXES['atmp']}isLocatedIn> <{base}sweden>" in found


def test_reasoning_is_linear() -> None:
    """15,000 triples of the usual kind take a fraction of a second."""
    schema = ":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :p owl:inverseOf :q ; rdfs:subPropertyOf :r .\n"
    facts = "".join(f":x{i} a :A ; :p :y{i} ; :name {i} .\n" for i in range(5_000))
    given = quads(schema + facts)
    start = time.perf_counter()
    new = Inferences(given).quads()
    assert len(new) == 20_000
    assert time.perf_counter() - start < 2  # a shared machine may be slow; alone it takes a fifth of a second
