"""Finds things by any of their names or words, in both languages, forgiving about case, accents and endings.

The index is one SQLite file, written when a release is built; a search reads it and asks no engine.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from atmp_graph.errors import InputError
from atmp_graph.vocabulary import ATMP, BASE, PREFIXES

LANGUAGES = ("en", "sv")

_ROLES = {
    PREFIXES["rdfs"] + "label": 0,
    PREFIXES["skos"] + "prefLabel": 0,
    PREFIXES["skos"] + "altLabel": 1,
    PREFIXES["skos"] + "hiddenLabel": 1,
    ATMP + "abbreviation": 1,
    PREFIXES["dcterms"] + "title": 1,
    PREFIXES["skos"] + "definition": 2,
    ATMP + "summary": 2,
}
"""Property → how well a hit in it tells the thing: its label, another name of it, or words about it."""
_TYPE = PREFIXES["rdf"] + "type"
_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
_STATEMENT = ATMP + "QualifiedStatement"
_ALL_NAMES = 3
"""The role of all names of a thing taken together, for words that stand in different ones."""

_SHORTEST_INSIDE = 4
"""Letters that a text needs before it is looked for inside words; three stand in too many."""

_OWL = PREFIXES["owl"]
_TERMS = {
    _OWL + "Class": {"en": "class", "sv": "klass"},
    _OWL + "ObjectProperty": {"en": "property", "sv": "egenskap"},
    _OWL + "DatatypeProperty": {"en": "property", "sv": "egenskap"},
    _OWL + "AnnotationProperty": {"en": "property", "sv": "egenskap"},
    _OWL + "Ontology": {"en": "ontology module", "sv": "ontologimodul"},
}
"""What a term of the ontology is called; OWL's own classes have no label of ours."""

_SCHEMA = """
CREATE TABLE thing (
  iri TEXT PRIMARY KEY, label_en TEXT, label_sv TEXT, kind TEXT, kind_en TEXT, kind_sv TEXT,
  weight INTEGER, names TEXT
);
CREATE VIRTUAL TABLE words USING fts5(
  iri UNINDEXED, role UNINDEXED, lang UNINDEXED, text UNINDEXED, folded, tokenize = 'unicode61'
);
"""
_FIND = """
SELECT words.iri, role, lang, text, bm25(words) AS rank, thing.* FROM words JOIN thing USING (iri)
WHERE words MATCH ? ORDER BY weight, role, rank LIMIT 400
"""
_INSIDE = "SELECT * FROM thing WHERE names LIKE ? ESCAPE '!' ORDER BY weight, LENGTH(names), iri LIMIT ?"
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
"""Letters that Unicode does not take apart, as one types them who has no such key."""


class Hit(NamedTuple):
    """A thing found: its IRI, label and kind in the language asked for, and the words that matched."""

    iri: str
    label: str
    kind: str
    snippet: str


class _Thing(NamedTuple):
    labels: dict[str, str]
    kind: str
    weight: int


def build_index(path: Path, quads: Iterable[ox.Quad]) -> int:
    """Write the index of all things of ours that have a label; returns how many there are."""
    texts: defaultdict[str, set[tuple[int, str, str]]] = defaultdict(set)
    types: defaultdict[str, set[str]] = defaultdict(set)
    above: defaultdict[str, set[str]] = defaultdict(set)
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        subject, predicate = quad.subject.value, quad.predicate.value
        if predicate in _ROLES and isinstance(quad.object, ox.Literal):
            texts[subject].add((_ROLES[predicate], quad.object.language or "", quad.object.value))
        elif isinstance(quad.object, ox.NamedNode) and predicate == _TYPE:
            types[subject].add(quad.object.value)
        elif isinstance(quad.object, ox.NamedNode) and predicate == _SUBCLASS:
            above[subject].add(quad.object.value)
    names = {iri: _labels(told) for iri, told in texts.items()}
    with closing(sqlite3.connect(path)) as base, base:
        base.executescript(_SCHEMA)
        count = 0
        for iri in sorted(names):
            thing = _thing(iri, names[iri], types[iri], above)
            if thing is not None:
                kind = _TERMS.get(thing.kind) or names.get(thing.kind, {})
                _write(base, iri, thing, kind, sorted(texts[iri]))
                count += 1
        base.execute("INSERT INTO words(words) VALUES ('optimize')")
    return count


def _write(
    base: sqlite3.Connection, iri: str, thing: _Thing, kind: dict[str, str], told: list[tuple[int, str, str]]
) -> None:
    called = list(dict.fromkeys(fold(text) for role, _, text in told if role < 2))
    labels = (_in(thing.labels, each) for each in LANGUAGES)
    kinds = tuple(_in(kind, each) for each in LANGUAGES)
    row = (iri, *labels, thing.kind, *kinds, thing.weight, "\n".join(called))
    base.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    rows = [(iri, role, lang, text, fold(text)) for role, lang, text in told]
    together = " ".join(dict.fromkeys((*called, *(fold(each) for each in kinds))))
    rows.append((iri, _ALL_NAMES, "", next(text for role, _, text in told if role == 0), together))
    base.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?)", rows)


