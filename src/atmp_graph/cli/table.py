"""Tables for a terminal: columns as wide as they need and no wider than the window, long values wrapped and
never cut.
"""

from __future__ import annotations

import os
import sys
from unicodedata import combining, east_asian_width

TYPE_CHECKING = False  # typing costs 3 ms at each start; type checkers know this name
if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = "  "
_NARROWEST = 8
_BREAK_AFTER = "/-_.:#,|"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """The rows under their headings; every line within ``width`` columns if given; ends in a newline."""
    numeric = [all(_is_number(row[at]) for row in rows) and bool(rows) for at in range(len(columns))]
    natural = [
        max([_width(name), *(_width(line) for row in rows for line in row[at].split("\n"))])
        for at, name in enumerate(columns)
    ]
    widths = _fit(natural, width)
    lines = _lines(columns, widths, numeric)
    lines.append(_GAP.join("─" * each for each in widths))
    for row in rows:
        lines += _lines(row, widths, numeric)
    return "\n".join(lines) + "\n"


def rows_text(rows: Sequence[Sequence[str]], width: int | None, indent: int) -> str:
    """Rows without headings, ``indent`` columns in; no newline at the end."""
    if not rows:
        return ""
    natural = [
        max(_width(line) for row in rows for line in row[at].split("\n")) for at in range(len(rows[0]))
    ]
    widths = _fit(natural, width - indent if width else None)
    lines = [line for row in rows for line in _lines(row, widths, [False] * len(widths))]
    return "\n".join(" " * indent + line for line in lines)


def terminal_width() -> int | None:
    """Columns of the window that shows standard output; ``None`` in a pipe, where lines may be as long as
    they like.
    """
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def _fit(natural: list[int], width: int | None) -> list[int]:
    """The widest columns give way first, until the line fits or all are narrow."""
    widths = natural[:]
    room = (width or 0) - len(_GAP) * (len(widths) - 1)
    while width is not None and sum(widths) > room:
        widest = max(widths)
        if widest <= _NARROWEST:
            break
        others = sum(each for each in widths if each < widest)
        count = widths.count(widest)
        below = max([each for each in widths if each < widest], default=0)
        target = max((room - others) // count, below, _NARROWEST)
        if target == widest:
            target -= 1
        widths = [target if each == widest else each for each in widths]
    return widths


def _lines(cells: Sequence[str], widths: list[int], right: list[bool]) -> list[str]:
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    height = max((len(lines) for lines in wrapped), default=0)
    found = []
    for at in range(height):
        parts = []
        for lines, width, is_right in zip(wrapped, widths, right, strict=True):
            text = lines[at] if at < len(lines) else ""
            space = " " * (width - _width(text))
            parts.append(space + text if is_right else text + space)
        found.append(_GAP.join(parts).rstrip())
    return found


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` columns, broken where a reader expects it, and nothing lost
    but spaces.
    """
    found = []
    for paragraph in text.split("\n"):
        rest = paragraph
        while _width(rest) > width:
            end = _longest(rest, width)
            space = end if rest[end : end + 1] == " " else rest.rfind(" ", 0, end) + 1
            mark = max(rest.rfind(each, 0, end) for each in _BREAK_AFTER) + 1
            cut = space if space >= end // 4 else mark if mark >= end // 2 else end
            cut = max(cut, 1)
            found.append(rest[:cut].rstrip())
            rest = rest[cut:].lstrip()
        found.append(rest)
    return found


def _longest(text: str, width: int) -> int:
    """How many characters fit in ``width`` columns, at least one."""
    used = 0
    for at, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return max(at, 1)
    return len(text)


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def _is_number(text: str) -> bool:
    digits = text.lstrip("+-").replace(".", "", 1)
    return not text or (digits.isascii() and digits.isdecimal())
