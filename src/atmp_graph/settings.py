"""Every option of the product in one value: defaults, then the environment, then what the command line
says.

Each field has an environment variable ``ATMP_GRAPH_<FIELD>`` and, where a command offers it, an option of
the same name. Nothing else in the package reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from atmp_graph import homes
from atmp_graph.errors import InputError

PREFIX = "ATMP_GRAPH_"


@dataclass(frozen=True)
class Settings:
    """What a run of the product needs to know of its surroundings.

    ``timeout`` is in seconds, ``memory`` in megabytes per query, ``max_bytes`` in bytes of a serialised
    answer. ``release`` serves that release instead of building; ``store`` is a remote SPARQL service;
    ``writable`` is the folder of a draft that may be changed over HTTP, by callers who know a token of
    ``token_file``.
    """

    home: Path
    cache: Path
    host: str = "127.0.0.1"
    port: int = 8000
    timeout: float = 10.0
    max_rows: int = 100_000
    max_bytes: int = 100_000_000
    memory: int = 1024
    workers: int = 0
    release: Path | None = None
    store: str | None = None
    writable: Path | None = None
    token_file: Path | None = None


def find_home(given: str | os.PathLike[str] | None = None) -> Path:
    """The home as a path; see ``homes.find_home``."""
    return Path(homes.find_home(None if given is None else os.fspath(given)))


def read_settings(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Settings from the environment and from options; an option that is ``None`` was not given.

    Raises ``InputError`` naming the variable or option that does not fit.
    """
    environ = os.environ if environ is None else environ
    asked_home = given.pop("home", None)
    home = find_home(None if asked_home is None else str(asked_home))
    values: dict[str, object] = {"home": home, "cache": Path(homes.find_cache(str(home)))}
    for field in fields(Settings):
        if field.name == "home":
            continue
        option, variable = given.pop(field.name, None), PREFIX + field.name.upper()
        if option is not None:
            values[field.name] = _convert(field.name, str(option), "--" + field.name.replace("_", "-"))
        elif environ.get(variable):
            values[field.name] = _convert(field.name, environ[variable], variable)
    if given:
        raise TypeError(f"no such settings: {', '.join(sorted(given))}")
    return Settings(**values)  # type: ignore[arg-type]


def _convert(name: str, text: str, said_by: str) -> object:
    """The value of a field from text; ``said_by`` is the option or the variable, for the error."""
    convert = _CONVERTERS.get(name, str)
    try:
        return convert(text)
    except ValueError as error:
        raise InputError(f"{said_by} cannot be {text!r}", hint=str(error)) from error


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _at_least(smallest: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or int(text) < smallest:
            raise ValueError(f"give a whole number of at least {smallest}")
        return int(text)

    return convert


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise ValueError("give a whole number from 0 (any free port) to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86400:
        raise ValueError("give a number of seconds above 0, at most 86400")
    return seconds


_CONVERTERS: dict[str, Callable[[str], object]] = {
    "cache": _path,
    "port": _port,
    "timeout": _seconds,
    "max_rows": _at_least(1),
    "max_bytes": _at_least(1),
    "memory": _at_least(16),
    "workers": _at_least(0),
    "release": _path,
    "writable": _path,
    "token_file": _path,
}
