"""What the engine's parser complains of, in words for people: where, what stands there, what may help.

The parser reports the farthest place it looked at. That is the fault, or just past it, when it misses a
sign; when it misses only keywords it has overshot by the length of a keyword, and the fault is somewhere in
those letters.
"""

from __future__ import annotations

import re

from atmp_graph.errors import AtmpGraphError, QuerySyntaxError, RefusedError
from atmp_graph.vocabulary import PREFIXES

_POSITION = re.compile(r"error at (\d+):(\d+): (?:expected )?(?:one of )?(.*)", re.DOTALL)
_UPDATE = re.compile(r"\b(INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE)
_WORD = re.compile(r"<[^<>]*>|[^\s(){}]+")
_CLASS = re.compile(r"\[(?:'[^']*'|[^\]'])*\]")
_SIGN = re.compile(r'"((?:\\.|[^"\\])+)"')
_KEYWORD = re.compile(r"\b[A-Z][A-Z0-9]+\b")

_REASONS = {
    "IRI parsing failed": "An IRI in <…> may not hold spaces, quotes or braces.",
    "The SELECT contains a variable that is unbound": "Each plain variable must stand in GROUP BY.",
    "The SELECT overrides an existing variable using an expression": "Give the expression a new name.",
}


def explain(message: str, text: str) -> AtmpGraphError:
    """The named error for what the parser says of ``text``."""
    if not text.strip():
        return QuerySyntaxError("The query is empty", hint="Begin with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    match = _POSITION.match(message)
    if match is None:
        return QuerySyntaxError(message)
    number, expected = int(match[1]), match[3]
    update = _UPDATE.search(text)
    if update and expected == "CONSTRUCT" and number == text.count("\n", 0, update.start()) + 1:
        return RefusedError(
            f"{update[1].upper()} is an update, and this is a query service",
            hint="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
        )
    lines = text.split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    # The parser counts bytes; people count letters.
    at = len(line.encode()[: int(match[2]) - 1].decode(errors="ignore"))
    return _explain(line, number, at, expected)


def _explain(line: str, number: int, at: int, expected: str) -> QuerySyntaxError:
    """The error at offset ``at`` of ``line``, which has that ``number``."""
    signs = [sign.replace("\\", "") for sign in _SIGN.findall(expected)]
    keywords = _KEYWORD.findall(_CLASS.sub("", _SIGN.sub("", expected)))
    start, word = _word_before(line, at)
    if "Prefix not found" in expected:
        hint = f"Declare it with PREFIX; these are known without: {', '.join(PREFIXES)}."
        return QuerySyntaxError(
            f"The prefix of “{word}” is not declared", line=number, column=start + 1, hint=hint
        )
    for reason, hint in _REASONS.items():
        if reason in expected:
            return QuerySyntaxError(reason, line=number, column=start + 1, hint=hint)
    if keywords and not signs:
        start = max(0, at - min(map(len, keywords)))
        while start and line[start - 1].isalnum():
            start -= 1
        rest = line[start:].strip()
        said = f"The query cannot be read from “{rest[:30]}” on" if rest else "The query ends too early"
        hint = f"Something there is missing or misplaced; {_some(keywords)} could follow."
        return QuerySyntaxError(said, line=number, column=start + 1, hint=hint)
    said = f"“{word}” cannot stand here" if word else "The query ends too early"
    return QuerySyntaxError(said, line=number, column=start + 1, hint=f"Expected {_some(signs + keywords)}.")


def _word_before(line: str, at: int) -> tuple[int, str]:
    """Where the word begins that ``at`` is in or just past, and the word; else the sign at ``at``."""
    for match in _WORD.finditer(line):
        if match.start() <= at <= match.end():
            return match.start(), match[0][:40]
    return at, line[at : at + 1].strip()


def _some(names: list[str]) -> str:
    """At most eight of the things that the parser would have taken."""
    return (" ".join(names[:8]) or "something else") + " …" * (len(names) > 8)
