"""The short way for ``query`` and ``ask`` in a shell loop: arguments read by hand, one query, out.

``argparse``, the store's protocol and the interpreter's own tidying up cost more than the query. Only plain
calls that succeed end here; everything else, and every error, goes the full way, and a test holds that both
say the same.
"""

from __future__ import annotations

import os
import sys

from atmp_graph import homes, inputs
from atmp_graph.errors import AtmpGraphError
from atmp_graph.vocabulary import ATMP, PREFIXES

TYPE_CHECKING = False  # typing costs 3 ms at each start; type checkers know this name
if TYPE_CHECKING:
    from atmp_graph.store.quick import Quick

FORMATS = ("table", "csv", "tsv", "json", "xml")

_RDFS, _SKOS = PREFIXES["rdfs"], PREFIXES["skos"]
_LABELS = (_RDFS + "label", _SKOS + "prefLabel")
_HEADING, _SOURCE = ATMP + "heading", ATMP + "isSectionOf"


def answer(arguments: list[str]) -> bytes | None:
    """What to print for these arguments, or ``None`` if they need the full way."""
    home, rest = (arguments[1], arguments[2:]) if arguments[:1] == ["--home"] else (None, arguments)
    if rest[:1] == ["ask"]:
        return _ask(home, rest[1:])
    found = _options(rest[1:], ("-e", "--format")) if rest[:1] == ["query"] else None
    if found is None or found["-e"] is None or found["--format"] not in (None, *FORMATS):
        return None
    folder = _release(home)
    return _run(folder, found["-e"], found["--format"] or "table") if folder else None


def _options(rest: list[str], known: tuple[str, ...]) -> dict[str, str | None] | None:
    """Values of options that stand apart from their names, each at most once; ``None`` if there is anything
    else.
    """
    found: dict[str, str | None] = dict.fromkeys(known)
    if len(rest) % 2:
        return None
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        if option not in found or found[option] is not None or value.startswith("-"):
            return None
        found[option] = value
    return found


def _release(home: str | None) -> str | None:
    """The folder of the release if nothing has changed since it was built."""
    try:
        root = homes.find_home(home)
        cache = homes.find_cache(root)
        folder = homes.current_release(cache)
        fresh = folder and folder.rpartition(os.sep)[2] == inputs.fresh(root, cache)
    except (AtmpGraphError, OSError):
        return None
    return folder if fresh else None


def _run(folder: str, text: str, name: str) -> bytes | None:
    from atmp_graph.store.quick import Quick, shown

    store = Quick(folder)
    if name != "table":
        content = store.serialised(text, name)
        return content if content is None or content.endswith(b"\n") else content + b"\n"
    result = store.select(text)
    if result is None:
        return None
    if isinstance(result, bool):
        return b"true\n" if result else b"false\n"
    if sys.stderr.isatty():
        return None
    from atmp_graph.cli.table import table, terminal_width

    columns, rows = result
    return table(columns, [[shown(term) for term in row] for row in rows], terminal_width()).encode()


def _ask(home: str | None, rest: list[str]) -> bytes | None:
    """The answer of a question by its id or whole name, with its parameters left alone, as a table."""
    found = _options(rest[1:], ("--lang",))
    if not rest or rest[0].startswith("-") or found is None or found["--lang"] not in (None, "en", "sv"):
        return None
    folder = _release(home)
    if folder is None:
        return None
    from atmp_graph.cli.answers import answer_table, language
    from atmp_graph.ready import read

    lang = found["--lang"] or language()
    ready = read(os.path.join(folder, "ready"), rest[0], lang)
    if ready is None:
        return None
    from atmp_graph.store.quick import Quick, is_iri, plain

    title, columns, query = ready
    store = Quick(folder)
    result = store.select(query)
    if not isinstance(result, tuple):
        return None
    at = [result[0].index(name) for name, _, _ in columns]
    section = result[0].index("section")
    cells = [[row[index] for index in at] for row in result[1]]
    labels = _labels(store, {plain(cell) for row in cells for cell in row if is_iri(cell)}, lang)
    sections = [plain(row[section]) for row in result[1]]
    places = _places(store, set(sections) - {""}, lang)
    rows = [
        [labels.get(plain(cell), plain(cell)) if is_iri(cell) else plain(cell) for cell in row]
        for row in cells
    ]
    return answer_table(title, columns, rows, [places.get(each, "") for each in sections], lang).encode()


def _labels(store: Quick, iris: set[str], lang: str) -> dict[str, str]:
    """A label of each IRI: in this language, else in the first that it has, else the end of the IRI."""
    found = {}
    for iri, values in store.values(iris, _LABELS).items():
        order = sorted((language != lang, language, value) for _, value, language in values)
        found[iri] = order[0][2] if order else iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
    return found


def _places(store: Quick, sections: set[str], lang: str) -> dict[str, str]:
    """Source and heading of each section: the heading as printed if there is one."""
    from atmp_graph.cli.answers import place_text

    told = store.values(sections, (_HEADING, _SOURCE, _LABELS[0]))
    sources = {value for values in told.values() for name, value, _ in values if name == _SOURCE}
    titles = store.values(sources, _LABELS[:1])
    found = {}
    for section, values in told.items():
        printed = [each for each in values if each[0] == _HEADING] or [
            v for v in values if v[0] == _LABELS[0]
        ]
        headings = sorted((language != lang, value) for _, value, language in printed)
        for source in [value for name, value, _ in values if name == _SOURCE][:1] if headings else ():
            title = next((value for _, value, language in titles[source] if language == lang), "")
            found[section] = place_text(title, headings[0][1])
    return found
