"""The twins of the shapes, read once: what `test_shapes` and the comparison with pySHACL work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.knowledge import Home
from atmp_graph.reading import read_file
from atmp_graph.validate import Report, validate
from atmp_graph.validate.dataset import Dataset
from atmp_graph.validate.model import Shapes, read_shapes
from atmp_graph.validate.run import Checker

ROOT = Path(__file__).parent
HOME = Home(ROOT.parent)
TWINS = ROOT / "shapes"
NAMESPACE = "https://w3id.org/atmp-graph/shape/"


@dataclass
class Twins:
    """All valid or all invalid twins together: they use names of their own, so one run serves them all."""

    quads: list[ox.Quad]
    world: set[str]
    subjects: dict[str, set[str]] = field(default_factory=dict)


def in_graph(quads: list[ox.Quad], name: str) -> list[ox.Quad]:
    """The quads with those of the default graph moved to a graph of the file."""
    graph = ox.NamedNode(f"https://w3id.org/atmp-graph/graph/{name}")
    moved = [q.graph_name if isinstance(q.graph_name, ox.NamedNode) else graph for q in quads]
    return [ox.Quad(q.subject, q.predicate, q.object, g) for q, g in zip(quads, moved, strict=True)]


@cache
def ontology() -> list[ox.Quad]:
    """The real ontology: classes and schemes are not made up for the twins."""
    return [q for path in HOME.ontology_files() for q in in_graph(read_file(path), f"ontology/{path.stem}")]


@cache
def shapes() -> list[ox.Quad]:
    """The real shapes, one graph per file."""
    return [q for path in HOME.shape_files() for q in in_graph(read_file(path), f"shapes/{path.stem}")]


@cache
def shapes_model() -> Shapes:
    """The shapes as values."""
    return read_shapes(shapes())


@cache
def twins(kind: str) -> Twins:
    """The ``valid`` or ``invalid`` twins with the world they speak of and the ontology."""
    world = in_graph(read_file(TWINS / "world.ttl"), "world")
    found = Twins([*ontology(), *world], _subjects(world))
    for path in sorted((TWINS / kind).iterdir()):
        quads = in_graph(read_file(path), f"{kind}/{path.stem}")
        found.subjects[path.stem] = _subjects(quads)
        found.quads += quads
    return found


def _subjects(quads: list[ox.Quad]) -> set[str]:
    return {str(getattr(quad.subject, "value", "")) for quad in quads}


@cache
def report(kind: str) -> Report:
    """What validation says of all twins of a kind."""
    return validate(twins(kind).quads, shapes())


@cache
def focus_nodes(kind: str) -> dict[str, set[str]]:
    """Shape name → what it looks at among the twins of a kind."""
    found = Checker(Dataset(twins(kind).quads), shapes_model()).focus_nodes()
    return {
        str(getattr(shape, "value", "")).removeprefix(NAMESPACE): {str(getattr(n, "value", n)) for n in focus}
        for shape, focus in found.items()
    }


def names() -> list[str]:
    """The names of all shapes that have a target."""
    found = {getattr(t.shape, "value", "") for t in shapes_model().targets}
    return sorted(str(name).removeprefix(NAMESPACE) for name in found)


def demands(name: str) -> dict[tuple[str, str], str]:
    """Everything a shape asks, as (shape node, component) the way findings carry them, with words for it."""
    by_node = shapes_model().by_node
    root = by_node[ox.NamedNode(NAMESPACE + name)]
    parts = [by_node[c.shapes[0]] if c.component == "Property" else root for c in root.constraints]
    found: dict[tuple[str, str], str] = {}
    for shape in parts:
        for constraint in shape.constraints:
            if constraint.component != "Property":
                # A counted inner shape reports under the bound that failed; we only use lower ones.
                component = constraint.component.replace("Qualified", "QualifiedMinCount")
                found[str(shape.node), component] = f"{shape.path} {constraint}"
    return found
