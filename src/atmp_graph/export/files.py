"""All the downloads of a release, and a copy of some of them for who asks."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from atmp_graph.errors import InputError
from atmp_graph.export import catalogue, rdf, tables

STEM = "atmp-graph"
TABLES, CATALOGUE = "tables.zip", "catalogue.ttl"
FORMATS = (*rdf.FORMATS, "csv", "dcat")
"""What ``copy`` can be asked for: the RDF formats, tables as CSV files, and the catalogue."""


def write_all(
    dataset: Path,
    folder: Path,
    statements: Iterable[catalogue.Statement],
    counts: Mapping[str, int],
    classes: Mapping[str, int],
) -> None:
    """Write every download of ``dataset`` (sorted N-Quads) into ``folder``; see ``catalogue.write`` for the
    rest.
    """
    folder.mkdir()
    rdf.write_all(dataset, folder, STEM)
    tables.write(dataset, folder / TABLES)
    files = list(folder.iterdir())
    catalogue.write(folder / CATALOGUE, files, statements, counts, classes)


def copy(exports: Path, target: Path, formats: Iterable[str]) -> list[Path]:
    """Copy the downloads in ``formats`` from a release to the folder ``target``; returns the files written.

    Raises ``InputError`` for a format that is not one of ``FORMATS``.
    """
    wanted = list(dict.fromkeys(formats)) or list(FORMATS)
    for name in wanted:
        if name not in FORMATS:
            raise InputError(f"there is no export format {name!r}", hint=f"choose from {', '.join(FORMATS)}")
    try:
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for name in wanted:
            if name == "csv":
                with zipfile.ZipFile(exports / TABLES) as archive:
                    archive.extractall(target / "tables")
                    written += [target / "tables" / each for each in archive.namelist()]
            else:
                file = CATALOGUE if name == "dcat" else f"{STEM}.{name}"
                written.append(Path(shutil.copy(exports / file, target / file)))
    except OSError as error:
        raise InputError(
            f"cannot write there: {error.strerror}", place=str(error.filename or target)
        ) from error
    return written
