"""A question: what it asks in both languages, what it takes, what its answer's columns are, and its query.

Light to import: the command line reads the questions of a release on every start.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Iri, Literal, Term
from atmp_graph.vocabulary import CONCEPT, ID, PREFIXES, expand

TYPES = ("iri", "text", "number", "integer", "date", "boolean", "concept")
"""Types of columns and parameters; ``concept`` is an IRI from a concept scheme."""

LANGUAGES = ("en", "sv")

_XSD = PREFIXES["xsd"]
_DATATYPES = {"number": "decimal", "integer": "integer", "date": "dateTime", "boolean": "boolean"}


class Labelled(NamedTuple):
    """A text in both languages."""

    en: str
    sv: str

    def text(self, lang: str) -> str:
        """The text in ``sv``, or else in English."""
        return self.sv if lang == "sv" else self.en


class Column(NamedTuple):
    """A column of the answer: the query's variable, a type of ``TYPES``, a heading."""

    name: str
    type: str
    label: Labelled


class Param(NamedTuple):
    """Something the asker may set: the query's variable, its type, its value if nobody sets it (``""``:
    none).
    """

    name: str
    type: str
    default: str
    label: Labelled

    def term(self, value: str) -> Term:
        """The value as a term of the parameter's type; raises ``InputError`` if it is not one."""
        if self.type in ("iri", "concept"):
            return Iri(self._iri(value))
        if self.type == "text":
            return Literal(value)
        if self.type == "date" and len(value) == 10:
            value += "T00:00:00Z"
        self._check(value)
        return Literal(value, datatype=_XSD + _DATATYPES[self.type])

    def _iri(self, value: str) -> str:
        try:
            own = CONCEPT if self.type == "concept" else ID
            iri = expand(value) if ":" in value else own + value
        except KeyError:
            raise self._error(f"the prefix of {value} is not known", ", ".join(PREFIXES)) from None
        if not value or any(char in iri for char in ' <>"{}|\\^`') or not iri.isprintable():
            raise self._error(f"{value!r} is not an IRI", "write prefix:name, such as id:vinnova")
        return iri

    def _check(self, value: str) -> None:
        try:
            if self.type == "date":
                from datetime import datetime  # noqa: PLC0415 - only where a date is asked for

                datetime.fromisoformat(value)
            elif self.type == "boolean":
                {"true": 1, "false": 0}[value]
            else:
                int(value) if self.type == "integer" else float(value)
        except (ValueError, KeyError):
            example = {"date": "2021-10-01", "boolean": "true", "integer": "3"}.get(self.type, "3.5")
            raise self._error(f"{value!r} is not of type {self.type}", f"write it as {example}") from None

    def _error(self, message: str, hint: str) -> InputError:
        return InputError(f"parameter {self.name}: {message}", hint=hint)


class Question(NamedTuple):
    """One file of ``questions/``. ``name`` is the file's stem, ``query`` the SPARQL with its PREFIX lines."""

    id: str
    name: str
    title: Labelled
    description: Labelled
    audience: str
    kind: str
    theme: str
    columns: tuple[Column, ...]
    params: tuple[Param, ...]
    query: str
    place: str = ""

    def bindings(self, lang: str, given: dict[str, str]) -> dict[str, Term]:
        """What is bound before the query runs: ``lang`` and each parameter that has a value.

        ``given`` maps parameter names to texts; an empty text takes a default away. Raises ``InputError``
        for a name the question does not have or a value of the wrong type.
        """
        if lang not in LANGUAGES:
            raise InputError(f"there is no answer in {lang!r}", hint="languages: en, sv")
        known = {param.name: param for param in self.params}
        for name in given:
            if name not in known:
                names = ", ".join(known) or "none"
                raise InputError(
                    f"question {self.id} has no parameter {name}", hint=f"its parameters: {names}"
                )
        bound: dict[str, Term] = {"lang": Literal(lang)}
        for param in self.params:
            value = given.get(param.name, param.default)
            if value:
                bound[param.name] = param.term(value)
        return bound

    def as_json(self) -> dict[str, Any]:
        """The question as plain JSON values."""
        fields = self._asdict()
        fields["columns"] = [[c.name, c.type, *c.label] for c in self.columns]
        fields["params"] = [[p.name, p.type, p.default, *p.label] for p in self.params]
        return fields

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Question:
        """The question that ``as_json`` wrote."""
        rest = dict(fields)
        rest["title"], rest["description"] = Labelled(*rest["title"]), Labelled(*rest["description"])
        rest["columns"] = tuple(Column(c[0], c[1], Labelled(c[2], c[3])) for c in rest["columns"])
        rest["params"] = tuple(Param(p[0], p[1], p[2], Labelled(p[3], p[4])) for p in rest["params"])
        return cls(**rest)


def find(questions: list[Question], name: str) -> Question:
    """The question with this id or file name, or the only one whose name holds the text.

    Raises ``InputError`` that names the nearest ones.
    """
    wanted = name.lower().removesuffix(".rq")
    for question in questions:
        if wanted in (question.id.lower(), question.name.lower()):
            return question
    partly = [question for question in questions if wanted and wanted in question.name.lower()]
    if len(partly) == 1:
        return partly[0]
    from difflib import get_close_matches  # noqa: PLC0415 - only for an error

    near = [question.name for question in partly] or get_close_matches(
        wanted, [question.name for question in questions], 5, 0.4
    )
    hint = f"did you mean {', '.join(near)}?" if near else "atmp-graph ask lists them all"
    what = "more than one question fits" if partly else "there is no question"
    raise InputError(f"{what} {name!r}", hint=hint)
