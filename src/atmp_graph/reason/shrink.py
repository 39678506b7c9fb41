"""The few statements behind a contradiction, found by taking others away: QuickXplain (Junker, AAAI 2004).

A reasoner that only says yes or no leaves a person searching. Blocks of a subject are tried first and single
statements after, because each try may take a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

import pyoxigraph as ox

Test = Callable[[Collection[ox.Quad]], bool]


def smallest(quads: Sequence[ox.Quad], is_wrong: Test) -> list[ox.Quad]:
    """A part of the quads that is still wrong, and of which nothing can be left out; ``[]`` if they are not.

    What hangs on a blank node stays with the statement that it hangs on.
    """
    if not is_wrong(quads):
        return []
    left = [unit for block in _shrunk(_blocks(quads, whole=True), is_wrong) for unit in block]
    return [quad for unit in _shrunk(_blocks(left, whole=False), is_wrong) for quad in unit]


def _blocks(quads: Sequence[ox.Quad], *, whole: bool) -> list[list[ox.Quad]]:
    """The quads by subject, or each for itself; always together with those of the blank nodes below it."""
    below: defaultdict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    tops: defaultdict[object, list[ox.Quad]] = defaultdict(list)
    values = {quad.object for quad in quads if isinstance(quad.object, ox.BlankNode)}
    for number, quad in enumerate(quads):
        if isinstance(quad.subject, ox.BlankNode) and quad.subject in values:
            below[quad.subject].append(quad)
        else:
            tops[quad.subject if whole or isinstance(quad.subject, ox.BlankNode) else number].append(quad)
    for block in tops.values():
        seen: set[ox.BlankNode] = set()
        for quad in block:  # grows as it is read
            node = quad.object
            if isinstance(node, ox.BlankNode) and node not in seen:
                seen.add(node)
                block.extend(below.get(node, ()))
    return list(tops.values())


def _shrunk(units: list[list[ox.Quad]], is_wrong: Test) -> list[list[ox.Quad]]:
    def wrong(some: Sequence[list[ox.Quad]]) -> bool:
        return is_wrong([quad for unit in some for quad in unit])

    def needed(kept: list[list[ox.Quad]], added: bool, rest: list[list[ox.Quad]]) -> list[list[ox.Quad]]:
        """Those of ``rest`` that must join ``kept``; ``added``: ``kept`` has grown since its last try."""
        if added and wrong(kept):
            return []
        if len(rest) == 1:
            return rest
        one, other = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        of_other = needed(kept + one, True, other)
        of_one = needed(kept + of_other, bool(of_other), one)
        return of_one + of_other

    return needed([], False, units) if units else []
