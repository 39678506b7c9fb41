"""Where the boxes of a diagram stand: layers from left to right, few crossings, short lines.

The classical method in its plain form: turn lines that run backwards, give each box the layer after its
last predecessor, let long lines pass through empty slots, order each layer by its neighbours, and then move
boxes as near to their neighbours as those beside them allow. Same input, same picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

Line = tuple[str, str]
_SWEEPS = 12


class Size(NamedTuple):
    """What a box takes, in pixels: ``along`` the direction of the layers and ``across`` it."""

    along: float
    across: float


class Gaps(NamedTuple):
    """Room between layers, and between boxes of one layer."""

    along: float = 42
    across: float = 14


@dataclass
class Layout:
    """The centre of each box, the layers each line passes, and the size of the whole.

    ``lanes`` tells where the layer of each box begins and ends; ``passes`` the same and the place across, for
    each layer between the ends of a line.
    """

    centres: dict[str, tuple[float, float]]
    lanes: dict[str, tuple[float, float]]
    passes: dict[Line, list[tuple[float, float, float]]]
    along: float
    across: float


def place(sizes: Mapping[str, Size], lines: Sequence[Line], gaps: Gaps | None = None) -> Layout:
    """Lay out boxes so that ``lines`` run forward; a line from a box to itself takes no part."""
    gaps, whole = gaps or Gaps(), Layout({}, {}, {}, 0, 0)
    lines = [line for line in dict.fromkeys(lines) if line[0] != line[1]]
    for names in _connected(list(sizes), lines):
        some = [line for line in lines if line[0] in names]
        part = _place({name: size for name, size in sizes.items() if name in names}, some, gaps)
        shift = whole.across + gaps.across if whole.centres else 0.0
        whole.centres |= {name: (x, y + shift) for name, (x, y) in part.centres.items()}
        whole.lanes |= part.lanes
        whole.passes |= {k: [(a, b, y + shift) for a, b, y in some] for k, some in part.passes.items()}
        whole.along, whole.across = max(whole.along, part.along), part.across + shift
    return whole


def _connected(names: list[str], lines: list[Line]) -> list[set[str]]:
    """The boxes that lines tie together, the largest such group first."""
    group = {name: {name} for name in names}
    for start, end in lines:
        if group[start] is not group[end]:
            group[start] |= group[end]
            group.update(dict.fromkeys(group[end], group[start]))
    found = {id(some): some for some in group.values()}
    return sorted(found.values(), key=lambda some: (-len(some), min(some)))


def _place(sizes: Mapping[str, Size], lines: list[Line], gaps: Gaps) -> Layout:
    """Lay out boxes that all hang together."""
    forward = _forward(list(sizes), lines)
    layer = _layers(list(sizes), list(forward.values()))
    slots = dict(sizes)
    chains: dict[Line, list[str]] = {}
    for line, (first, last) in forward.items():
        chain = [first, *(f"{first}\n{last}\n{n}" for n in range(layer[first] + 1, layer[last])), last]
        for n, slot in enumerate(chain[1:-1], layer[first] + 1):
            slots[slot], layer[slot] = Size(0, 0), n
        chains[line] = chain
    links = [pair for chain in chains.values() for pair in pairwise(chain)]
    rows = _ordered(slots, layer, links)
    across = _across(rows, slots, links, gaps.across)
    lanes = _lanes(rows, slots, gaps.along)
    passes = {
        line: [(*lanes[layer[s]], across[s]) for s in (chain if chain[0] == line[0] else chain[::-1])[1:-1]]
        for line, chain in chains.items()
    }
    return Layout(
        {name: (sum(lanes[layer[name]]) / 2, across[name]) for name in sizes},
        {name: lanes[layer[name]] for name in sizes},
        passes,
        lanes[-1][1] if lanes else 0,
        max((across[s] + slots[s].across / 2 for s in slots), default=0),
    )


def _forward(names: list[str], lines: list[Line]) -> dict[Line, Line]:
    """Each line as it is, or turned round where it would close a circle."""
    following: dict[str, list[str]] = defaultdict(list)
    for start, end in lines:
        following[start].append(end)
    state: dict[str, int] = {}
    back: set[Line] = set()

    def visit(name: str) -> None:
        state[name] = 1
        for end in following[name]:
            if state.get(end) == 1:
                back.add((name, end))
            elif end not in state:
                visit(end)
        state[name] = 2

    entered = {end for _, end in lines}
    for name in sorted(names, key=lambda n: n in entered):
        if name not in state:
            visit(name)
    return {line: line[::-1] if line in back else line for line in lines}


def _layers(names: list[str], lines: list[Line]) -> dict[str, int]:
    """The layer of each box: after its last predecessor, and then as near to its successors as it can be."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for start, end in lines:
        before[end].append(start)
        after[start].append(end)
    layer: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in layer:
            layer[name] = 1 + max((depth(b) for b in before[name]), default=-1)
        return layer[name]

    for name in names:
        depth(name)
    for name in sorted(names, key=lambda n: -layer[n]):
        if after[name] and len(before[name]) <= len(after[name]):
            layer[name] = min(layer[a] for a in after[name]) - 1
    return layer


