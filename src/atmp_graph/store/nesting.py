"""Refuses a query that is nested so deeply that the engine's parser would run out of stack.

The parser recurses, and a worker that overflows its stack dies. That ends well (``pool``), but each time
costs a process; these few lines cost nothing for a query with few brackets. Known ends of the stack: 896
nested calls, 2,176 nested groups.
"""

from __future__ import annotations

import re

from atmp_graph.errors import QuerySyntaxError

DEEPEST = 500

_BRACKET = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>|\#[^\n\r]*
    |\"{3}(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"{3}|'{3}(?:(?:'|'')?(?:[^'\\]|\\.))*'{3}
    |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'
    |(?P<open>[({\[])|(?P<close>[)}\]])""",
    re.VERBOSE | re.DOTALL,
)


def check_nesting(text: str) -> None:
    """Raise ``QuerySyntaxError`` if brackets of any kind stand inside each other more than ``DEEPEST``
    deep."""
    if text.count("(") + text.count("{") + text.count("[") <= DEEPEST:
        return
    depth = 0
    for match in _BRACKET.finditer(text):
        if match.lastgroup == "open":
            depth += 1
            if depth > DEEPEST:
                raise too_deep()
        elif match.lastgroup == "close":
            depth -= 1


def too_deep() -> QuerySyntaxError:
    """The error of a query that is nested too deeply."""
    return QuerySyntaxError(
        "The query is nested too deeply", hint=f"Use at most {DEEPEST} brackets inside each other."
    )
