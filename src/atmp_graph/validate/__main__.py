"""``python -m atmp_graph.validate [PATH …]``: the rules over the data of the home, for authors."""

from __future__ import annotations

import sys
from pathlib import Path

import pyoxigraph as ox

from atmp_graph.errors import AtmpGraphError
from atmp_graph.homes import find_home
from atmp_graph.knowledge import Home, read
from atmp_graph.reading import read_file
from atmp_graph.validate.run import validate


def main(paths: list[str]) -> int:
    """Check the whole home; with paths, show only the findings about what those files describe."""
    try:
        knowledge = read(Home(Path(find_home())))
        subjects = {_value(q.subject) for path in paths for q in read_file(Path(path))}
        report = validate(knowledge.quads, knowledge.shapes)
    except AtmpGraphError as error:
        sys.stderr.write(f"{error}\n{error.hint}\n")
        return error.exit_code
    if paths:
        report = report.only(lambda result: str(result.focus) in subjects)
    sys.stdout.write(report.text("en", lambda result: knowledge.places.find(*result.parts)))
    return 0 if report.ok else 1


def _value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
