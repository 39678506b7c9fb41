"""Diagrams of the ontology: its modules, the classes of one, what leads in and out of a class, the model.

A property stands in a rounded box of its own between the classes it links; properties that link the same
classes share one, so that a picture shows few lines and every name is a link.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import deepcopy

from atmp_graph.vocabulary import ATMP, BASE, compact
from atmp_graph.web.diagram import Box, Diagram, Path, Text, draw
from atmp_graph.web.facts import Reader
from atmp_graph.web.filters import capitalize_first, href
from atmp_graph.web.language import gettext
from atmp_graph.web.ontology import Term
from atmp_graph.web.relations import CONCEPT_CLASS, PROPERTIES, defined_in, ends, is_anything

_PAGE = 1120
"""Pixels that a wide page has for a picture."""

_SIDE = 10
"""At most so many boxes of properties on each side of a class."""

_LINKS = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

MODEL = {
    "isSectionOf": ("Section", "Source"),
    "citesPublication": ("Citation", "Publication"),
    "supportsStatement": ("Citation", "QualifiedStatement"),
    "hasSide": ("Disagreement", "QualifiedStatement"),
    "searchedSource": ("Silence", "Source"),
    "assertedBy": ("Claim", "Agent"),
    "ofIndicator": ("Observation", "Indicator"),
    "fromFunder": ("FundingFlow", "Agent"),
    "toRecipient": ("FundingFlow", "Agent"),
    "offeredBy": ("CapabilityOffer", "Agent"),
    "atFacility": ("CapabilityOffer", "Facility"),
    "atStage": ("CapabilityOffer", "ValueChainStage"),
    "operatesFacility": ("Agent", "Facility"),
    "isLocatedIn": ("Agent", "Place"),
    "develops": ("Agent", "DevelopmentAsset"),
    "statusOf": ("DevelopmentStatus", "DevelopmentAsset"),
    "testsAsset": ("Study", "DevelopmentAsset"),
    "assignedTo": ("Responsibility", "Agent"),
    "participant": ("Participation", "Agent"),
    "inActivity": ("Participation", "Initiative"),
    "onActionPoint": ("ProposedDuty", "ActionPoint"),
    "belongsToProposal": ("ActionPoint", "Proposal"),
}
"""What a newcomer is shown of the model. A test holds that the ontology says each of these."""


class Drawing:
    """Boxes and lines of a picture in the making, for one reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.boxes: dict[str, Box] = {}
        self.paths: list[Path] = []

    def text(self, iri: str, words: str = "") -> Text:
        """The name of a term, as a link if it is one of ours."""
        target = href(iri) if iri.startswith(BASE) else ""
        return Text(words or self.reader.link(iri).label, target, compact(iri))

    def box(self, iri: str, kind: str, mark: str = "", more: Iterable[Text] = ()) -> str:
        """A box for a term, once; its key, which ``mark`` sets apart from the same term elsewhere."""
        key = mark + iri
        self.boxes.setdefault(key, Box(key, [self.text(iri), *more], kind))
        return key

    def classes(self, iris: set[str], near: set[str]) -> None:
        """Boxes for classes, with lines to the wider ones among ``near``; others are named in the box."""
        wider = {one: _wider(self.reader.ontology.terms[one]) for one in sorted(iris)}
        for one, above in wider.items():
            texts = [self.text(c) for c in above if c not in near]
            more = [text._replace(words=f"⊂ {text.words}", kind="small") for text in texts]
            self.box(one, "class", more=more)
        for one, above in wider.items():
            for c in above:
                if c in near:
                    self.line(one, c, "sub")

    def properties(self, iris: Iterable[str], kind: str = "property", mark: str = "") -> str:
        """One rounded box for properties that link the same things; its key."""
        names = sorted(iris)
        key = mark + " ".join(names)
        self.boxes[key] = Box(key, [self.text(iri) for iri in names], kind)
        return key

    def line(self, start: str, end: str, kind: str) -> None:
        """A line: ``sub`` to a wider class, ``of`` into a property, ``to`` what something points at."""
        self.paths.append(Path(start, end, kind))

    def finish(self, key: str, title: str, said: str = "") -> Diagram | None:
        """The picture, across if that fits a page, else the narrower way; ``None`` for a lone box.

        Its description says in words what the lines say.
        """
        if len(self.boxes) < 2:
            return None
        names = {b.key: ", ".join(t.words for t in b.texts if t.name) for b in self.boxes.values()}
        words = "; ".join(f"{names[p.start]} → {names[p.end]}" for p in self.paths)
        told = (title, said or how_to_read(), words)
        both = (deepcopy((list(self.boxes.values()), self.paths)) for _ in range(2))
        shapes = [draw(f"d-{key}", told, *some, downwards=n == 1) for n, some in enumerate(both)]
        return min(shapes, key=lambda d: (max(d.width, _PAGE), d.height))


