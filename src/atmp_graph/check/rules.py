"""The rules in ``checks/``: a query each, with a title, why it matters, how to mend it, and how bad it is.

A rule selects ``?thing`` (what is at fault) and, where it helps, ``?what`` (a word on the fault). It sees the
ontology, the data, the shapes and what follows from them, each in its named graphs; plain patterns see all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, cast

from atmp_graph.check.model import Finding, Severity
from atmp_graph.errors import InputError
from atmp_graph.knowledge import Knowledge
from atmp_graph.reason import Inferences
from atmp_graph.store.direct import DirectStore
from atmp_graph.vocabulary import compact

_FIELD = re.compile(r"^# (title|why|mend|severity): (.+)$", re.MULTILINE)
_SEVERITIES = ("error", "warning")


class Rule(NamedTuple):
    """One check: the name of its file, its words and its query."""

    name: str
    title: str
    why: str
    mend: str
    severity: Severity
    query: str


def read_rules(folder: Path) -> list[Rule]:
    """The rules of a folder, by name. Raises ``InputError`` for one that lacks a field."""
    return [_read(path) for path in sorted(folder.glob("*.rq"))]


def _read(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    fields = dict(_FIELD.findall(text))
    missing = [name for name in ("title", "why", "mend", "severity") if name not in fields]
    if missing or fields["severity"] not in _SEVERITIES:
        raise InputError(
            f"a check needs the lines {', '.join(missing) or 'severity'}",
            place=str(path),
            hint="start the file with # title: … # why: … # mend: … # severity: error or warning",
        )
    severity = cast("Severity", fields["severity"])
    return Rule(path.stem, fields["title"], fields["why"], fields["mend"], severity, text)


def rule_findings(rules: Iterable[Rule], knowledge: Knowledge) -> Iterator[Finding]:
    """What the rules find, each with the place of the thing at fault."""
    home = knowledge.home
    authored = {home.name(path): path.read_text(encoding="utf-8") for path in home.rule_files()}
    follows = Inferences(knowledge.quads, authored).quads()
    store = DirectStore.of([*knowledge.quads, *knowledge.shapes, *follows])
    for rule in rules:
        for row in store.rows(rule.query).rows:
            thing = row["thing"].value
            what = f" ({row['what']})" if "what" in row else ""
            yield Finding(
                rule.severity,
                rule.name,
                f"{rule.title}: {compact(thing)}{what}",
                knowledge.places.find(thing),
                rule.mend,
            )
