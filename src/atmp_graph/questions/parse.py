"""Question files: a header of comment lines, then one SELECT.

# id: q01                          # title@en: …          # title@sv: … # description@en: …                #
description@sv: … # audience: developer              # kind: list           # theme: manufacturing # column
facility: iri | Facility | Anläggning # param stage: concept = concept:stage-ema-review | Stage | Steg

Adding a file adds a page, an API route, a command and a test; so a file that is not whole is refused, with
its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from atmp_graph.errors import AtmpGraphError, InputError, ManyErrors
from atmp_graph.questions.model import TYPES, Column, Labelled, Param, Question
from atmp_graph.sparqltext import projected, selects, tokens
from atmp_graph.vocabulary import PREFIXES

OFFERED = ("atmp", "concept", "dcterms", "id", "rdf", "rdfs", "skos", "xsd")
"""The prefixes that a question may use without declaring them."""

_LINE = re.compile(r"#\s*([A-Za-z]+(?:@\w+)?)(?:\s+(\w+))?\s*:\s*(.*?)\s*$")
_TEXTS = ("title@en", "title@sv", "description@en", "description@sv", "id", "audience", "kind", "theme")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


def read_questions(paths: Iterable[Path], root: Path) -> list[Question]:
    """The questions of these files in the order of their ids; raises one ``ManyErrors`` for all that is
    wrong.
    """
    errors: list[AtmpGraphError] = []
    found: dict[str, Question] = {}
    for path in paths:
        place = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        try:
            question = parse_question(path.read_text(encoding="utf-8"), path.stem, place)
        except InputError as error:
            errors.append(error)
            continue
        except UnicodeDecodeError:
            errors.append(InputError("this file is not UTF-8 text", place=place))
            continue
        other = found.setdefault(question.id, question)
        if other is not question:
            errors.append(
                InputError(
                    f"the id {question.id} is taken by {other.place}", place=place, hint="choose another"
                )
            )
    if errors:
        raise ManyErrors(errors)
    return sorted(found.values(), key=lambda question: (len(question.id), question.id))


def parse_question(text: str, name: str, place: str) -> Question:
    """The question that a file's text holds; raises ``InputError`` with ``place:line``.

    ``name`` is the file's stem, ``place`` the file as a person would name it.
    """
    header = _Header(place)
    lines = text.splitlines()
    at = 0
    while at < len(lines) and (lines[at].startswith("#") or not lines[at].strip()):
        header.read(lines[at], at + 1)
        at += 1
    query = "\n".join(lines[at:]).strip()
    header.check_whole()
    _check_query(query, header, place, at + 1)
    fields = {key: header.texts[key] for key in ("id", "audience", "kind", "theme")}
    return Question(
        **fields,
        name=name,
        title=header.both("title"),
        description=header.both("description"),
        columns=tuple(header.columns),
        params=tuple(header.params),
        query=_with_prefixes(query),
        place=place,
    )


def dumps(questions: Iterable[Question]) -> str:
    """The questions as a JSON text, for a release."""
    return json.dumps([question.as_json() for question in questions], ensure_ascii=False, indent=1) + "\n"


class _Header:
    def __init__(self, place: str) -> None:
        self.place = place
        self.texts: dict[str, str] = {}
        self.columns: list[Column] = []
        self.params: list[Param] = []

    def read(self, line: str, number: int) -> None:
        """Take in one line; raises ``InputError`` if it says nothing we know."""
        if not line.strip("# \t"):
            return
        place = f"{self.place}:{number}"
        match = _LINE.match(line)
        if match is None:
            raise InputError(
                "a header line reads `# key: value`", place=place, hint="other comments go below SELECT"
            )
        key, name, value = match[1], match[2], match[3]
        if key in ("column", "param") and name:
            self._typed(key, name, value, place)
        elif key in _TEXTS and not name:
            if key in self.texts or not value:
                raise InputError(f"{key} is {'given twice' if value else 'empty'}", place=place)
            self.texts[key] = value
        else:
            near = get_close_matches(key, [*_TEXTS, "column", "param"], 1)
            hint = (
                f"did you mean {near[0]}?" if near else f"known: {', '.join(_TEXTS)}, column NAME, param NAME"
            )
            raise InputError(f"the header has no key {key!r}", place=place, hint=hint)

    def both(self, key: str) -> Labelled:
        """A text of the header in both languages."""
        return Labelled(self.texts[f"{key}@en"], self.texts[f"{key}@sv"])

    def check_whole(self) -> None:
        """Raise ``InputError`` for what is missing."""
        missing = [key for key in _TEXTS if key not in self.texts]
        if missing:
            raise InputError(
                f"the header lacks {', '.join(missing)}",
                place=f"{self.place}:1",
                hint=f"add # {missing[0]}: …",
            )
        if not self.columns:
            hint = "add # column NAME: TYPE | English | Swedish"
            raise InputError("the header names no column", place=f"{self.place}:1", hint=hint)
        if not _NAME.fullmatch(self.texts["id"]):
            raise InputError(
                f"the id {self.texts['id']!r} is not lower-case letters, digits and hyphens", place=self.place
            )

    def _typed(self, key: str, name: str, value: str, place: str) -> None:
        parts = [part.strip() for part in value.split("|")]
        shape = f"# {key} {name}: TYPE{' = DEFAULT' if key == 'param' else ''} | English | Swedish"
        if len(parts) != 3 or not all(parts):
            raise InputError(f"a {key} needs a type and two labels", place=place, hint=f"write {shape}")
        kind, _, default = (each.strip() for each in parts[0].partition("="))
        label = Labelled(parts[1], parts[2])
        if kind not in TYPES or (key == "column" and default):
            raise InputError(f"{parts[0]!r} is not a type", place=place, hint=f"types: {', '.join(TYPES)}")
        if name in {c.name for c in self.columns} | {p.name for p in self.params}:
            raise InputError(f"{name} is declared twice", place=place)
        if key == "column":
            self.columns.append(Column(name, kind, label))
            return
        param = Param(name, kind, default, label)
        if default:
            try:
                param.term(default)
            except InputError as error:
                raise InputError(error.message, place=place, hint=error.hint) from None
        self.params.append(param)


def _check_query(query: str, header: _Header, place: str, line: int) -> None:
    found = tokens(query)
    outer = next(selects(found), None)
    where = f"{place}:{line}"
    if outer is None:
        raise InputError("a question is one SELECT", place=where, hint="write it below the header")
    given = projected(found, outer)
    for column in header.columns:
        if column.name not in given:
            raise InputError(
                f"the query does not give out ?{column.name}", place=where, hint="name it after SELECT"
            )
    if "section" not in given:
        hint = "match facts inside GRAPH ?section { … } and give out ?section"
        raise InputError(
            "the query does not give out ?section, so no row could show its evidence", place=where, hint=hint
        )
    used = {token.text[1:] for token in found if token.kind == "variable"}
    for param in header.params:
        if param.name not in used:
            raise InputError(f"the query does not use the parameter ?{param.name}", place=where)


def _with_prefixes(query: str) -> str:
    used = {token.text.split(":", 1)[0] for token in tokens(query) if token.kind == "name"}
    declared = set(re.findall(r"(?im)^\s*PREFIX\s+(\w*):", query))
    lines = [f"PREFIX {name}: <{PREFIXES[name]}>" for name in OFFERED if name in used - declared]
    return "\n".join([*lines, query]) + "\n"
