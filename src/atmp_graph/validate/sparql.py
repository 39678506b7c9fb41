"""``sh:sparql`` constraints: a SELECT for one focus node, made to answer for a whole set of them at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.sparqltext import grouped, projected, selects, tokens
from atmp_graph.validate.graph import Object, ShapesGraph
from atmp_graph.validate.terms import OWL

_PATH = re.compile(r"[?$]PATH\b")


@dataclass(frozen=True)
class Select:
    """A constraint's query, its prefixes and messages.

    ``opens`` is where the group of the outer SELECT begins, so that a pattern that lists the focus nodes
    can be put first in it. ``batch`` tells whether that gives the same answers as one run per focus node;
    ``any_graph`` that the query looks at named graphs of its own choice. ``unsupported`` says why the
    fallback must run it, if it must.
    """

    text: str
    opens: int
    batch: bool
    any_graph: bool
    prefixes: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    deactivated: bool = False
    unsupported: str = ""


def read_select(graph: ShapesGraph, node: Object, path: str) -> Select:
    """Read one SPARQL-based constraint; ``$PATH`` is replaced by the path of its property shape."""
    query = graph.value(node, "select")
    if not isinstance(query, ox.Literal):
        raise InputError("a sh:sparql constraint needs one sh:select", place=str(node))
    text = _PATH.sub(lambda _: path, query.value) if path else query.value
    found = tokens(text)
    names = {token.text[1:] for token in found if token.kind == "variable"}
    outer = next(selects(found), None)
    if outer is None or "this" not in projected(found, outer):
        raise InputError(
            "the query of a constraint must project $this", place=str(node), hint="write SELECT $this …"
        )
    groups = grouped(found, outer)
    limited = any(t.kind == "word" and t.text.upper() in {"LIMIT", "OFFSET"} for t in found)
    any_graph = any(
        t.kind == "word" and t.text.upper() == "GRAPH" and after.kind == "variable"
        for t, after in pairwise(found)
    )
    return Select(
        text=text,
        opens=found[outer.opens].end,
        batch=not limited and (groups is None or "this" in groups),
        any_graph=any_graph,
        prefixes=_prefixes(graph, node),
        messages={
            v.language or "": v.value for v in graph.values(node, "message") if isinstance(v, ox.Literal)
        },
        deactivated=graph.is_true(node, "deactivated"),
        unsupported="$shapesGraph or $currentShape" if names & {"shapesGraph", "currentShape"} else "",
    )


def _prefixes(graph: ShapesGraph, node: Object) -> dict[str, str]:
    found: dict[str, str] = {}
    todo = list(graph.values(node, "prefixes"))
    seen: set[Object] = set()
    while todo:
        holder = todo.pop()
        if holder in seen:
            continue
        seen.add(holder)
        for declared in graph.values(holder, "declare"):
            prefix, namespace = graph.value(declared, "prefix"), graph.value(declared, "namespace")
            if isinstance(prefix, ox.Literal) and isinstance(namespace, ox.Literal):
                found[prefix.value] = namespace.value
        todo += graph.objects(holder, OWL + "imports")
    return found
