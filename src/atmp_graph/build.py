"""The four folders → one checked, immutable release, or a report of everything that is wrong with them.

A release is written beside the others under a name of its own and only then becomes the current one, so a
failure leaves the last good release in service. It depends on nothing but its inputs: no times, no machine
names.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from atmp_graph import __version__, inputs, ready, search
from atmp_graph.declared import problems
from atmp_graph.errors import AtmpGraphError, DataError, InputError, ManyErrors
from atmp_graph.export import catalogue, files
from atmp_graph.homes import current_release
from atmp_graph.knowledge import ENTITIES, Home, Knowledge, read
from atmp_graph.questions import Question, run
from atmp_graph.questions.parse import dumps, read_questions
from atmp_graph.reason import Inferences
from atmp_graph.store.binding import bind
from atmp_graph.store.direct import DirectStore
from atmp_graph.store.engine import to_engine
from atmp_graph.store.generations import DATASET, MANIFEST, STORE, write_store
from atmp_graph.validate import Result, validate
from atmp_graph.vocabulary import ATMP, PREFIXES, compact

KEPT = 3
"""How many releases stay on disk; a server may still read one that is no longer in service."""

FAILED = "failed"
"""Record in the cache of the inputs that last failed: nobody builds them again for the same report."""

QUESTIONS, READY, SEARCH = "questions.json", "ready", "search.sqlite"

TYPE = PREFIXES["rdf"] + "type"

Progress = Callable[[str], None]


class Release(NamedTuple):
    """A release on disk. ``built`` is false if it was there already; ``seconds`` is what this call took."""

    id: str
    folder: Path
    manifest: dict[str, Any]
    built: bool
    seconds: float


def build(home: Path, cache: Path, progress: Progress = lambda _: None) -> Release:
    """Make the release of ``home`` under ``cache`` and put it in service; an unchanged home changes nothing.

    Raises ``ManyErrors`` with all that is wrong in the folders. ``progress`` is told the name of each step.
    """
    start = time.perf_counter()
    try:
        (cache / "releases").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write releases: {error.strerror}", place=str(cache)) from error
    release, seen = inputs.fingerprint(str(home), str(cache))
    folder = cache / "releases" / release
    built = not _is_whole(folder)
    if built:
        try:
            _make(Home(home), release, folder, progress)
        except (DataError, InputError, ManyErrors):
            inputs.remember(str(cache), release, seen, FAILED)
            raise
    if current_release(str(cache)) != str(folder):
        _replace_text(cache / "current", release + "\n")
    if built or inputs.fresh(str(home), str(cache)) != release:
        inputs.remember(str(cache), release, seen)
        _forget_old(cache, release)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    return Release(release, folder, manifest, built, time.perf_counter() - start)


def ensure(
    home: Path, cache: Path, progress: Progress = lambda _: None
) -> tuple[Path, AtmpGraphError | None]:
    """The release to answer from: built first if the folders have changed.

    If they do not build but an older release does stand, that one and the error; without one the error is
    raised.
    """
    current = current_release(str(cache))
    if current is not None and inputs.fresh(str(home), str(cache), FAILED) is not None:
        return Path(current), DataError(
            "the folders have changed and do not build", hint="see: atmp-graph build"
        )
    try:
        return build(home, cache, progress).folder, None
    except (DataError, InputError, ManyErrors) as error:
        if current is None:
            raise
        return Path(current), error


def _make(home: Home, release: str, folder: Path, progress: Progress) -> None:
    draft = folder.with_name(f".{release}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        progress("reading")
        knowledge = read(home)
        progress("reasoning")
        rules = {home.name(path): path.read_text(encoding="utf-8") for path in home.rule_files()}
        inferred = Inferences(knowledge.quads, rules).quads()
        progress("checking")
        questions = _check(knowledge, inferred)
        progress("writing the store")
        draft.mkdir()
        quads = [*knowledge.quads, *inferred]
        write_store(quads, draft)
        progress("writing the search index")
        search.build_index(draft / SEARCH, quads)
        _replace_text(draft / QUESTIONS, dumps(questions))
        _write_ready(str(draft / READY), questions)
        progress("writing the exports")
        counts = _counts(knowledge, len(inferred))
        figures = {"triples": counts["triples"], "entities": counts["entities"]}
        statements = catalogue.about(knowledge.ontology)
        files.write_all(draft / DATASET, draft / "exports", statements, figures, counts["classes"])
        _seal(draft, release, counts)
        try:
            draft.rename(folder)
        except OSError:
            # Another process has just built the same: theirs is as good, unless it is a broken one of old.
            if not _is_whole(folder):
                shutil.rmtree(folder, ignore_errors=True)
                draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check(knowledge: Knowledge, inferred: list[Any]) -> list[Question]:
    """The questions, if all is well; else raises ``ManyErrors`` with all that is not."""
    errors: list[AtmpGraphError] = [*problems(knowledge)]
    report = validate([*knowledge.quads, *inferred], knowledge.shapes)
    errors += [_violation(knowledge, result, report.labels) for result in report.violations]
    questions: list[Question] = []
    try:
        questions = read_questions(knowledge.home.question_files(), knowledge.home.root)
    except ManyErrors as unreadable:
        errors += unreadable.errors
    empty = DirectStore.of([])
    for question in questions:
        try:
            run(empty, question)
        except InputError as error:
            hint = error.hint if error.place else ""
            errors.append(
                InputError(f"this query cannot run: {error.message}", place=question.place, hint=hint)
            )
    if errors:
        raise ManyErrors(errors)
    return questions


def _write_ready(folder: str, questions: list[Question]) -> None:
    """Keep each question with its variables bound, in both languages."""
    for question in questions:
        for lang in ("en", "sv"):
            terms = {name: str(to_engine(term)) for name, term in question.bindings(lang, {}).items()}
            columns = [(column.name, column.type, column.label.text(lang)) for column in question.columns]
            query = bind(question.query, terms)
            ready.write(f"{folder}/{lang}", question.id, question.title.text(lang), columns, query)
    names = [(name.lower(), question.id) for question in questions for name in (question.id, question.name)]
    ready.write_index(folder, names)


def _violation(knowledge: Knowledge, result: Result, labels: Any) -> DataError:
    focus = str(result.focus)
    label = labels.get(focus, {}).get("en", "")
    why = result.found.get("en", "")
    message = result.message("en")
    lines = [message, f"    thing: {compact(focus)}" + (f" ({label})" if label else "")]
    if why and why != message:
        lines.append(f"    because: {why}")
    lines.append(f"    rule: {compact(result.shape)} ({result.component})")
    return DataError("\n".join(lines), place=knowledge.places.find(*result.parts))


def _counts(knowledge: Knowledge, inferred: int) -> dict[str, Any]:
    """Figures of the release: of quads as stated, and of the members of each class as stated."""
    quads = set(knowledge.quads)
    graphs: Counter[str] = Counter(quad.graph_name.value for quad in quads)  # type: ignore[union-attr]
    classes: Counter[str] = Counter()
    entities = set()
    for subject, class_ in {(q.subject, q.object) for q in quads if q.predicate.value == TYPE}:
        name = class_.value if hasattr(class_, "value") else ""
        classes[name] += 1
        entities.add(subject)
    described = {quad.subject for quad in quads if quad.graph_name.value.startswith(ENTITIES)}  # type: ignore[union-attr]
    return {
        "triples": len(quads) + inferred,
        "stated": len(quads),
        "inferred": inferred,
        "graphs": dict(sorted(graphs.items())),
        "sections": classes[ATMP + "Section"],
        "sources": classes[ATMP + "Source"],
        "entities": len(described),
        "things": len(entities),
        "classes": dict(sorted(classes.items())),
    }


def _seal(draft: Path, release: str, counts: dict[str, Any]) -> None:
    """Write the manifest, last of all: a folder without one is no release."""
    sums = {}
    for path in sorted(draft.rglob("*")):
        name = path.relative_to(draft).as_posix()
        if path.is_file() and not name.startswith(STORE + "/"):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            sums[name] = {"bytes": path.stat().st_size, "sha256": digest}
    checksums = [
        f"{entry['sha256']}  {name.removeprefix('exports/')}\n"
        for name, entry in sums.items()
        if name.startswith("exports/")
    ]
    _replace_text(draft / "exports" / "SHA256SUMS", "".join(checksums))
    manifest = {"id": release, "version": __version__, "counts": counts, "files": sums}
    _replace_text(draft / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def _is_whole(folder: Path) -> bool:
    """True if the release is there with every file that its manifest lists, at the right size."""
    try:
        listed = json.loads((folder / MANIFEST).read_bytes())["files"]
        sizes_fit = all((folder / name).stat().st_size == entry["bytes"] for name, entry in listed.items())
    except (OSError, ValueError, KeyError):
        return False
    return sizes_fit and (folder / STORE / "CURRENT").is_file()


def _forget_old(cache: Path, current: str) -> None:
    """Keep the newest releases and drop the rest, abandoned drafts included."""
    folders = [path for path in (cache / "releases").iterdir() if path.is_dir() and path.name != current]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    kept = [path for path in folders if not path.name.startswith(".")][: KEPT - 1]
    an_hour_ago = time.time() - 3600
    for path in folders:
        if path not in kept and (not path.name.startswith(".") or path.stat().st_mtime < an_hour_ago):
            shutil.rmtree(path, ignore_errors=True)


def _replace_text(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)
