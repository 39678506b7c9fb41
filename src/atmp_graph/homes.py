"""Where a home's four folders and its cache are, in plain strings.

Each start of the command passes through here, so this module imports nothing that costs a millisecond: no
``pathlib``, no ``dataclasses``. ``settings`` offers the same facts as ``Path`` values to everything else.
"""

from __future__ import annotations

import os

from atmp_graph.errors import InputError

FOLDERS = ("ontology", "data", "shapes", "questions")
"""The four folders of knowledge that make a home."""

PACKAGE = os.path.dirname(os.path.abspath(__file__))


def is_home(folder: str) -> bool:
    """True if the folder holds knowledge: at least an ontology or data."""
    return os.path.isdir(os.path.join(folder, "data")) or os.path.isdir(os.path.join(folder, "ontology"))


def find_home(given: str | None = None) -> str:
    """The absolute path of the home: the option, the environment, the checkout around this package, the
    wheel's own.

    Raises ``InputError`` when the folder asked for is not a home.
    """
    asked = given or os.environ.get("ATMP_GRAPH_HOME")
    if asked:
        home = os.path.abspath(os.path.expanduser(asked))
        if not is_home(home):
            raise InputError(
                "this folder is not a home: it has neither data/ nor ontology/",
                place=home,
                hint="give a folder that holds ontology/, data/, shapes/ and questions/",
            )
        return home
    checkout = os.path.dirname(os.path.dirname(PACKAGE))
    inside = os.path.join(PACKAGE, "home")
    if os.path.isfile(os.path.join(checkout, "pyproject.toml")) and is_home(checkout):
        return checkout
    if is_home(inside):
        return inside
    raise InputError(
        "found no knowledge to work on",
        place=inside,
        hint="give --home DIR, a folder that holds ontology/, data/, shapes/ and questions/",
    )


def find_rules(home: str) -> str:
    """The folder with the rules that ``check`` asks: the home's own ``checks/``, else the ones that come
    with us.
    """
    beside = os.path.dirname(os.path.dirname(PACKAGE))
    ours = os.path.join(
        beside if os.path.isfile(os.path.join(beside, "pyproject.toml")) else PACKAGE, "checks"
    )
    for folder in (os.path.join(home, "checks"), ours, os.path.join(PACKAGE, "home", "checks")):
        if os.path.isdir(folder):
            return folder
    raise InputError("found no rules to check by", place=ours)


def find_cache(home: str) -> str:
    """The folder for releases: ``ATMP_GRAPH_CACHE``, else ``.atmp-graph`` in the home if it is writable,
    else the user's own.
    """
    asked = os.environ.get("ATMP_GRAPH_CACHE")
    if asked:
        return os.path.abspath(os.path.expanduser(asked))
    beside = os.path.join(home, ".atmp-graph")
    # A wheel's folders belong to the installer even where they happen to be writable.
    installed = home.startswith(PACKAGE + os.sep)
    if not installed and os.access(beside if os.path.isdir(beside) else home, os.W_OK):
        return beside
    import hashlib  # noqa: PLC0415 - only away from a checkout

    import platformdirs  # noqa: PLC0415

    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return os.path.join(platformdirs.user_cache_dir("atmp-graph", appauthor=False), key)


def current_release(cache: str) -> str | None:
    """The folder of the release in service, as ``<cache>/current`` names it; ``None`` before the first
    build.
    """
    try:
        with open(os.path.join(cache, "current"), encoding="utf-8") as file:
            name = file.read().strip()
    except FileNotFoundError:
        return None
    folder = os.path.join(cache, "releases", name)
    return folder if os.path.isfile(os.path.join(folder, "manifest.json")) else None
