"""The text of an arranged graph: prefixes, terms, lines and indents."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from atmp_graph.turtle.shape import NIL, SETS, TYPE, Shape, Term
from atmp_graph.vocabulary import PREFIXES

WIDTH = 110
"""Columns that a line of several values may fill; one value alone may go past it."""

_XSD = PREFIXES["xsd"]
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_SHORT_FORMS = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
"""Datatype → the lexical forms that Turtle reads back unchanged without quotes."""
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\n": "\\n", '"': '\\"'}
_QUOTE = re.compile(r'"(?="|\Z)')
_STEP = "    "


class Layout:
    """Writes a ``Shape``, with our prefixes and those of the file's own that it still uses."""

    def __init__(self, shape: Shape, own_prefixes: dict[str, str]) -> None:
        """``own_prefixes`` are those the file declared; ours win over them, and the empty prefix is not
        kept.
        """
        self.shape = shape
        known = set(PREFIXES.values())
        extra: dict[str, str] = {}
        for name, namespace in sorted(own_prefixes.items()):
            if name and name not in PREFIXES and namespace not in known:
                extra[name] = namespace
                known.add(namespace)
        self.prefixes = {**PREFIXES, **extra}
        # The longest namespace first: a term belongs to the most special prefix that fits.
        self._by_length = sorted(self.prefixes.items(), key=lambda item: -len(item[1]))
        self._used: set[str] = set()
        self._lines: dict[Term, str] = {}

    def text(self) -> str:
        """The whole file, ending in a newline (empty for an empty graph)."""
        blocks = [self._block(self.term(node), node) for node in self.shape.subjects()]
        blanks = [(self.shape.labels.get(node, "[]"), node) for node in self.shape.free_blanks()]
        blocks += sorted(self._block(label, node) for label, node in blanks)
        head = [f"@prefix {name}: <{iri}> ." for name, iri in self.prefixes.items() if name in self._used]
        return "\n\n".join((["\n".join(head)] if head else []) + blocks) + "\n" if blocks else ""

    def _block(self, subject: str, node: ox.NamedNode | ox.BlankNode) -> str:
        first, *rest = self._statements(node, _STEP)
        return " ;\n".join([f"{subject} {first}", *(_STEP + statement for statement in rest)]) + " ."

    def _statements(self, node: ox.NamedNode | ox.BlankNode, indent: str) -> list[str]:
        """``predicate values`` of a node, in order; lines after the first carry ``indent`` or more."""
        found = []
        for predicate in self.shape.predicates(node):
            name = "a" if predicate == TYPE else self.term(ox.NamedNode(predicate))
            is_set = predicate in SETS
            values = sorted(self.shape.of[node][predicate], key=self._sort_key(is_set))
            flat = f"{name} " + ", ".join(self._flat(value, is_set) for value in values)
            if "\n" not in flat and len(indent + flat) + 2 <= WIDTH:
                found.append(flat)
            elif len(values) == 1:
                found.append(f"{name} " + self._tall(values[0], indent, is_set))
            else:
                inner = indent + _STEP
                found.append(name + "".join(self._stacked(values, inner, is_set)))
        return found

    def _stacked(self, values: list[Term], indent: str, is_set: bool) -> list[str]:
        last = len(values) - 1
        return [
            f"\n{indent}{self._tall(value, indent, is_set)}{',' if number < last else ''}"
            for number, value in enumerate(values)
        ]

    def _sort_key(self, is_set: bool) -> Callable[[Term], tuple[int, str, str]]:
        def key(value: Term) -> tuple[int, str, str]:
            if isinstance(value, ox.NamedNode):
                return (0, value.value, "")
            if isinstance(value, ox.Literal):
                return (1, value.language or "", self.term(value))
            return (2, self._flat(value, is_set), "")

        return key

    def _members(self, node: Term, is_set: bool) -> list[Term] | None:
        members = self.shape.list_at(node)
        return sorted(members, key=self._sort_key(False)) if members and is_set else members

    def _flat(self, node: Term, is_set: bool = False) -> str:
        """A value on one line, with all that hangs inside it; also what blank nodes are ordered by."""
        members = self._members(node, is_set)
        if members is not None:
            return f"( {' '.join(self._flat(member) for member in members)} )" if members else "()"
        if not isinstance(node, ox.BlankNode) or node not in self.shape.inside:
            return self.term(node)
        if node not in self._lines:
            statements = []
            for predicate in self.shape.predicates(node) if node in self.shape.of else ():
                name = "a" if predicate == TYPE else self.term(ox.NamedNode(predicate))
                inner_set = predicate in SETS
                values = sorted(self.shape.of[node][predicate], key=self._sort_key(inner_set))
                statements.append(f"{name} " + ", ".join(self._flat(value, inner_set) for value in values))
            self._lines[node] = f"[ {' ; '.join(statements)} ]" if statements else "[]"
        return self._lines[node]

    def _tall(self, node: Term, indent: str, is_set: bool) -> str:
        """A value on as many lines as it needs; the first line is already indented."""
        flat = self._flat(node, is_set)
        if "\n" not in flat and len(indent + flat) + 2 <= WIDTH:
            return flat
        inner = indent + _STEP
        members = self._members(node, is_set)
        if members:
            return (
                "("
                + "".join(f"\n{inner}{self._tall(member, inner, False)}" for member in members)
                + f"\n{indent})"
            )
        if isinstance(node, ox.BlankNode) and node in self.shape.inside and node in self.shape.of:
            return f"[\n{inner}" + f" ;\n{inner}".join(self._statements(node, inner)) + f"\n{indent}]"
        return flat

    def term(self, node: Term) -> str:
        """An IRI, a literal or a labelled blank node, as short as it can be without loss."""
        if isinstance(node, ox.NamedNode):
            return self._iri(node.value)
        if isinstance(node, ox.BlankNode):
            return self.shape.labels[node]
        if node.language:
            return f"{_quoted(node.value)}@{node.language}"
        datatype = node.datatype.value
        short = _short_form(node.value, datatype)
        return short or _quoted(node.value) + (
            "" if datatype == _XSD + "string" else f"^^{self._iri(datatype)}"
        )

    def _iri(self, iri: str) -> str:
        if iri == NIL:
            return "()"
        for name, namespace in self._by_length:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                self._used.add(name)
                return f"{name}:{iri[len(namespace) :]}"
        return f"<{iri}>"


def _short_form(value: str, datatype: str) -> str | None:
    form = _SHORT_FORMS.get(datatype)
    if form and form.fullmatch(value):
        return value
    if datatype == _XSD + "decimal" and _SHORT_FORMS[_XSD + "integer"].fullmatch(value):
        return value + ".0"  # the OWL API would save a decimal without a point as an integer
    return None


def _quoted(text: str) -> str:
    if "\n" not in text:
        return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
    # A long text keeps its line breaks; a quote needs an escape only beside another one or at the end.
    kept = _QUOTE.sub(r'\\"', text.replace("\\", "\\\\").replace("\r", "\\r"))
    return f'"""{kept}"""'
