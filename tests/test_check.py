"""Each rule in ``checks/`` faults its guilty twin and leaves the innocent one alone."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from atmp_graph.check import check, check_sources, read_rules
from atmp_graph.knowledge import Home
from atmp_graph.store.direct import DirectStore

ROOT = Path(__file__).parent.parent
TWINS = Path(__file__).parent / "checks"
RULES = {rule.name: rule for rule in read_rules(ROOT / "checks")}
GUILTY = {path.stem: path for path in sorted((TWINS / "guilty").glob("*.trig"))}


def in_named_graphs(text: str, graph: str) -> list[ox.Quad]:
    """TriG as a home would hold it: no triple outside a named graph."""
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))
        if isinstance(quad.graph_name, ox.DefaultGraph)
        else quad
        for quad in ox.parse(text, format=ox.RdfFormat.TRIG)
    ]


MODULE = "https://w3id.org/atmp-graph/ontology/tiny-module"
INNOCENT = (TWINS / "innocent.ttl").read_text(encoding="utf-8")
PREFIXES = "".join(line + "\n" for line in INNOCENT.splitlines() if line.startswith("@prefix"))


def test_every_rule_has_a_guilty_twin() -> None:
    """No rule is without proof that it can fail."""
    assert RULES.keys() == GUILTY.keys()
    assert len(RULES) >= 35


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_passes_the_innocent(name: str) -> None:
    """A well-kept home is not faulted."""
    store = DirectStore.of(in_named_graphs(INNOCENT, MODULE))
    assert store.rows(RULES[name].query).rows == ()


@pytest.mark.parametrize("name", sorted(GUILTY))
def test_rule_faults_the_guilty(name: str) -> None:
    """The twin that breaks the rule is found, by a thing it names."""
    alone = name == "no-disjointness"
    quads = in_named_graphs(PREFIXES + GUILTY[name].read_text(encoding="utf-8"), MODULE)
    if not alone:
        quads += in_named_graphs(INNOCENT, MODULE)
    rows = DirectStore.of(quads).rows(RULES[name].query).rows
    assert rows
    assert all(row["thing"].value.startswith(("http://", "https://")) for row in rows)


@pytest.mark.slow
def test_the_home_has_no_error() -> None:
    """Our own ontology and data pass every rule that is an error; warnings may remain."""
    findings, rules = check(Home(ROOT), ROOT / "checks")
    assert rules >= 37
    assert [finding for finding in findings if finding.severity == "error"] == []


SOURCES = ROOT.parent / "shared/sources"


@pytest.mark.slow
@pytest.mark.skipif(
    not SOURCES.is_dir(), reason="the source texts are not shipped; give them to check --sources"
)
def test_the_sections_cover_the_sources() -> None:
    """Each line, number and name of the five texts is in its section, or left out for a reason."""
    findings, seen = check_sources(Home(ROOT), SOURCES)
    print(f"held against the sources: {seen}")
    assert findings == []
    assert seen.sections >= 129
    assert seen.lines >= 1700
    assert seen.numbers >= 500
    assert seen.names >= 480
