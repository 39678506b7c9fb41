"""Reads SPARQL text just far enough to find its words, variables and groups.

Two rooms need that: questions, whose columns must be what the query gives out, and validation, because it
runs one query for a whole set of focus nodes. Neither needs a full parser; the engine has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n\r]*)"
    r'|(?P<string>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\"'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*')"
    r'|(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)'
    r"|(?P<variable>[?$][\w]+)"
    r"|(?P<name>[^\W\d]?[\w.-]*:(?:[\w:%-]|\.(?=[\w:%-]))*)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<mark>[{}()*])",
    re.DOTALL,
)

_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


class Token(NamedTuple):
    """One token: its ``kind`` (string, iri, variable, name, word, mark), its text and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Select(NamedTuple):
    """One SELECT of a query: token positions of its keyword, its group's braces and the end of its
    modifiers.
    """

    at: int
    opens: int
    closes: int
    ends: int


def tokens(text: str) -> list[Token]:
    """The tokens of a query that matter here; white space, comments, numbers and operators are left out."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "comment":
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


def variables(text: str) -> set[str]:
    """The names of all variables in a query, without their mark."""
    return {token.text[1:] for token in tokens(text) if token.kind == "variable"}


def selects(found: list[Token]) -> Iterator[Select]:
    """Every SELECT of a query, outermost first, in the order they are written."""
    for at, token in enumerate(found):
        if not _is_word(token, "SELECT"):
            continue
        opens = _opening(found, at)
        closes = _closing(found, opens)
        ends = closes + 1
        depth = 0
        while ends < len(found) and (depth or found[ends].text != "}"):
            depth += {"{": 1, "}": -1}.get(found[ends].text, 0)
            ends += 1
        yield Select(at, opens, closes, ends)


def projected(found: list[Token], select: Select) -> list[str]:
    """The names of the variables a SELECT gives out, in order; empty for ``SELECT *``."""
    names: list[str] = []
    depth = 0
    for at in range(select.at + 1, select.opens):
        token = found[at]
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "variable" and (depth == 0 or _is_word(found[at - 1], "AS")):
            names.append(token.text[1:])
    return names


def grouped(found: list[Token], select: Select) -> list[str] | None:
    """The plain variables of a SELECT's GROUP BY; ``None`` when it neither groups nor aggregates."""
    modifiers = range(select.closes + 1, select.ends)
    for at in modifiers:
        if _is_word(found[at], "GROUP"):
            names: list[str] = []
            for token in found[at + 2 : select.ends]:
                if token.kind == "word" and token.text.upper() in {
                    "HAVING",
                    "ORDER",
                    "LIMIT",
                    "OFFSET",
                    "VALUES",
                }:
                    break
                names += [token.text[1:]] if token.kind == "variable" else []
            return names
    heads = (*range(select.at, select.opens), *modifiers)
    uses = any(found[at].kind == "word" and found[at].text.upper() in _AGGREGATES for at in heads)
    return [] if uses else None


def _opening(found: list[Token], at: int) -> int:
    # An EXISTS in the projection also opens a brace, but inside round brackets.
    depth = 0
    for index in range(at, len(found)):
        depth += {"(": 1, ")": -1}.get(found[index].text, 0)
        if found[index].text == "{" and depth == 0:
            return index
    return len(found) - 1


def _closing(found: list[Token], opens: int) -> int:
    depth = 0
    for index in range(opens, len(found)):
        depth += {"{": 1, "}": -1}.get(found[index].text, 0)
        if depth == 0:
            return index
    return len(found) - 1


def _is_word(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word