def _ordered(slots: Mapping[str, Size], layer: Mapping[str, int], links: list[Line]) -> list[list[str]]:
    """The slots of each layer, in an order with few crossings."""
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for slot in slots:
        rows[layer[slot]].append(slot)
    before, after = _neighbours(links)
    best, fewest = [list(row) for row in rows], _crossings(rows, links)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = before if down else after
        for row in rows if down else reversed(rows):
            rank = {slot: n for one in rows for n, slot in enumerate(one)}
            middle = {s: sum(rank[x] for x in near[s]) / len(near[s]) if near[s] else rank[s] for s in row}
            row.sort(key=lambda s: (middle[s], s))
        if (now := _crossings(rows, links)) < fewest:
            best, fewest = [list(row) for row in rows], now
    return best


def _neighbours(links: list[Line]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for start, end in links:
        before[end].append(start)
        after[start].append(end)
    return before, after


def _crossings(rows: list[list[str]], links: list[Line]) -> int:
    rank = {slot: n for row in rows for n, slot in enumerate(row)}
    where = {slot: n for n, row in enumerate(rows) for slot in row}
    between: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, end in links:
        between[where[start]].append((rank[start], rank[end]))
    pairs = ((a, b) for some in between.values() for n, a in enumerate(some) for b in some[:n])
    return sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in pairs)


def _across(
    rows: list[list[str]], slots: Mapping[str, Size], links: list[Line], gap: float
) -> dict[str, float]:
    """The centre of each slot across its layer: near the mean of its neighbours, the order kept."""
    before, after = _neighbours(links)
    centre: dict[str, float] = {}
    for row in rows:
        edge = 0.0
        for slot in row:
            centre[slot] = edge + slots[slot].across / 2
            edge += slots[slot].across + gap
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            near = {s: before[s] + after[s] for s in row}
            wish = [sum(centre[x] for x in near[s]) / len(near[s]) if near[s] else centre[s] for s in row]
            centre.update(zip(row, _apart(wish, [slots[s].across for s in row], gap), strict=True))
    least = min((centre[s] - slots[s].across / 2 for s in slots), default=0)
    return {slot: value - least for slot, value in centre.items()}


def _apart(wish: list[float], sizes: list[float], gap: float) -> list[float]:
    """The centres nearest to those wished for, by least squares, with ``gap`` between boxes."""
    offset = [0.0]
    for one, other in pairwise(sizes):
        offset.append(offset[-1] + (one + other) / 2 + gap)
    blocks: list[tuple[float, int]] = []
    for value, shift in zip(wish, offset, strict=False):
        total, count = value - shift, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            more, others = blocks.pop()
            total, count = total + more, count + others
        blocks.append((total, count))
    means = [total / count for total, count in blocks for _ in range(count)]
    return [mean + shift for mean, shift in zip(means, offset, strict=False)]


def _lanes(rows: list[list[str]], slots: Mapping[str, Size], gap: float) -> list[tuple[float, float]]:
    """Where each layer begins and ends along the direction of the lines."""
    lanes: list[tuple[float, float]] = []
    for row in rows:
        begin = lanes[-1][1] + gap if lanes else 0.0
        lanes.append((begin, begin + max((slots[s].along for s in row), default=0)))
    return lanes
