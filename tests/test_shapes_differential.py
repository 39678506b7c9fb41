"""Our shapes on our twins, by our validator and by pySHACL: the same findings, shape for shape."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from atmp_graph.validate import Result, validate
from atmp_graph.validate.fallback import validate_files
from shape_twins import shapes, shapes_model, twins

ONLY_WITH_GRAPHS = "https://w3id.org/atmp-graph/graph/shapes/graphs"
"""The file of shapes that ask which graph something stands in; pySHACL merges the graphs away."""


BROKEN = ("assertedBy", "sectionNumber", "ofIndicator")
"""The properties whose domain or range an invalid twin breaks; with all of them pySHACL takes minutes."""


def reduced(kind: str) -> list[ox.Quad]:
    """The twins with as much of the ontology as they mention: pySHACL asks each query once per thing."""
    known = twins(kind)
    own = known.world.union(*known.subjects.values())
    about = [q for q in known.quads if getattr(q.subject, "value", "") in own]
    mentioned = {q.object for q in about}
    ontology = [q for q in known.quads if getattr(q.subject, "value", "") not in own]
    return about + [q for q in ontology if q.subject in mentioned or _needed(q)]


def _needed(quad: ox.Quad) -> bool:
    predicate = quad.predicate.value
    if predicate.endswith(("#domain", "#range")):
        return str(getattr(quad.subject, "value", "")).endswith(BROKEN)
    return predicate.endswith("#subClassOf")


def key(result: Result) -> tuple[str, str, str, str]:
    """A finding as both engines can name it."""
    return str(result.focus), result.shape, result.component, result.severity


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_pyshacl_finds_the_same(kind: str):
    """On every twin pySHACL and our queries agree."""
    ours_only = {
        t.shape for t in shapes_model().targets if shapes_model().graph.files[t.shape] == ONLY_WITH_GRAPHS
    }
    names = {shape.value for shape in ours_only if isinstance(shape, ox.NamedNode)}
    asked = [q for q in shapes() if q.graph_name.value != ONLY_WITH_GRAPHS]  # type: ignore[union-attr]
    data = reduced(kind)
    theirs = validate_files(data, asked, {q.graph_name.value for q in asked})  # type: ignore[union-attr]
    ours = {key(r) for r in validate(data, shapes()).results if r.shape not in names}
    assert ours == {key(r) for r in theirs}
    assert len(names) == 3
    assert len(ours) > (300 if kind == "invalid" else 0)
