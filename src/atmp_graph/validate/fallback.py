"""Shapes files that use more of SHACL than we compile: pySHACL runs them, slowly and completely.

Silence is the one thing validation must never give by mistake, so what is not understood goes here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH

from atmp_graph.errors import EngineError
from atmp_graph.store.protocol import Blank, Iri, Literal, Term
from atmp_graph.validate.report import Result
from atmp_graph.validate.terms import TARGETS

_STRING = str(rdflib.XSD.string)


def validate_files(data: list[ox.Quad], shapes: list[ox.Quad], files: set[str]) -> list[Result]:
    """Run the shapes of the named graphs ``files`` with pySHACL over the merged data.

    The other files stay in reach, for their shapes may be referred to, but lose their targets. Raises
    ``EngineError`` when pySHACL itself fails.
    """
    try:
        with _as_written():
            shapes_graph = _graph([q for q in shapes if _file(q) in files or not _is_target(q)])
            _, report, text = pyshacl.validate(
                _graph(data), shacl_graph=shapes_graph, advanced=True, inference="none"
            )
    except Exception as error:  # pySHACL raises many kinds, none of them ours; all are renamed here
        raise EngineError(
            f"pySHACL cannot run these shapes: {error}", place=", ".join(sorted(files))
        ) from error
    if not isinstance(report, rdflib.Graph):
        raise EngineError(f"pySHACL cannot run these shapes: {text}", place=", ".join(sorted(files)))
    return list(_results(report, shapes_graph))


@contextmanager
def _as_written() -> Iterator[None]:
    """Literals as they are written, and no log lines about those that are not what they say: shapes judge
    that.
    """
    logger = logging.getLogger("rdflib.term")
    level, normal = logger.level, rdflib.NORMALIZE_LITERALS
    logger.setLevel(logging.ERROR)
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        logger.setLevel(level)
        rdflib.NORMALIZE_LITERALS = normal


def _file(quad: ox.Quad) -> str:
    return "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value


def _is_target(quad: ox.Quad) -> bool:
    predicate = quad.predicate.value
    implicit = isinstance(quad.object, ox.NamedNode) and quad.object.value in {
        str(RDFS.Class),
        str(OWL.Class),
    }
    return predicate in {str(SH) + name for name in (*TARGETS, "target")} or (
        predicate == str(RDF.type) and implicit
    )


def _graph(quads: list[ox.Quad]) -> rdflib.Graph:
    triples = dict.fromkeys(ox.Triple(q.subject, q.predicate, q.object) for q in quads)
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text, format="nt")


def _results(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[Result]:
    for node in report.objects(None, SH.result):
        source = report.value(node, SH.sourceShape)
        value = report.value(node, SH.value)
        path = report.value(node, SH.resultPath)
        component = str(report.value(node, SH.sourceConstraintComponent)).removeprefix(str(SH))
        severity = str(report.value(node, SH.resultSeverity)).removeprefix(str(SH))
        messages = {
            m.language or "": str(m)
            for m in report.objects(node, SH.resultMessage)
            if isinstance(m, rdflib.Literal)
        }
        yield Result(
            focus=_term(report.value(node, SH.focusNode)),
            shape=_named(shapes, source),
            source=str(source),
            component=component.removesuffix("ConstraintComponent"),
            severity=severity,
            path=f"<{path}>" if isinstance(path, rdflib.URIRef) else "",
            value=None if value is None else _term(value),
            messages=messages,
        )


def _named(shapes: rdflib.Graph, node: rdflib.term.Node | None) -> str:
    seen = set()
    while node is not None and not isinstance(node, rdflib.URIRef) and node not in seen:
        seen.add(node)
        node = next(shapes.subjects(None, node), None)
    return str(node or "")


def _term(node: rdflib.term.Node | None) -> Term:
    if isinstance(node, rdflib.Literal):
        datatype = str(node.datatype or "")
        return Literal(str(node), node.language or "", "" if datatype == _STRING else datatype)
    return Iri(str(node)) if isinstance(node, rdflib.URIRef) else Blank(str(node))
