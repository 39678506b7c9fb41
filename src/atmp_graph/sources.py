"""What a section covers of its source file, and whether that text is still the text we read.

The source texts are not shipped with the knowledge. Each section instead keeps the lines it was read from
and a fingerprint of them, so that anyone who holds the files can find a section whose text has changed since,
and a stretch of a file that no section speaks for.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

from atmp_graph.errors import InputError

SOFT_HYPHEN = "\u00ad"
_RANGE = re.compile(r"([1-9][0-9]*)(?:-([1-9][0-9]*))?")


def parse_ranges(ranges: str) -> list[tuple[int, int]]:
    """Read ``"12-40 52"`` as ``[(12, 40), (52, 52)]``: lines counted from 1, both ends included.

    Raises ``InputError`` when a range is not a number or two, runs backwards, or overlaps the one before it.
    """
    pairs: list[tuple[int, int]] = []
    for part in ranges.split():
        match = _RANGE.fullmatch(part)
        if match is None:
            raise InputError(f"not a range of lines: {part!r}", hint="write ranges as 12-40, apart by spaces")
        first = int(match[1])
        last = int(match[2] or match[1])
        if last < first or (pairs and first <= pairs[-1][1]):
            raise InputError(f"lines out of order: {ranges!r}", hint="write each range once, smallest first")
        pairs.append((first, last))
    if not pairs:
        raise InputError("no lines given", hint="write at least one range, such as 1-13")
    return pairs


def normalise(text: str) -> str:
    """Reduce text to what was written: NFC, no soft hyphens, one blank for every run of white space."""
    return " ".join(unicodedata.normalize("NFC", text).replace(SOFT_HYPHEN, "").split())


def section_text(file_text: str, ranges: str) -> str:
    """The normalised text of the given lines of a source file.

    ``ranges`` is the value of ``atmp:sourceLines``. Lines end at line feeds only, as editors count them; a
    form feed inside a line does not start a new one. Raises ``InputError`` when a range runs past the end of
    the file.
    """
    lines = file_text.split("\n")
    chosen: list[str] = []
    for first, last in parse_ranges(ranges):
        if last > len(lines):
            raise InputError(f"line {last} is past the end of a file of {len(lines)} lines", place=ranges)
        chosen.extend(lines[first - 1 : last])
    return normalise("\n".join(chosen))


def fingerprint(text: str) -> str:
    """The value of ``atmp:textFingerprint``: ``sha256:`` and the hexadecimal digest of the normal form."""
    return "sha256:" + hashlib.sha256(normalise(text).encode("utf-8")).hexdigest()


def overlapping_lines(all_ranges: Iterable[str]) -> list[int]:
    """The line numbers that more than one of the given range lists claims, in order."""
    seen: set[int] = set()
    twice: set[int] = set()
    for number in _numbers(all_ranges):
        (twice if number in seen else seen).add(number)
    return sorted(twice)


def uncovered_lines(file_text: str, all_ranges: Iterable[str]) -> list[int]:
    """The numbers of the lines that hold text and lie in none of the given range lists, in order."""
    covered = set(_numbers(all_ranges))
    return [
        number
        for number, line in enumerate(file_text.split("\n"), start=1)
        if number not in covered and normalise(line)
    ]


def _numbers(all_ranges: Iterable[str]) -> Iterator[int]:
    for ranges in all_ranges:
        for first, last in parse_ranges(ranges):
            yield from range(first, last + 1)
