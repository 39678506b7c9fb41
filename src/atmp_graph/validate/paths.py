"""SHACL property paths as SPARQL property paths."""

from __future__ import annotations

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.validate.graph import Object, ShapesGraph

_REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def path_text(graph: ShapesGraph, node: Object, depth: int = 0) -> str:
    """The SPARQL text of the path that starts at ``node``; raises ``InputError`` when it is not a path."""
    if depth > 50:
        raise InputError("this property path runs in a circle", place=str(node))
    if isinstance(node, ox.NamedNode):
        return str(node)
    if graph.is_list(node):
        return _joined(graph, graph.members(node), "/", depth)
    alternatives = graph.value(node, "alternativePath")
    if alternatives is not None:
        return _joined(graph, graph.members(alternatives), "|", depth)
    inverse = graph.value(node, "inversePath")
    if inverse is not None:
        return f"^({path_text(graph, inverse, depth + 1)})"
    for name, mark in _REPEATS.items():
        inner = graph.value(node, name)
        if inner is not None:
            return f"({path_text(graph, inner, depth + 1)}){mark}"
    raise InputError(
        "this is not a property path", place=str(node), hint="a path is an IRI, a list, or sh:inversePath …"
    )


def _joined(graph: ShapesGraph, parts: list[Object], mark: str, depth: int) -> str:
    if len(parts) < 2:
        raise InputError(
            "a path of several steps needs two or more", hint="write the one step without brackets"
        )
    return "(" + mark.join(path_text(graph, part, depth + 1) for part in parts) + ")"