def search(path: Path, text: str, lang: str = "en", limit: int = 20) -> list[Hit]:
    """The things that match every word of ``text`` (the start of a word is enough), best first; if there is
    none, those that match some of them.

    A name that equals the text comes before one that contains it, a name before a description, and a thing
    before a statement about things. Raises ``InputError`` when there is no index at ``path``.
    """
    folded = fold(text)
    # Words only, each quoted: nothing of the text reaches FTS5 as syntax. T-cell is one phrase of two words.
    phrases = [" ".join(re.findall(r"\w+", part)) for part in folded.split()]
    wanted = [f'"{phrase}"*' for phrase in phrases if phrase]
    if not wanted:
        return []
    if not path.is_file():
        raise InputError("this release has no search index", place=str(path), hint="run: atmp-graph build")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
        base.row_factory = sqlite3.Row
        hits = _ranked(base.execute(_FIND, (" ".join(wanted),)).fetchall(), folded, lang, limit)
        if len(hits) < limit and len(folded) >= _SHORTEST_INSIDE:
            # A word inside another, as Swedish compounds them: terapi in genterapi.
            inside = "".join("!" + char if char in "%_!" else char for char in folded)
            seen = {hit.iri for hit in hits}
            rows = base.execute(_INSIDE, (f"%{inside}%", limit + len(seen))).fetchall()
            hits += [_hit(row, row[f"label_{lang}"], folded, lang) for row in rows if row["iri"] not in seen]
        if not hits and len(wanted) > 1:
            # Better some of the words than nothing.
            hits = _ranked(base.execute(_FIND, (" OR ".join(wanted),)).fetchall(), folded, lang, limit)
    return hits[:limit]


def _ranked(found: list[sqlite3.Row], folded: str, lang: str, limit: int) -> list[Hit]:
    best: dict[str, tuple[tuple[int, int, int, float], sqlite3.Row]] = {}
    for row in found:
        name = fold(row["text"]) if row["role"] < 2 else ""
        nearness = 0 if name == folded else 1 if name.startswith(folded) else 2
        score = (
            min(nearness, 1),
            row["weight"],
            2 * row["role"] + nearness,
            row["rank"] - (row["lang"] == lang),
        )
        if row["iri"] not in best or score < best[row["iri"]][0]:
            best[row["iri"]] = (score, row)
    ordered = sorted(best.values(), key=lambda each: (each[0], each[1]["iri"]))[:limit]
    return [_hit(row, row["text"], folded, lang) for _, row in ordered]


def _hit(row: sqlite3.Row, text: str, folded: str, lang: str) -> Hit:
    return Hit(
        row["iri"], row[f"label_{lang}"], row[f"kind_{lang}"], _snippet(text, folded.split(maxsplit=1)[0])
    )


def fold(text: str) -> str:
    """Text for comparing: no case, no accents (å as a), single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())


def _labels(told: Iterable[tuple[int, str, str]]) -> dict[str, str]:
    return {lang: text for role, lang, text in sorted(told, reverse=True) if role == 0}


def _in(labels: dict[str, str], lang: str) -> str:
    return labels.get(lang) or next(iter(labels.values()), "")


def _thing(iri: str, labels: dict[str, str], types: set[str], above: dict[str, set[str]]) -> _Thing | None:
    """A thing of ours with a label; its kind is the narrowest class it is said to have."""
    if not iri.startswith(BASE) or not labels:
        return None
    wider = {parent for kind in types for parent in _ancestors(kind, above)}
    kinds = sorted((kind for kind in types - wider), key=lambda kind: (not kind.startswith(ATMP), kind))
    about = iri.startswith((BASE + "graph/", ATMP)) or _STATEMENT in types | wider
    weight = 1 if about else 0
    return _Thing(labels, kinds[0] if kinds else "", weight)


def _ancestors(kind: str, above: dict[str, set[str]]) -> Iterator[str]:
    open_, seen = [kind], {kind}
    while open_:
        for parent in above.get(open_.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                open_.append(parent)
                yield parent


def _snippet(text: str, word: str, width: int = 120) -> str:
    """About ``width`` characters around the first word that matched."""
    if len(text) <= width:
        return text
    at = fold(text).find(fold(word))
    start = max(0, at - width // 3)
    return (
        ("…" if start else "")
        + text[start : start + width].strip()
        + ("…" if start + width < len(text) else "")
    )
