"""The shapes: each has twins, each demand of each shape can fail, and nothing that is right does."""

from __future__ import annotations

import re

import pytest

from shape_twins import NAMESPACE, TWINS, demands, focus_nodes, names, ontology, report, shapes_model, twins

PAIRS = 79


def test_every_shape_has_a_valid_and_an_invalid_twin():
    """The folders hold one file per shape, and no file without a shape."""
    found = names()
    assert len(found) == PAIRS
    for kind in ("valid", "invalid"):
        files = sorted(path.stem for path in (TWINS / kind).iterdir())
        assert files == found


def test_every_shape_file_is_compiled():
    """No file of ours needs the slow fallback."""
    assert shapes_model().unsupported == {}


def test_every_shape_speaks_both_languages():
    """Whoever breaks a rule reads why, and the way out, in English or Swedish."""
    said = 0
    for shape in shapes_model().by_node.values():
        for constraint in shape.constraints:
            own = constraint.select.messages if constraint.select else shape.messages
            inside = constraint.component == "Property" or not _reports(shape)
            if not inside:
                assert set(own) == {"en", "sv"}, f"{shape.named} {shape.path} {constraint.component}"
                assert all(": " in text or ". " in text or text.endswith(".") for text in own.values())
                said += 1
    assert said > 250


def _reports(shape: object) -> bool:
    """True for a shape whose findings are shown: a root, or a property shape right under one."""
    by_node = shapes_model().by_node
    roots = {target.shape for target in shapes_model().targets}
    node = getattr(shape, "node", None)
    return node in roots or any(
        node in c.shapes for root in roots for c in by_node[root].constraints if c.component == "Property"
    )


def test_valid_twins_pass_every_shape():
    """Nothing is found in any valid twin or in the world they speak of, by any shape."""
    ours = set().union(*twins("valid").subjects.values(), twins("valid").world)
    problems = [r for r in report("valid").results if str(r.focus) in ours]
    assert [(str(r.focus), r.shape, r.message("en")) for r in problems] == []


@pytest.mark.parametrize("name", names())
def test_valid_twin_is_looked_at(name: str):
    """A valid twin is a focus node of its shape: it passes because it was checked."""
    assert focus_nodes("valid")[name] & twins("valid").subjects[name]


@pytest.mark.parametrize("name", names())
def test_invalid_twin_breaks_every_demand(name: str):
    """Each demand of the shape (property and component) fails at least once in its invalid twin, by name."""
    here = twins("invalid").subjects[name]
    broken = {
        (r.source, r.component)
        for r in report("invalid").results
        if r.shape == NAMESPACE + name and str(r.focus) in here
    }
    assert [words for demand, words in demands(name).items() if demand not in broken] == []


def test_each_broken_thing_breaks_the_shape_it_was_made_for():
    """No invalid twin is there in vain: its own shape finds fault with what it holds."""
    found = 0
    for name in names():
        focus = {str(r.focus) for r in report("invalid").results if r.shape == NAMESPACE + name}
        ours = focus & twins("invalid").subjects[name]
        found += len(ours)
        assert ours, name
    assert found > 280


def test_every_class_has_a_shape():
    """Each class of the ontology is looked at by a shape of its own or of a class above it."""
    atmp = "https://w3id.org/atmp-graph/ontology/"
    quads = ontology()
    classes = {
        q.subject.value
        for q in quads
        if q.predicate.value.endswith("#type") and str(getattr(q.object, "value", "")).endswith("owl#Class")
    }
    above: dict[str, set[str]] = {}
    for q in quads:
        if q.predicate.value.endswith("#subClassOf"):
            above.setdefault(q.subject.value, set()).add(str(getattr(q.object, "value", "")))
    covered = {str(getattr(t.value, "value", "")) for t in shapes_model().targets if t.kind == "targetClass"}
    while wider := {name for name in classes - covered if above.get(name, set()) & covered}:
        covered |= wider
    ours = {name for name in classes if name.startswith(atmp)}
    assert len(ours) > 80
    assert ours - covered == set()


def test_every_path_in_a_shape_is_declared():
    """No shape asks for a property that the ontology does not have: it could never be met."""
    declared = {str(getattr(q.subject, "value", "")) for q in ontology()}
    asked = {
        name for shape in shapes_model().by_node.values() for name in re.findall("<([^>]*)>", shape.path)
    }
    assert len(asked) > 100
    assert {name for name in asked - declared if "rdf-schema#" not in name} == set()
