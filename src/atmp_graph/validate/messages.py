"""What a constraint wanted and what it met, in English and Swedish: the line under every message."""

from __future__ import annotations

import pyoxigraph as ox

from atmp_graph.validate.graph import Object
from atmp_graph.validate.model import Constraint
from atmp_graph.validate.terms import SH
from atmp_graph.vocabulary import compact

_TEXTS: dict[str, tuple[str, str]] = {
    "MinCount": ("found {count}, needs at least {wanted}", "hittade {count}, minst {wanted} krävs"),
    "MaxCount": ("found {count}, at most {wanted} allowed", "hittade {count}, högst {wanted} får finnas"),
    "Class": ("{value} is not a {wanted}", "{value} är inte en {wanted}"),
    "Datatype": ("{value} is not of datatype {wanted}", "{value} har inte datatypen {wanted}"),
    "NodeKind": ("{value} is not of kind {wanted}", "{value} är inte av slaget {wanted}"),
    "MinExclusive": ("{value} is not greater than {wanted}", "{value} är inte större än {wanted}"),
    "MinInclusive": ("{value} is less than {wanted}", "{value} är mindre än {wanted}"),
    "MaxExclusive": ("{value} is not less than {wanted}", "{value} är inte mindre än {wanted}"),
    "MaxInclusive": ("{value} is greater than {wanted}", "{value} är större än {wanted}"),
    "MinLength": ("{value} is shorter than {wanted} characters", "{value} är kortare än {wanted} tecken"),
    "MaxLength": ("{value} is longer than {wanted} characters", "{value} är längre än {wanted} tecken"),
    "Pattern": ("{value} does not match {wanted}", "{value} följer inte mönstret {wanted}"),
    "LanguageIn": (
        "{value} is not in a language of {wanted}",
        "{value} är inte på något av språken {wanted}",
    ),
    "In": ("{value} is not one of {wanted}", "{value} är inte något av {wanted}"),
    "HasValue": ("{wanted} is missing", "{wanted} saknas"),
    "UniqueLang": ("{count} values in language “{language}”", "{count} värden på språket ”{language}”"),
    "Equals": ("{value} is not shared with {wanted}", "{value} delas inte med {wanted}"),
    "Disjoint": ("{value} is also a value of {wanted}", "{value} är också ett värde för {wanted}"),
    "LessThan": ("{value} is not less than {other}", "{value} är inte mindre än {other}"),
    "LessThanOrEquals": ("{value} is greater than {other}", "{value} är större än {other}"),
    "Closed": ("{path} may not be used here", "{path} får inte användas här"),
    "Node": ("{value} does not have the shape asked for", "{value} har inte den form som krävs"),
    "Not": ("{value} has a shape that is ruled out", "{value} har en form som är utesluten"),
    "And": ("{value} does not have every shape asked for", "{value} har inte alla former som krävs"),
    "Or": ("{value} has none of the shapes asked for", "{value} har ingen av de former som krävs"),
    "Xone": (
        "{value} fits {count} of the shapes, not exactly one",
        "{value} passar {count} av formerna, inte exakt en",
    ),
    "QualifiedMinCount": (
        "found {count} that fit, needs at least {wanted}",
        "{count} passar, minst {wanted} krävs",
    ),
    "QualifiedMaxCount": (
        "found {count} that fit, at most {wanted} allowed",
        "{count} passar, högst {wanted} får finnas",
    ),
    "SPARQL": ("the rule's query found {value}", "regelns fråga fann {value}"),
}


def show(term: object) -> str:
    """A term as a reader meets it: a short name for an IRI, quotes round a literal."""
    if isinstance(term, ox.NamedNode):
        return compact(term.value)
    if isinstance(term, ox.Literal):
        return f"“{term.value}”" + (f"@{term.language}" if term.language else "")
    return "a blank node" if isinstance(term, ox.BlankNode) else str(term)


def wanted(constraint: Constraint) -> str:
    """The constraint's own parameter, shown."""
    value: Object | None = constraint.value
    if value is not None:
        named = isinstance(value, ox.NamedNode) and value.value.startswith(SH)
        return value.value.removeprefix(SH) if named and isinstance(value, ox.NamedNode) else show(value)
    if constraint.values:
        return ", ".join(show(v) for v in constraint.values)
    return str(constraint.number)


def explain(component: str, **facts: object) -> dict[str, str]:
    """The line for a component in both languages; facts it does not need are ignored, missing ones shown as
    ``?``.
    """
    filled = {name: show(fact) for name, fact in facts.items() if fact is not None}
    english, swedish = _TEXTS.get(component, ("", ""))
    return {"en": english.format_map(_Gaps(filled)), "sv": swedish.format_map(_Gaps(filled))}


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
