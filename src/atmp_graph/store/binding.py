"""Puts terms in the place of variables in query texts of our own (questions, ``why``, ``describe``).

The engine's own substitution reaches only variables that the outermost SELECT names; a question needs
``?lang`` in a filter, a subquery or an ASK. So a variable is replaced token by token, and only by a term
that the engine itself has written (escaped and checked): a value can never change the shape of a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from atmp_graph.errors import InputError

_TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>            # an IRI
    |\"{3}(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"{3}|'{3}(?:(?:'|'')?(?:[^'\\]|\\.))*'{3}
    |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'
    |\#[^\n\r]*                              # a comment
    |(?<![\w:.-])BOUND\s*\(\s*[?$](?P<bound>\w+)\s*\)
    |(?<![\w:.-])(?:AS|VALUES)\s*[?$](?P<target>\w+)
    |[?$](?P<variable>\w+)
    |(?<![\w:.-])(?P<word>SELECT|GROUP|ORDER|WHERE|FROM|HAVING|LIMIT|OFFSET)(?![\w:-])
    |(?P<open>\()|(?P<close>\))|(?P<enter>{)|(?P<leave>})""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def bind(text: str, terms: Mapping[str, str]) -> str:
    """``text`` with every variable named in ``terms`` replaced by its SPARQL form.

    In the SELECT list ``?x`` becomes ``(term AS ?x)``, so that it stays a column (in a subquery under
    another name, which the constants make unneeded outside); ``BOUND(?x)`` becomes ``true``. Raises
    ``InputError`` if the text itself assigns the variable (``AS ?x``, ``VALUES ?x``).
    """
    out: list[str] = []
    clause, depth, level, last = "", 0, 0, 0
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup, match.group(match.lastgroup) if match.lastgroup else ""
        if kind == "word":
            clause, depth = value.upper(), 0
        elif kind in ("enter", "leave"):
            clause, level = "", level + (1 if kind == "enter" else -1)
        elif kind in ("open", "close"):
            depth += 1 if kind == "open" else -1
        elif value in terms:
            out.append(text[last : match.start()])
            out.append(_bound(kind, value, terms[value], "" if depth else clause, level))
            last = match.end()
    out.append(text[last:])
    return "".join(out)


def _bound(kind: str | None, name: str, term: str, clause: str, level: int) -> str:
    """What stands in the place of one token of ``kind`` in ``clause``, ``level`` braces deep."""
    if kind == "bound":
        return "true"
    if kind == "target":
        raise InputError(
            f"?{name} is bound from outside and assigned by the query", hint="Rename one of them."
        )
    if clause == "SELECT":
        return f"({term} AS ?{name}{f'_{level}' if level else ''})"
    return f"({term})" if clause in ("GROUP", "ORDER") else term
