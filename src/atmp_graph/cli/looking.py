"""``search``, ``show`` and ``why``: find a thing, read all that is said of it, learn who says so."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from atmp_graph import describe, evidence
from atmp_graph import search as searching
from atmp_graph.cli.answers import language, place_text
from atmp_graph.cli.releases import release_folder
from atmp_graph.cli.table import rows_text, table, terminal_width
from atmp_graph.errors import InputError
from atmp_graph.store.direct import DirectStore
from atmp_graph.store.protocol import Iri
from atmp_graph.vocabulary import ATMP, ID, PREFIXES, compact, expand

_WORDS = {
    "en": {
        "name": "Name",
        "kind": "Kind",
        "thing": "Thing",
        "words": "Found in",
        "nothing": "Nothing found.",
        "also": "also called",
        "derived": "(follows from the ontology)",
        "disputes": "Where the sources disagree",
    },
    "sv": {
        "name": "Namn",
        "kind": "Slag",
        "thing": "Sak",
        "words": "Funnet i",
        "nothing": "Inget hittades.",
        "also": "kallas även",
        "derived": "(följer av ontologin)",
        "disputes": "Där källorna är oense",
    },
}


def search(options: Namespace) -> int:
    """Print the things that fit a text, best first."""
    lang = options.lang or language()
    index = Path(release_folder(options)) / "search.sqlite"
    hits = searching.search(index, " ".join(options.text), lang, options.limit)
    words = _WORDS[lang]
    if options.format == "json":
        print(json.dumps([hit._asdict() for hit in hits], ensure_ascii=False, indent=1))
    elif not hits:
        print(words["nothing"])
    else:
        rows = [
            [hit.label, hit.kind, compact(hit.iri), "" if hit.snippet == hit.label else hit.snippet]
            for hit in hits
        ]
        headings = [words["name"], words["kind"], words["thing"], words["words"]]
        sys.stdout.write(table(headings, rows, terminal_width()))
    return 0


def show(options: Namespace) -> int:
    """Print everything said of a thing, in both directions, with the sections that say it."""
    lang = options.lang or language()
    folder = release_folder(options)
    store = _store(folder)
    told = describe.describe(store, _thing(store, folder, options.thing, lang), lang)
    if options.format == "json":
        print(json.dumps(_plain(told), ensure_ascii=False, indent=1))
        return 0
    words = _WORDS[lang]
    out = [told.labels.get(lang) or next(iter(told.labels.values()), compact(told.iri))]
    out.append(" · ".join([compact(told.iri), *told.kinds]))
    others = dict.fromkeys(line.text for line in told.names if line.text != out[0])
    if others:
        out.append(f"{words['also']}: {', '.join(others)}")
    for group in told.groups:
        out += ["", group.title if group.forward else f"← {group.title}"]
        rows = [
            [_value(line), _places(line.places) or (words["derived"] if line.derived else "")]
            for line in group.lines
        ]
        out.append(rows_text(rows, terminal_width(), indent=4))
    print("\n".join(out))
    return 0


def why(options: Namespace) -> int:
    """Print who says what of a thing, section by section, and who disagrees."""
    lang = options.lang or language()
    folder = release_folder(options)
    store = _store(folder)
    thing = _thing(store, folder, options.thing, lang)
    property_ = _property(options.property) if options.property else None
    found = evidence.why(store, thing, property_, lang)
    if options.format == "json":
        print(json.dumps(_plain(found), ensure_ascii=False, indent=1))
        return 0
    out: list[str] = []
    for place in dict.fromkeys(said.place for said in found.said):
        out += ["", f"{place.source}: {place.heading}"]
        told = [said for said in found.said if said.place == place]
        rows = [[said.name if said.forward else f"← {said.name}", said.shown] for said in told]
        out.append(rows_text(rows, terminal_width(), indent=4))
    if found.disputes:
        out += ["", _WORDS[lang]["disputes"]]
    for dispute in found.disputes:
        out.append(f"    {dispute.label}" + (f" ({dispute.kind})" if dispute.kind else ""))
        rows = [[_place(side.place), side.saying] for side in dispute.sides]
        text = [["", dispute.text]] if dispute.text else []
        out.append(rows_text([*rows, *text], terminal_width(), indent=8))
    print("\n".join(out[1:]))
    return 0


def _store(folder: str) -> DirectStore:
    return DirectStore.open(folder, os.path.basename(folder))


def _thing(store: DirectStore, folder: str, name: str, lang: str) -> str:
    """The IRI that a person means: an IRI, ``prefix:name``, the end of an IRI of ours, or a name that only
    one thing has.
    """
    if ":" in name:
        return _expanded(name)
    known = "ASK { { ?thing ?p ?o } UNION { ?s ?p ?thing } }"
    if " " not in name and all(char.isalnum() or char in "-_" for char in name):
        for namespace in (ID, ATMP, PREFIXES["concept"]):
            if store.ask(known, thing=Iri(namespace + name)):
                return namespace + name
    hits = searching.search(Path(folder) / "search.sqlite", name, lang, 5)
    wanted = searching.fold(name)
    exact = [hit for hit in hits if wanted in (searching.fold(hit.label), searching.fold(hit.snippet))]
    fitting = exact or [hit for hit in hits if wanted in searching.fold(f"{hit.label} {hit.snippet}")]
    if len(fitting) == 1:
        return fitting[0].iri
    near = ", ".join(f"{compact(hit.iri)} ({hit.label})" for hit in fitting or hits)
    if not fitting:
        hint = f"near it: {near}" if near else "atmp-graph search finds parts of names"
        raise InputError(f"nothing is called {name!r}", hint=hint)
    raise InputError(f"more than one thing fits {name!r}", hint=f"choose one: {near}")


def _property(name: str) -> str:
    return _expanded(name) if ":" in name else ATMP + name


def _expanded(name: str) -> str:
    try:
        return expand(name)
    except KeyError as error:
        raise InputError(
            f"the prefix of {name} is not known", hint=f"known: {', '.join(PREFIXES)}"
        ) from error


def _value(line: describe.Line) -> str:
    return f"{line.text} ({line.kind})" if line.kind and line.kind != line.text else line.text


def _places(places: Sequence[describe.Place]) -> str:
    return "\n".join(_place(place) for place in places)


def _place(place: describe.Place | evidence.Place) -> str:
    return place_text(place.source, place.heading)


def _plain(value: object) -> object:
    """Named tuples as objects, for JSON."""
    if hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
