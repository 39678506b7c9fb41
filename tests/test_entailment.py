"""What must follow from the ontology's axioms, what must not, and what must clash.

A folder of ``tests/entailment`` holds ``data.ttl`` and either what must follow from it (``follows.ttl``)
and must not (``never.ttl``), or the nodes that must each be a contradiction (``clashes.txt``, with the rule
that is broken). Our own reasoner and HermiT must agree on every case.
"""

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.knowledge import Home, read
from atmp_graph.reason import Inferences, find_clashes
from atmp_graph.vocabulary import PREFIXES, expand
from owl import importing, owlapi

ROOT = Path(__file__).parent.parent
FOLDERS = sorted(path for path in (Path(__file__).parent / "entailment").iterdir() if path.is_dir())
FOLLOW = [path for path in FOLDERS if not (path / "clashes.txt").exists()]
CLASH = [path for path in FOLDERS if (path / "clashes.txt").exists()]
NOT_OWL = {
    "names": "annotations: OWL infers nothing from them",
    "performed-stages": "a rule with a condition",
}
"""Folders whose conclusions are ours alone; HermiT is asked only what must not follow."""

OWL, RDF, RDFS = PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"]
TYPE = ox.NamedNode(RDF + "type")


@cache
def ontology() -> list[ox.Quad]:
    return read(Home(ROOT)).ontology


@cache
def rules() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in Home(ROOT).rule_files()}


def triples(path: Path) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE)] if path.exists() else []


def reasoned(data: list[ox.Triple]) -> Inferences:
    return Inferences([*ontology(), *(ox.Quad(*each) for each in data)], rules(), strict=True)


def known(inferences: Inferences) -> set[str]:
    facts = inferences.facts
    return {" ".join(str(facts.term(number)) for number in fact) for fact in facts.all}


def text(triple: ox.Triple) -> str:
    return f"{triple.subject} {triple.predicate} {triple.object}"


def mistakes(folder: Path) -> dict[str, str]:
    """Node that is a contradiction → the rule it breaks."""
    lines = (folder / "clashes.txt").read_text(encoding="utf-8").splitlines()
    return {
        f"<{expand(node.strip())}>": rule.strip() for node, _, rule in (line.partition("|") for line in lines)
    }


def mentions(triple: ox.Triple, nodes: set[str]) -> bool:
    return str(triple.subject) in nodes or str(triple.object) in nodes


def test_there_are_cases() -> None:
    """No folder is left out: each has conclusions or contradictions."""
    assert len(FOLLOW) >= 11
    assert len(CLASH) >= 13
    assert sum(len(triples(folder / "follows.ttl")) for folder in FOLLOW) >= 50
    assert sum(len(triples(folder / "never.ttl")) for folder in FOLLOW) >= 25
    assert sum(len(mistakes(folder)) for folder in CLASH) >= 80


@pytest.mark.parametrize("folder", FOLLOW, ids=lambda path: path.name)
def test_follows(folder: Path) -> None:
    """What is listed follows, what is listed as never does not, and nothing contradicts."""
    inferences = reasoned(triples(folder / "data.ttl"))
    found = known(inferences)
    assert [text(each) for each in triples(folder / "follows.ttl") if text(each) not in found] == []
    assert [text(each) for each in triples(folder / "never.ttl") if text(each) in found] == []
    assert find_clashes(inferences) == []


@pytest.mark.parametrize("folder", CLASH, ids=lambda path: path.name)
def test_clashes(folder: Path) -> None:
    """Each listed node is a contradiction, told by the statements that make it, and there is no other."""
    wanted = mistakes(folder)
    inferences = reasoned(triples(folder / "data.ttl"))
    found = set()
    for clash in find_clashes(inferences):
        named = {str(inferences.facts.term(number)) for fact in clash.because for number in fact}
        guilty = sorted(named & wanted.keys())
        assert len(guilty) == 1, named
        found.add((guilty[0], clash.rule))
    assert found == set(wanted.items())


def families() -> list[set[str]]:
    """The classes of each ``owl:AllDisjointClasses``."""
    schema = Inferences(ontology()).schema
    groups = schema.typed("AllDisjointClasses")
    return [
        {str(schema.facts.term(member)) for member in members}
        for node, members in schema.lists("members").items()
        if node in groups
    ]


def pairs() -> set[tuple[str, str]]:
    """The pairs that are disjoint by an axiom of their own."""
    return {
        (str(quad.subject), str(quad.object))
        for quad in ontology()
        if quad.predicate.value == OWL + "disjointWith"
    }


def direct_kinds(superclass: str | None) -> Iterator[str]:
    """Our classes right below a class, or those below none."""
    classes = {
        str(q.subject) for q in ontology() if q.predicate == TYPE and q.object == ox.NamedNode(OWL + "Class")
    }
    above = [(str(q.subject), str(q.object)) for q in ontology() if q.predicate.value == RDFS + "subClassOf"]
    for each in classes:
        supers = {sup for sub, sup in above if sub == each and sup in classes}
        if each.startswith(f"<{PREFIXES['atmp']}") and (superclass in supers if superclass else not supers):
            yield each