def how_to_read() -> str:
    """What boxes and lines mean."""
    return gettext(
        "Square boxes are classes, rounded ones properties. An open arrow, or the sign ⊂, leads to a wider "
        "class; a filled arrow to what a property points at."
    )


def module_name(reader: Reader, iri: str) -> str:
    """A module by what sets it apart: its title after the colon."""
    return capitalize_first(reader.link(iri).label.rpartition(": ")[2])


def overview(reader: Reader) -> Diagram | None:
    """The modules; an arrow leads from each to those it builds on."""
    modules = reader.ontology.of_kind("module")
    drawing = Drawing(reader)
    for module in modules:
        sizes = _sizes(reader, module)
        text = drawing.text(module.iri, module_name(reader, module.iri))
        drawing.boxes[module.iri] = Box(module.iri, [text, *sizes], "module" if sizes else "module bare")
    direct = {m.iri: [i for i in m.all("owl", "imports") if i in drawing.boxes] for m in modules}
    for start, end in _needed(direct):
        drawing.line(start, end, "to")
    said = gettext("Each arrow leads from a module to one that it builds on.")
    return drawing.finish("modules", gettext("The modules of the ontology"), said)


def _sizes(reader: Reader, module: Term) -> list[Text]:
    wanted = (
        (gettext("classes"), ("class",)),
        (gettext("properties"), PROPERTIES),
        (gettext("lists"), ("scheme",)),
    )
    counted = [(len(defined_in(reader.ontology, module.iri, *kinds)), words) for words, kinds in wanted]
    return [Text(f"{number} {words}", kind="small") for number, words in counted if number]


