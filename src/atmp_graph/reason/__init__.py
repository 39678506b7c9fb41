"""What follows from what is said: a few rules, run to their end at build time, each new triple with its
reason.

The rules are those of OWL 2 RL that a reader of the graph would miss without them: superclasses,
superproperties, inverses, symmetry, transitivity and chains of two. Whatever else follows is written as a
CONSTRUCT query in the ontology folder. Domains, ranges and restrictions add nothing to a release;
``Inferences(…, strict=True)`` applies them too, to look for clashes.
"""

from __future__ import annotations

from atmp_graph.reason.clashes import Clash, find_clashes
from atmp_graph.reason.rules import Inferences

__all__ = ["Clash", "Inferences", "find_clashes"]