def test_kinds_are_all_in_a_family() -> None:
    """Who adds a class without a superclass, or a kind of statement, must keep it apart from the others."""
    things, statements = set(direct_kinds(None)), set(direct_kinds(f"<{PREFIXES['atmp']}QualifiedStatement>"))
    assert len(things) >= 15
    assert len(statements) >= 30
    assert things <= set.union(*(family for family in families() if f"<{PREFIXES['atmp']}Agent>" in family))
    assert statements in families()


def test_every_disjoint_pair_clashes() -> None:
    """A node of any two classes that are kept apart is a contradiction."""
    every = pairs() | {pair for family in families() for pair in combinations(sorted(family), 2)}
    nodes = {ox.NamedNode(f"http://x.org/{number}"): pair for number, pair in enumerate(sorted(every))}
    data = [ox.Triple(node, TYPE, ox.NamedNode(kind[1:-1])) for node, pair in nodes.items() for kind in pair]
    inferences = reasoned(data)
    found = {str(inferences.facts.term(clash.subject)) for clash in find_clashes(inferences)}
    assert found == {str(node) for node in nodes}
    print(f"{len(nodes)} disjoint pairs")
    assert len(nodes) >= 580


@pytest.mark.slow
def test_every_axiom_has_a_case() -> None:
    """A folder uses each pair kept apart, inverse, chain, subproperty, transitive or asymmetric property."""
    used, met = set(), set()
    for folder in FOLDERS:
        files = ("data.ttl", "follows.ttl") if folder in FOLLOW else ("data.ttl",)
        used |= {str(each.predicate) for file in files for each in triples(folder / file)}
        inferences = reasoned(triples(folder / "data.ttl"))
        types: dict[str, set[str]] = {}
        for line in known(inferences):
            subject, predicate, value = line.split(" ", 2)
            if predicate == str(TYPE):
                types.setdefault(subject, set()).add(value)
        met |= {(one, two) for one, two in pairs() for kinds in types.values() if {one, two} <= kinds}
    assert pairs() - met == set()
    special = {
        str(node)
        for quad in ontology()
        for node in (quad.subject, quad.object)
        if quad.predicate.value in (OWL + "inverseOf", RDFS + "subPropertyOf", OWL + "propertyChainAxiom")
        or (
            quad.predicate == TYPE
            and node == quad.subject
            and quad.object.value
            in (OWL + "TransitiveProperty", OWL + "AsymmetricProperty", OWL + "SymmetricProperty")
        )
        if isinstance(node, ox.NamedNode) and node.value.startswith(PREFIXES["atmp"])
    }
    assert len(special) >= 25
    assert special - used == set()


@pytest.mark.java
@pytest.mark.slow
def test_hermit_agrees(tmp_path: Path) -> None:
    """HermiT draws the same conclusions and no others, and finds each mistake inconsistent, and only it."""
    cases: list[tuple[Path, Path | None, str, int | None]] = []

    def case(name: str, data: list[ox.Triple], then: list[ox.Triple], verdict: str, answer: str) -> None:
        premises = _written(tmp_path / f"{name}.ttl", data)
        conclusions = _written(tmp_path / f"{name}-then.ttl", then) if then else None
        cases.append((premises, conclusions, f"{verdict} {answer}", len(then) or None))

    for folder in FOLLOW:
        data = triples(folder / "data.ttl")
        if folder.name not in NOT_OWL:
            case(f"{folder.name}-follows", data, triples(folder / "follows.ttl"), "consistent", "yes")
        if folder.name != "names" and (folder / "never.ttl").exists():
            case(f"{folder.name}-never", data, triples(folder / "never.ttl"), "consistent", "no")
    for folder in CLASH:
        data, nodes = triples(folder / "data.ttl"), set(mistakes(folder))
        innocent = [each for each in data if not mentions(each, nodes)]
        case(f"{folder.name}-innocent", innocent, [], "consistent", "")
        for number, node in enumerate(sorted(nodes)):
            guilty = [each for each in data if not mentions(each, nodes - {node})]
            case(f"{folder.name}-{number}", guilty, [], "inconsistent", "")

    lines = owlapi("Entailments", *(part for one, two, *_ in cases for part in (one, two or "-")))

    assert len(lines) == len(cases) >= 115
    for line, (premises, _, expected, count) in zip(lines, cases, strict=True):
        file, verdict, *answers = line.split("\t")
        assert file == str(premises)
        said = {answer.partition(" ")[0] for answer in answers} or {""}
        assert {f"{verdict} {each}" for each in said} == {expected}, line
        assert count is None or len(answers) == count, line
    print(f"HermiT agrees on {len(lines)} cases")


def _written(path: Path, data: list[ox.Triple]) -> Path:
    nt = ox.serialize(data, format=ox.RdfFormat.N_TRIPLES).decode()
    path.write_text(importing(f"http://x.org/{path.stem}", nt), encoding="utf-8")
    return path
