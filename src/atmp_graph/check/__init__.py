"""Is the knowledge well kept? Ontology, catalogue, canonical form, evidence, and coverage of the sources.

A build refuses what is wrong; a check also names what is untidy, misleading or unused. Each rule about the
ontology is a query in ``checks/``, so that adding one needs no Python.
"""

from __future__ import annotations

from pathlib import Path

from atmp_graph.check.catalogue import catalogue_findings
from atmp_graph.check.coverage import Coverage, coverage_findings
from atmp_graph.check.form import form_findings
from atmp_graph.check.model import Finding
from atmp_graph.check.rules import Rule, read_rules, rule_findings
from atmp_graph.knowledge import Home, read

__all__ = ["Coverage", "Finding", "Rule", "check", "check_sources", "read_rules"]


def check(home: Home, rules_folder: Path) -> tuple[list[Finding], int]:
    """Every finding about the home, worst first, and the number of rules that were asked.

    Raises ``ManyErrors`` when a file of the home cannot be read, ``InputError`` for a rule that cannot.
    """
    knowledge = read(home)
    rules = read_rules(rules_folder)
    findings = [
        *form_findings(home),
        *catalogue_findings(home),
        *rule_findings(rules, knowledge),
    ]
    return sorted(findings, key=lambda each: (each.severity != "error", each.place)), len(rules) + 2


def check_sources(home: Home, folder: Path) -> tuple[list[Finding], Coverage]:
    """What the sections leave out or no longer match, and how much was looked at.

    ``folder`` holds the source files under the names that each ``atmp:sourceFile`` gives.
    """
    return coverage_findings(read(home), folder)
