"""Commands that find what is wrong: ``validate`` and ``reason``."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from pathlib import Path

from atmp_graph import homes
from atmp_graph.cli.progress import Progress
from atmp_graph.export.rdf import FORMATS
from atmp_graph.knowledge import Home, Knowledge, read, read_paths
from atmp_graph.reason import Clash, Inferences, find_clashes
from atmp_graph.validate import validate as run
from atmp_graph.vocabulary import compact


def validate(options: Namespace) -> int:
    """Check data against shapes and print the report; exit code 1 if a rule is broken."""
    with Progress("validating"):
        if options.paths and options.shapes:
            quads, places = read_paths([Path(path) for path in options.paths])
            shapes, _ = read_paths([Path(path) for path in options.shapes])
        else:
            knowledge = read(_home(options))
            places, shapes = knowledge.places, knowledge.shapes
            if options.paths:
                # Our shapes name our classes, so that the ontology belongs to whatever they are held against.
                given, places = read_paths([Path(path) for path in options.paths])
                quads = given + knowledge.ontology
            else:
                quads = knowledge.quads
            if options.shapes:
                shapes, _ = read_paths([Path(path) for path in options.shapes])
            quads = quads + Inferences(quads).quads()
        report = run(quads, shapes)
    if options.format == "text":
        sys.stdout.write(report.text(options.lang, lambda result: places.find(*result.parts)))
    elif options.format == "json":
        sys.stdout.write(report.json(lambda result: places.find(*result.parts)))
    else:
        sys.stdout.buffer.write(report.rdf(FORMATS[options.format]))
    return 0 if report.ok else 1


def check(options: Namespace) -> int:
    """Look for what is untidy or misleading, and with ``--sources`` for what is left out; exit code 1 on an
    error.
    """
    from atmp_graph.check import check as run_check
    from atmp_graph.check import check_sources

    home = _home(options)
    with Progress("checking") as progress:
        findings, asked = run_check(home, Path(homes.find_rules(str(home.root))))
        summary = f"{asked} rules"
        if options.sources:
            progress.step("against the sources")
            more, seen = check_sources(home, Path(options.sources))
            findings = sorted([*findings, *more], key=lambda finding: finding.severity != "error")
            summary += f"; {seen.sections} sections, {seen.lines} lines, {seen.numbers} numbers"
            summary += f" and {seen.names} names held against the sources"
    for finding in findings:
        print(f"{finding.place or finding.rule}: {finding.severity}: {finding.message} ({finding.rule})")
        if finding.hint:
            print(f"    hint: {finding.hint}")
    errors = sum(finding.severity == "error" for finding in findings)
    print(f"{errors} errors, {len(findings) - errors} warnings ({summary})")
    return 1 if errors else 0


def reason(options: Namespace) -> int:
    """Infer, look for contradictions and print both; exit code 1 if there is a contradiction."""
    home = _home(options)
    with Progress("reasoning") as progress:
        progress.step("reading")
        knowledge = read(home)
        rules = {home.name(path): path.read_text(encoding="utf-8") for path in home.rule_files()}
        progress.step("inferring")
        inferences = Inferences(knowledge.quads, rules, strict=True)
        progress.step("looking for contradictions")
        clashes = find_clashes(inferences)
    by_rule = Counter(rule for rule, _ in inferences.reasons.values())
    kinds = ", ".join(f"{count} by {rule}" for rule, count in by_rule.most_common())
    print(
        f"{len(inferences.reasons)} statements follow from {len(knowledge.quads)}"
        + (f": {kinds}" if kinds else "")
    )
    for clash in clashes:
        print("\n".join(_explained(clash, inferences, knowledge)))
    print(
        f"{len(clashes)} contradiction{'s' if len(clashes) != 1 else ''}" if clashes else "no contradiction"
    )
    if options.profile == "dl":
        from atmp_graph.cli.reasoning import by_hermit

        return by_hermit(knowledge, explained=bool(clashes))
    return 1 if clashes else 0


def _explained(clash: Clash, inferences: Inferences, knowledge: Knowledge) -> list[str]:
    facts = inferences.facts
    lines = [f"contradiction: {clash.rule}: {_shown(facts.term(clash.subject))}"]
    for fact in clash.because:
        terms = [facts.term(number) for number in fact]
        values = [str(getattr(term, "value", "")) for term in terms]
        place = knowledge.places.find(*values)
        lines.append(
            f"  because {' '.join(_shown(term) for term in terms)}" + (f"\n    at {place}" if place else "")
        )
    return lines


def _shown(term: object) -> str:
    text = str(term)
    return compact(text[1:-1]) if text.startswith("<") else text


def _home(options: Namespace) -> Home:
    return Home(Path(homes.find_home(options.home)))
