"""``reason --profile dl``: HermiT's verdict after our own, with the statements behind each contradiction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from atmp_graph.cli.progress import Progress
from atmp_graph.knowledge import Knowledge
from atmp_graph.reason.hermit import explain, judge
from atmp_graph.vocabulary import compact


def by_hermit(knowledge: Knowledge, *, explained: bool) -> int:
    """Print HermiT's verdict; exit code 1 if it finds a contradiction or a class that can have no member.

    ``explained``: our own rules have shown a contradiction already, so that none is searched for here.
    """
    with Progress("reasoning") as progress:
        progress.step("asking HermiT")
        verdict = judge(knowledge.quads)
        reasons: list[tuple[str, list[Any]]] = []
        if not verdict.consistent and not explained:
            progress.step("looking for the statements behind it; this takes a minute or two")
            reasons.append(("contradiction", explain(knowledge.quads)))
        for class_ in verdict.unsatisfiable:
            progress.step(f"looking for what empties {compact(class_)}")
            reasons.append((f"no member possible: {compact(class_)}", explain(knowledge.ontology, class_)))
    for what, quads in reasons:
        print("\n".join([what, *_because(quads, knowledge)]))
    empty = len(verdict.unsatisfiable)
    said = "consistent" if verdict.consistent else "inconsistent"
    classes = f"{empty or 'no'} class{'' if empty == 1 else 'es'} without possible members"
    print(f"HermiT: {said}, {classes} ({verdict.seconds:.1f} s)")
    return 0 if verdict.consistent and not empty else 1


def _because(quads: list[Any], knowledge: Knowledge) -> Iterator[str]:
    for quad in quads:
        terms = (quad.subject, quad.predicate, quad.object)
        place = knowledge.places.find(*(str(getattr(term, "value", "")) for term in terms))
        yield f"  because {' '.join(_shown(term) for term in terms)}" + (f"\n    at {place}" if place else "")


def _shown(term: object) -> str:
    text = str(term)
    return compact(text[1:-1]) if text.startswith("<") else text
