"""Comments in Turtle: which one stays, which ones are a machine's, and which ones a person would miss."""

from __future__ import annotations

import re

# Whatever may hold a '#' that begins no comment comes before the comment itself.
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|\\.|(?P<comment>\#[^\n]*)',
    re.DOTALL,
)
_BANNER = re.compile(r"#{5,}|###  .*|#    [A-Z][A-Za-z ]+|#{4} .*")
"""What the OWL API puts between the parts of a file it saves."""


def leading_comment(text: str) -> str:
    """The block of comment lines at the very top, without trailing blanks; ``""`` if the file begins
    otherwise.
    """
    lines: list[str] = []
    for line in text.lstrip("\ufeff").splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines.append(line.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    block = "\n".join(lines).lstrip("\n")
    return "" if all(_BANNER.fullmatch(line) or not line for line in lines) else block


def other_comments(text: str) -> list[tuple[int, str]]:
    """``(line, text)`` of each comment below the leading block that no machine wrote; lines count from 1."""
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        start += len(line)
    found = []
    for token in _TOKEN.finditer(text, start):
        comment = token["comment"]
        if comment is not None and not _BANNER.fullmatch(comment.rstrip()):
            found.append((text.count("\n", 0, token.start()) + 1, comment.rstrip()))
    return found
