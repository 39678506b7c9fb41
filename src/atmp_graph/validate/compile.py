"""One SHACL constraint → one SPARQL SELECT over all its focus nodes, giving only the rows that break it.

A focus set is a named graph pattern ``<set> urn:…:has ?this`` of the store that validation runs on, so the
same query text shape serves ten nodes and ten thousand. Every query projects ``?this``, and ``?value``
where a single value is at fault. https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.validate.graph import Object
from atmp_graph.validate.model import Constraint, Shape
from atmp_graph.validate.terms import DATATYPES_CAST, RDF, SH, XSD

FOCUS_GRAPH = "urn:atmp-graph:focus"
FOCUS_HAS = "urn:atmp-graph:focus#has"

Classes = Callable[[str], list[str]]
"""A class IRI → itself and all its subclasses."""

_COMPARED = {"MinExclusive": ">", "MinInclusive": ">=", "MaxExclusive": "<", "MaxInclusive": "<="}
_BESIDE = {"LessThan": "<", "LessThanOrEquals": "<="}
_KINDS = {
    "IRI": "isIRI(?value)",
    "Literal": "isLiteral(?value)",
    "BlankNode": "isBlank(?value)",
    "BlankNodeOrIRI": "(isBlank(?value) || isIRI(?value))",
    "BlankNodeOrLiteral": "(isBlank(?value) || isLiteral(?value))",
    "IRIOrLiteral": "(isIRI(?value) || isLiteral(?value))",
}


def focus_pattern(number: int) -> str:
    """The pattern that binds ``?this`` to each node of focus set ``number``."""
    return f"GRAPH <{FOCUS_GRAPH}> {{ <{FOCUS_GRAPH}:{number}> <{FOCUS_HAS}> ?this }}"


def values_pattern(shape: Shape, number: int) -> str:
    """The pattern that binds ``?this`` and each value node ``?value``; for a node shape that is the node
    itself.
    """
    focus = focus_pattern(number)
    return f"{focus} ?this {shape.path} ?value" if shape.path else f"{focus} BIND(?this AS ?value)"


def values_query(shape: Shape, number: int) -> str:
    """All pairs of focus and value node."""
    return f"SELECT DISTINCT ?this ?value {{ {values_pattern(shape, number)} }}"


def target_query(kind: str, value: Object, classes: Classes) -> str:
    """The focus nodes of a target other than ``sh:targetNode``."""
    iri = _iri(value)
    if kind == "targetClass":
        return f"SELECT DISTINCT ?this {{ {_instance('?this', classes(iri))} }}"
    triple = f"?this <{iri}> ?_x" if kind == "targetSubjectsOf" else f"?_x <{iri}> ?this"
    return f"SELECT DISTINCT ?this {{ {triple} }}"


def queries(shape: Shape, constraint: Constraint, number: int, classes: Classes) -> Iterator[str]:
    """The queries whose rows are the violations of a constraint that refers to no other shape."""
    test = value_test(constraint, classes)
    if test:
        yield f"SELECT DISTINCT ?this ?value {{ {values_pattern(shape, number)} FILTER({test}) }}"
        return
    yield from _FOCUS[constraint.component](shape, constraint, number)


def _instance(variable: str, classes: list[str]) -> str:
    if len(classes) == 1:
        return f"{variable} <{RDF}type> <{classes[0]}>"
    named = ", ".join(f"<{c}>" for c in classes)
    return f"{variable} <{RDF}type> ?_class FILTER(?_class IN ({named}))"


def value_test(constraint: Constraint, classes: Classes) -> str:
    """A SPARQL expression that is true for a ``?value`` that breaks the constraint.

    Empty if the constraint is not about single values.
    """
    component, value = constraint.component, constraint.value
    if component in _COMPARED:
        return f"!COALESCE(?value {_COMPARED[component]} {value}, false)"
    if component == "Class":
        return f"NOT EXISTS {{ {_instance('?value', classes(_iri(value)))} }}"
    test = _TESTS.get(component)
    return test(constraint) if test else ""


def _pattern(constraint: Constraint) -> str:
    flags = f", {ox.Literal(constraint.text)}" if constraint.text else ""
    return f"isBlank(?value) || !COALESCE(REGEX(STR(?value), {constraint.value}{flags}), false)"


def _language_in(constraint: Constraint) -> str:
    ranges = " || ".join(f"LANGMATCHES(LANG(?value), {tag})" for tag in constraint.values) or "false"
    return f"!(isLiteral(?value) && LANG(?value) != '' && ({ranges}))"


def _in(constraint: Constraint) -> str:
    same = " || ".join(f"sameTerm(?value, {term})" for term in constraint.values) or "false"
    return f"!({same})"


def _iri(value: Object | None) -> str:
    if isinstance(value, ox.NamedNode):
        return value.value
    raise InputError(f"a shape needs an IRI where it has {value}")


_TESTS: dict[str, Callable[[Constraint], str]] = {
    "Datatype": lambda c: f"!({_typed(_iri(c.value))})",
    "NodeKind": lambda c: f"!{_KINDS[_iri(c.value).removeprefix(SH)]}",
    "MinLength": lambda c: f"isBlank(?value) || STRLEN(STR(?value)) < {c.number}",
    "MaxLength": lambda c: f"isBlank(?value) || STRLEN(STR(?value)) > {c.number}",
    "Pattern": _pattern,
    "LanguageIn": _language_in,
    "In": _in,
}


def _typed(datatype: str) -> str:
    has = f"isLiteral(?value) && DATATYPE(?value) = <{datatype}>"
    # An ill-formed literal keeps its datatype, so the lexical form is tried by a cast.
    if datatype.removeprefix(XSD) in DATATYPES_CAST[1:]:
        return f"{has} && COALESCE(isLiteral(<{datatype}>(STR(?value))), false)"
    return has


def _min_count(shape: Shape, constraint: Constraint, number: int) -> Iterator[str]:
    focus, least = focus_pattern(number), constraint.number
    if least == 1:
        missing = f"NOT EXISTS {{ ?this {shape.path} ?_v }}"
        yield f"SELECT DISTINCT ?this (0 AS ?count) {{ {focus} FILTER {missing} }}"
    elif least > 1:
        count = "COUNT(DISTINCT ?_v)"
        yield (
            f"SELECT ?this ({count} AS ?count) {{ {focus} OPTIONAL {{ ?this {shape.path} ?_v }} }} "
            f"GROUP BY ?this HAVING({count} < {least})"
        )


def _max_count(shape: Shape, constraint: Constraint, number: int) -> Iterator[str]:
    count = "COUNT(DISTINCT ?value)"
    values = values_pattern(shape, number)
    most = f"GROUP BY ?this HAVING({count} > {constraint.number})"
    yield f"SELECT ?this ({count} AS ?count) {{ {values} }} {most}"


def _has_value(shape: Shape, constraint: Constraint, number: int) -> Iterator[str]:
    value = constraint.value
    test = f"NOT EXISTS {{ ?this {shape.path} {value} }}" if shape.path else f"(!sameTerm(?this, {value}))"
    yield f"SELECT DISTINCT ?this {{ {focus_pattern(number)} FILTER {test} }}"


def _unique_lang(shape: Shape, _: Constraint, number: int) -> Iterator[str]:
    yield (
        f"SELECT ?this ?language (COUNT(DISTINCT ?value) AS ?count) {{ {values_pattern(shape, number)} "
        "BIND(LCASE(LANG(?value)) AS ?language) FILTER(?language != '') } "
        "GROUP BY ?this ?language HAVING(COUNT(DISTINCT ?value) > 1)"
    )


def _equals(shape: Shape, constraint: Constraint, number: int) -> Iterator[str]:
    other = constraint.value
    here = f"EXISTS {{ ?this {shape.path} ?value }}" if shape.path else "sameTerm(?this, ?value)"
    yield from _in_other(shape, constraint, number, "NOT ")
    yield f"SELECT DISTINCT ?this ?value {{ {focus_pattern(number)} ?this {other} ?value FILTER(!({here})) }}"


def _in_other(shape: Shape, constraint: Constraint, number: int, negated: str = "") -> Iterator[str]:
    values = values_pattern(shape, number)
    there = f"{negated}EXISTS {{ ?this {constraint.value} ?value }}"
    yield f"SELECT DISTINCT ?this ?value {{ {values} FILTER {there} }}"


def _less_than(shape: Shape, constraint: Constraint, number: int) -> Iterator[str]:
    test = f"!COALESCE(?value {_BESIDE[constraint.component]} ?other, false)"
    values = values_pattern(shape, number)
    beside = f"{values} . ?this {constraint.value} ?other"
    yield f"SELECT DISTINCT ?this ?value ?other {{ {beside} FILTER({test}) }}"


def _closed(_: Shape, constraint: Constraint, number: int) -> Iterator[str]:
    allowed = ", ".join(str(p) for p in constraint.values)
    test = f" FILTER(?path NOT IN ({allowed}))" if allowed else ""
    yield f"SELECT DISTINCT ?this ?value ?path {{ {focus_pattern(number)} ?this ?path ?value{test} }}"


_FOCUS: dict[str, Callable[[Shape, Constraint, int], Iterator[str]]] = {
    "MinCount": _min_count,
    "MaxCount": _max_count,
    "HasValue": _has_value,
    "UniqueLang": _unique_lang,
    "Equals": _equals,
    "Disjoint": _in_other,
    "LessThan": _less_than,
    "LessThanOrEquals": _less_than,
    "Closed": _closed,
}
