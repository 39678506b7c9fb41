"""Canonical Turtle: one fixed order and layout, so that a diff of a file is a diff of its meaning.

Protégé (the OWL API) reorders a file whole when it saves. Formatting its output gives back the canonical
text, with only the real change in it: order, prefixes, blank nodes, the direction of symmetric axioms and
the order of set-like lists are all fixed here.
"""

from __future__ import annotations

import pyoxigraph as ox

from atmp_graph.errors import DataError, InputError
from atmp_graph.reading import read_text
from atmp_graph.turtle.comments import leading_comment, other_comments, saved_by_owl_api
from atmp_graph.turtle.layout import Layout
from atmp_graph.turtle.shape import Shape, without_declarations

__all__ = ["format_text"]


def format_text(text: str, *, place: str = "text", drop_comments: bool = False) -> str:
    """The canonical form of a Turtle text; formatting it again changes nothing.

    The comment block at the top is kept and the banners that the OWL API writes are dropped. Any other
    comment would be lost: raises ``DataError`` that names each one, unless ``drop_comments``. Raises
    ``InputError`` when the text is not Turtle.
    """
    quads = read_text(text, ox.RdfFormat.TURTLE, place)
    for quad in quads:
        if isinstance(quad.object, ox.Triple):
            raise InputError(
                "a triple about a triple cannot be kept",
                place=place,
                hint="ontology tools reject it; make the statement a node of its own",
            )
    lost = [] if drop_comments else other_comments(text)
    if lost:
        raise DataError(
            "comments inside the file would be lost:"
            + "".join(f"\n    line {line}: {comment}" for line, comment in lost),
            place=f"{place}:{lost[0][0]}",
            hint="say it with rdfs:comment or skos:note, move it to the top, or --drop-comments",
        )
    parser = ox.parse(text, ox.RdfFormat.TURTLE)
    # The parser knows a prefix once it has read past it, so the text is read to its end first.
    for _ in parser:
        pass
    if saved_by_owl_api(text):
        quads = without_declarations(quads)
    body = Layout(Shape(quads), dict(parser.prefixes)).text()
    head = leading_comment(text)
    return (f"{head}\n\n" if head else "") + body
