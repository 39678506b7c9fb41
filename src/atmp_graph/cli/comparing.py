"""``diff``: what changed in meaning between two releases."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from atmp_graph import homes
from atmp_graph.change import Change, Fact, SectionChange
from atmp_graph.change import diff as compare
from atmp_graph.cli.answers import language
from atmp_graph.errors import InputError
from atmp_graph.store.protocol import Iri, Literal
from atmp_graph.vocabulary import compact

_WORDS = {
    "en": {
        "same": "The two releases say the same.",
        "added": "Things that came",
        "removed": "Things that went",
        "renamed": "Things renamed",
        "facts": "Facts by section",
        "ontology": "Ontology",
        "derived": "follow anew",
        "lost": "no longer follow",
    },
    "sv": {
        "same": "De två utgåvorna säger samma sak.",
        "added": "Saker som tillkommit",
        "removed": "Saker som försvunnit",
        "renamed": "Saker som bytt namn",
        "facts": "Fakta per avsnitt",
        "ontology": "Ontologi",
        "derived": "följer på nytt",
        "lost": "följer inte längre",
    },
}


def diff(options: Namespace) -> int:
    """Print what the new release says and the old one does not, and the other way round."""
    lang = options.lang or language()
    home = homes.find_home(options.home) if options.home else None
    change = compare(_release(options.old, home), _release(options.new, home), lang)
    if options.format == "json":
        print(json.dumps(_plain(change), ensure_ascii=False, indent=1))
    else:
        print("\n".join(_lines(change, lang)))
    return 0


def _release(name: str, home: str | None) -> Path:
    """A release by its folder, or by its id (the beginning is enough) among those of the home."""
    if Path(name).is_dir():
        return Path(name)
    releases = Path(homes.find_cache(home or homes.find_home())) / "releases"
    found = sorted(releases.glob(f"{name}*")) if name.isalnum() else []
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(path.name for path in releases.glob("[!.]*"))) or "none"
    raise InputError(
        f"there is no release {name!r}", place=str(releases), hint=f"give a folder or an id: {known}"
    )


def _lines(change: Change, lang: str) -> list[str]:
    words = _WORDS[lang]
    if change.is_empty:
        return [words["same"]]

    def name(iri: str) -> str:
        return f"{compact(iri)} ({change.labels[iri]})" if iri in change.labels else compact(iri)

    out: list[str] = []
    for title, things in (("added", change.added), ("removed", change.removed)):
        if things:
            out += [
                words[title],
                *(f"    {'+' if title == 'added' else '-'} {name(iri)}" for iri in things),
                "",
            ]
    if change.renamed:
        out += [words["renamed"]]
        out += [
            f"    {compact(iri)}: {old} → {new}" for iri, (old, new) in sorted(change.renamed.items())
        ] + [""]
    for title, parts in (("facts", change.sections), ("ontology", change.ontology)):
        if parts:
            out += [words[title], *(line for part in parts for line in _section(part, change)), ""]
    gained, lost = change.derived
    out.append(f"{gained} {words['derived']}, {lost} {words['lost']}")
    return out


def _section(part: SectionChange, change: Change) -> list[str]:
    title = change.labels.get(part.graph)
    out = [f"    {title or ''} {compact(part.graph)}".replace("     ", "    ")]
    out += [f"        + {_fact(fact, change)}" for fact in part.added]
    return out + [f"        - {_fact(fact, change)}" for fact in part.removed]


def _fact(fact: Fact, change: Change) -> str:
    value = fact.value
    if isinstance(value, Iri):
        text = change.labels.get(value.value) or compact(value.value)
    elif isinstance(value, Literal):
        text = f"“{value.value}”" + (f" @{value.language}" if value.language else "")
    else:
        text = str(value)
    subject = change.labels.get(fact.subject) or compact(fact.subject)
    return f"{subject}: {change.labels.get(fact.property) or compact(fact.property)}: {text}"


def _plain(change: Change) -> dict[str, object]:
    def facts(part: tuple[Fact, ...]) -> list[list[str]]:
        return [[fact.subject, fact.property, str(fact.value)] for fact in part]

    def sections(parts: tuple[SectionChange, ...]) -> list[dict[str, object]]:
        return [{"graph": p.graph, "added": facts(p.added), "removed": facts(p.removed)} for p in parts]

    return {
        "added": list(change.added),
        "removed": list(change.removed),
        "renamed": {iri: list(pair) for iri, pair in change.renamed.items()},
        "sections": sections(change.sections),
        "ontology": sections(change.ontology),
        "derived": {"added": change.derived[0], "removed": change.derived[1]},
    }