def _needed(direct: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The imports that no chain of other imports makes for."""

    def beyond(start: str, seen: set[str]) -> set[str]:
        for one in direct.get(start, ()):
            if one not in seen:
                seen.add(one)
                beyond(one, seen)
        return seen

    return [
        (start, end)
        for start, some in sorted(direct.items())
        for end in sorted(some)
        if not any(end in beyond(other, set()) for other in some if other != end)
    ]


def of_module(reader: Reader, module: str) -> Diagram | None:
    """The classes that a module defines, what they are kinds of, and its properties between classes.

    A class of another module stands beside each property that leads to or from it, or is named under its
    kinds: lines across the whole picture would say no more.
    """
    ontology = reader.ontology
    own = {t.iri for t in defined_in(ontology, module, "class")}
    drawing = Drawing(reader)
    drawing.classes(own, own)
    links = {t.iri: _between(t) for t in defined_in(ontology, module, "object property")}
    for start, end, iris in _together({iri: pair for iri, pair in links.items() if all(pair)}):
        key = drawing.properties(iris)
        for one in start:
            drawing.line(one if one in own else drawing.box(one, "class foreign", f"<{key} "), key, "of")
        for one in end:
            drawing.line(key, one if one in own else drawing.box(one, "class foreign", f">{key} "), "to")
    name = module_name(reader, module)
    return drawing.finish("module", gettext("The classes of the module “%(name)s”", name=name))


def _together(links: _LINKS) -> list[tuple[tuple[str, ...], tuple[str, ...], list[str]]]:
    """Properties that link the same classes, with these."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for iri, pair in links.items():
        found[pair].append(iri)
    return [(start, end, sorted(iris)) for (start, end), iris in found.items()]


def _wider(term: Term) -> list[str]:
    return [iri for iri in term.all("rdfs", "subClassOf") if iri.startswith(BASE)]


def _between(term: Term) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes a property links, if it is one between things rather than to a word of a list."""
    told = ends(term)
    start, end = (tuple(c for c in side if not is_anything(c)) for side in (told.start, told.end))
    return start, tuple(c for c in end if c != CONCEPT_CLASS)


def of_model(reader: Reader) -> Diagram | None:
    """The main classes and how they hang together: what a newcomer sees first."""
    terms = reader.ontology.terms
    links = {
        ATMP + name: ((ATMP + start,), (ATMP + end,))
        for name, (start, end) in MODEL.items()
        if {ATMP + name, ATMP + start, ATMP + end} <= terms.keys()
    }
    shown = {c for start, end in links.values() for c in (*start, *end)}
    drawing = Drawing(reader)
    drawing.classes(shown, shown - {ATMP + "QualifiedStatement"})
    for start, end, iris in _together(links):
        key = drawing.properties(iris)
        drawing.line(start[0], key, "of")
        drawing.line(key, end[0], "to")
    return drawing.finish("model", gettext("The model in one picture"))


def of_class(reader: Reader, iri: str, into: Iterable[str], out: Iterable[str]) -> Diagram | None:
    """A class in the middle, with wider and narrower ones and its most used properties on both sides."""
    drawing = Drawing(reader)
    drawing.box(iri, "class here")
    narrower = [c for c in reader.ontology.below.get(iri, ()) if c.startswith(BASE)]
    for one in sorted(narrower)[: 2 * _SIDE]:
        drawing.line(drawing.box(one, "class", "<"), iri, "sub")
    for one in _wider(reader.ontology.terms[iri]):
        drawing.line(iri, drawing.box(one, "class", ">"), "sub")
    for far, names in _grouped(reader, into, out=False):
        key = drawing.properties(names, _manner(reader, iri, names, out=False), "<")
        drawing.line(key, iri, "to")
        for one in far:
            drawing.line(drawing.box(one, _kind(reader, one), "<"), key, "of")
    for far, names in _grouped(reader, out, out=True):
        key = drawing.properties(names, _manner(reader, iri, names, out=True), ">")
        drawing.line(iri, key, "of")
        for one in far:
            drawing.line(key, drawing.box(one, _kind(reader, one), ">"), "to")
    name = reader.link(iri).label
    return drawing.finish("class", gettext("What leads to and from “%(name)s”", name=name))


def _grouped(
    reader: Reader, properties: Iterable[str], *, out: bool
) -> list[tuple[tuple[str, ...], list[str]]]:
    """Properties that share their far end, together; the first few such groups."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name in properties:
        told = ends(reader.ontology.terms[name])
        far = (told.schemes or told.end) if out else told.start
        together.setdefault(tuple(c for c in far if not is_anything(c)), []).append(name)
    return list(together.items())[:_SIDE]


def _manner(reader: Reader, iri: str, names: Iterable[str], *, out: bool) -> str:
    """Whether a class is itself named by one of some properties, or only a wider one is."""
    told = [ends(reader.ontology.terms[name]) for name in names]
    named = {c for one in told for c in (one.start if out else one.end)}
    return "property" if iri in named else "property inherited"


def _kind(reader: Reader, iri: str) -> str:
    term = reader.ontology.terms.get(iri)
    if term and term.kind == "scheme":
        return "scheme"
    return "class" if iri.startswith(BASE) or (term and term.kind == "class") else "datatype"


def of_property(reader: Reader, iri: str) -> Diagram | None:
    """A property between the classes it leads from and to."""
    told = ends(reader.ontology.terms[iri])
    drawing = Drawing(reader)
    drawing.box(iri, "property here")
    for one in told.start:
        drawing.line(drawing.box(one, _kind(reader, one), "<"), iri, "of")
    for one in told.schemes or told.end:
        drawing.line(iri, drawing.box(one, _kind(reader, one), ">"), "to")
    return drawing.finish("property", gettext("What “%(name)s” links", name=reader.link(iri).label))
