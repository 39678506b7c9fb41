"""A diagram as boxes and lines with places and sizes, ready for the template that writes it as SVG.

Nothing here knows the ontology. Colours are classes of the style sheet; a template escapes all text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from atmp_graph.web.layered import Gaps, Layout, Size, place

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|()[]! -"), frozenset("mwMWÅÄÖ@%")
_LINE, _PAD, _MARGIN = 17, 9, 6
_WRAP = 22


class Text(NamedTuple):
    """A line of text in a box; ``href`` is where it leads and ``name`` what it is called in queries."""

    words: str
    href: str = ""
    name: str = ""
    kind: str = ""


@dataclass
class Box:
    """A box of texts, one under the other. ``kind`` is its CSS class; its place is given by ``draw``."""

    key: str
    texts: Sequence[Text]
    kind: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    rows: list[tuple[Text, list[tuple[str, float]]]] = field(default_factory=list)

    def measure(self) -> None:
        """Break long texts and find the size, with the baseline of each line below the top."""
        self.rows, line = [], 0
        for text in self.texts:
            parts = textwrap.wrap(text.words, _WRAP, break_long_words=False) or [""]
            self.rows.append((text, [(p, _PAD + (line + n) * _LINE + 11) for n, p in enumerate(parts)]))
            line += len(parts)
        self.width = round(2 * _PAD + max(width_of(p) for _, parts in self.rows for p, _ in parts), 1)
        self.height = 2 * _PAD + line * _LINE - 3


@dataclass
class Path:
    """A line between two boxes; ``kind`` is its CSS class, ``d`` its SVG path."""

    start: str
    end: str
    kind: str
    d: str = ""


@dataclass
class Diagram:
    """A picture: its title, how to read it, what its lines say in words, and its size in pixels."""

    key: str
    title: str
    note: str
    description: str
    boxes: list[Box]
    paths: list[Path]
    width: float
    height: float


def width_of(text: str) -> float:
    """About how many pixels a text takes at 13 px in a common sans serif face, rather more than less."""
    return sum(4.4 if c in _NARROW else 11.2 if c in _WIDE else 9.2 if c.isupper() else 7.35 for c in text)


def draw(
    key: str,
    words: tuple[str, str, str],
    boxes: list[Box],
    paths: list[Path],
    *,
    downwards: bool = False,
    gaps: Gaps | None = None,
) -> Diagram:
    """Give boxes and paths their places: layers from left to right, or downwards.

    ``words`` are title, note and description.
    """
    for box in boxes:
        box.measure()
    sizes = {b.key: Size(b.height, b.width) if downwards else Size(b.width, b.height) for b in boxes}
    layout = place(sizes, [(p.start, p.end) for p in paths], gaps)
    for box in boxes:
        middle = layout.centres[box.key]
        x, y = middle[::-1] if downwards else middle
        box.x, box.y = round(x - box.width / 2 + _MARGIN, 1), round(y - box.height / 2 + _MARGIN, 1)
    both_ways = {(p.end, p.start) for p in paths}
    for path in paths:
        aside = 5 if (path.start, path.end) in both_ways else 0
        path.d = _written(_route(path, layout, sizes, aside), downwards)
    size = (layout.along + 2 * _MARGIN, layout.across + 2 * _MARGIN)
    width, height = size[::-1] if downwards else size
    return Diagram(key, *words, boxes, paths, round(width), round(height))


_Leg = tuple[float, float, float]
"""Straight along one layer: where it enters, where it leaves, and its place across."""


def _route(path: Path, layout: Layout, sizes: Mapping[str, Size], aside: float) -> list[_Leg]:
    """The straight legs of a line: out of its first box, through the layers between, into its last box.

    ``aside`` keeps a line apart from the one that runs the other way.
    """
    (start, high), (end, low) = layout.centres[path.start], layout.centres[path.end]
    sign = 1 if start < end else -1
    side = (1, 0) if sign > 0 else (0, 1)
    first = (
        start + sign * sizes[path.start].along / 2,
        layout.lanes[path.start][side[0]],
        high + sign * aside,
    )
    last = (layout.lanes[path.end][side[1]], end - sign * sizes[path.end].along / 2, low + sign * aside)
    passes = layout.passes.get((path.start, path.end), [])
    return [first, *((lane[side[1]], lane[side[0]], lane[2]) for lane in passes), last]


def _written(legs: list[_Leg], downwards: bool) -> str:
    """Legs as an SVG path, each joined to the next by a smooth bend."""

    def point(along: float, across: float) -> str:
        x, y = (across, along) if downwards else (along, across)
        return f"{x + _MARGIN:.1f} {y + _MARGIN:.1f}"

    def straight(leg: _Leg) -> str:
        return f"L{point(leg[1], leg[2])}" if abs(leg[1] - leg[0]) > 1 else ""

    d = f"M{point(legs[0][0], legs[0][2])}{straight(legs[0])}"
    for one, other in pairwise(legs):
        bend = (one[1] + other[0]) / 2
        d += f"C{point(bend, one[2])} {point(bend, other[2])} {point(other[0], other[2])}{straight(other)}"
    return d
