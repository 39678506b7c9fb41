"""Folders become a release, whole and reproducible, or a report; the last good release stays."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest

from atmp_graph.build import build, ensure
from atmp_graph.errors import AtmpGraphError, DataError, ManyErrors
from atmp_graph.homes import current_release
from atmp_graph.store.direct import DirectStore
from atmp_graph.vocabulary import ATMP, CONCEPT, GRAPH, ID

MONEY = "data/report/1-money.ttl"
PREFIXES = f"@prefix atmp: <{ATMP}> .\n@prefix id: <{ID}> .\n@prefix concept: <{CONCEPT}> .\n"


def hashes(folder: Path, *, without_store: bool = False) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (without_store and "store" in path.parts)
    }


def failure(home: Path) -> tuple[AtmpGraphError, ...]:
    with pytest.raises(ManyErrors) as caught:
        build(home, home / ".atmp-graph")
    return caught.value.errors


def edit(home: Path, name: str, before: str, after: str) -> None:
    text = (home / name).read_text(encoding="utf-8")
    assert before in text
    (home / name).write_text(text.replace(before, after), encoding="utf-8")


def test_release_holds_what_it_promises(tiny_home: Path) -> None:
    """A build gives a manifest with counts and true checksums, a store with graphs and their union, and
    every export.
    """
    release = build(tiny_home, tiny_home / ".atmp-graph")
    assert release.built
    assert release.manifest["counts"]["sections"] == 2
    assert release.manifest["counts"]["classes"][ATMP + "Company"] == 1
    for name, entry in release.manifest["files"].items():
        content = (release.folder / name).read_bytes()
        assert entry == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    store = DirectStore.open(release.folder)
    assert store.generation == release.id
    assert store.ask(f"ASK {{ <{ID}northx> a <{ATMP}Agent> }}")
    assert store.ask(f"ASK {{ GRAPH ?g {{ <{ID}report-1-grant> <{ATMP}amount> 50000000 }} }}")
    assert store.ask(f"ASK {{ <{ID}northx> <{ATMP}performsStage> <{CONCEPT}stage-implementation> }}")
    sums = (release.folder / "exports/SHA256SUMS").read_text().splitlines()
    assert len(sums) == len(list((release.folder / "exports").iterdir())) - 1 == 8


def test_unchanged_rebuild_changes_no_byte(tiny_home: Path) -> None:
    """Building again touches nothing, takes under half a second, and names the same release."""
    cache = tiny_home / ".atmp-graph"
    first = build(tiny_home, cache)
    before, times = hashes(cache), {path: path.stat().st_mtime_ns for path in cache.rglob("*")}
    start = time.perf_counter()
    second = build(tiny_home, cache)
    assert time.perf_counter() - start < 0.5
    assert (second.id, second.built) == (first.id, False)
    assert hashes(cache) == before
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*")} == times


def test_fresh_folder_gives_the_same_bytes(tiny_home: Path, tmp_path: Path) -> None:
    """The same knowledge built elsewhere gives the same bytes, the store's own files apart."""
    (tiny_home / "data/blank.nq").write_text(f"_:a <{ATMP}amount> _:b <{GRAPH}entities/x> .\n")
    one = build(tiny_home, tmp_path / "one")
    two = build(tiny_home, tmp_path / "two")
    assert one.id == two.id
    assert hashes(one.folder, without_store=True) == hashes(two.folder, without_store=True)


def test_a_change_gives_a_new_release_and_touching_does_not(tiny_home: Path) -> None:
    """The id follows the bytes: a touched file changes nothing, a changed one gives a new release."""
    cache = tiny_home / ".atmp-graph"
    first = build(tiny_home, cache)
    (tiny_home / MONEY).touch()
    assert build(tiny_home, cache).built is False
    edit(tiny_home, MONEY, "50000000", "60000000")
    second = build(tiny_home, cache)
    assert second.built
    assert second.id != first.id
    assert current_release(str(cache)) == str(second.folder)
    edit(tiny_home, MONEY, "60000000", "50000000")
    assert build(tiny_home, cache)[:2] == (first.id, first.folder)


def test_old_releases_are_dropped(tiny_home: Path) -> None:
    """Three releases stay: the current one and the two before it."""
    cache = tiny_home / ".atmp-graph"
    ids = []
    for amount in range(1, 5):
        edit(tiny_home, MONEY, "atmp:amount ", f"atmp:amount {amount}")
        ids.append(build(tiny_home, cache).id)
    assert {path.name for path in (cache / "releases").iterdir()} == set(ids[-3:])


def test_broken_release_is_made_again(tiny_home: Path) -> None:
    """A release that lost a file is not whole and is built anew under its name."""
    cache = tiny_home / ".atmp-graph"
    release = build(tiny_home, cache)
    (release.folder / "dataset.nq").unlink()
    again = build(tiny_home, cache)
    assert again.built
    assert (again.folder / "dataset.nq").is_file()


UNDECLARED = {
    "property": (
        "atmp:amount",
        "atmp:ammount",
        f"{MONEY}:14",
        "atmp:ammount is not declared as a property",
        "atmp:amount",
    ),
    "class": (
        "a atmp:FundingFlow",
        "a atmp:FundingFlo",
        f"{MONEY}:12",
        "atmp:FundingFlo is not declared as a class",
        "atmp:FundingFlow",
    ),
    "entity": ("id:vinnova", "id:vinova", f"{MONEY}:16", "nothing describes id:vinova", "id:vinnova"),
    "concept": (
        "concept:reported",
        "concept:repotred",
        f"{MONEY}:15",
        "nothing describes concept:repotred",
        "concept:reported",
    ),
}


@pytest.mark.parametrize("kind", UNDECLARED)
def test_undeclared_term_is_named_with_its_line_and_the_nearest_name(tiny_home: Path, kind: str) -> None:
    """A mistyped property, class, entity or concept stops the build at its line, with the name that was
    meant.
    """
    right, wrong, place, message, near = UNDECLARED[kind]
    edit(tiny_home, MONEY, right, wrong)
    found = next(error for error in failure(tiny_home) if error.message == message)
    assert (found.place, found.hint) == (place, f"did you mean {near}?")
    assert found.exit_code == 1


def test_fact_outside_a_section_is_refused(tiny_home: Path) -> None:
    """A file that is no section cannot state facts; the report says what is missing."""
    (tiny_home / "data/report/2-loose.ttl").write_text(PREFIXES + "id:northx atmp:isLocatedIn id:skane .\n")
    (error,) = failure(tiny_home)
    assert error.place == "data/report/2-loose.ttl"
    assert error.message.startswith("1 fact without a section")
    assert "lacks atmp:Section, atmp:sectionNumber, atmp:isSectionOf" in error.message


def test_shape_violation_is_refused(tiny_home: Path) -> None:
    """A shape violation stops the build, with the thing, its line and the rule."""
    edit(tiny_home, MONEY, " ;\n    atmp:toRecipient id:northx .", " .")
    (error,) = failure(tiny_home)
    assert error.place == f"{MONEY}:12"
    assert "a funding flow has a recipient" in error.message
    assert "thing: id:report-1-grant (Grant to NorthX)" in error.message


def test_everything_wrong_is_in_one_report(tiny_home: Path) -> None:
    """Terms, sections and shapes are checked together, so that one run shows all there is to mend."""
    edit(tiny_home, MONEY, " ;\n    atmp:toRecipient id:northx .", " ;\n    atmp:toRecipent id:northx .")
    (tiny_home / "data/report/2-loose.ttl").write_text(PREFIXES + "id:northx atmp:isLocatedIn id:skane .\n")
    assert len(failure(tiny_home)) == 3


def test_syntax_error_is_unreadable_input(tiny_home: Path) -> None:
    """A file that cannot be parsed is exit code 2, with its line."""
    (tiny_home / MONEY).write_text("not turtle")
    errors = failure(tiny_home)
    assert errors[0].place.startswith(MONEY)
    assert max(error.exit_code for error in errors) == 2


def test_last_good_release_stays_in_service(tiny_home: Path) -> None:
    """After a failed build the old release is current, answers, and the failure is not computed again."""
    cache = tiny_home / ".atmp-graph"
    good = build(tiny_home, cache)
    edit(tiny_home, MONEY, "atmp:amount", "atmp:ammount")
    for _ in range(2):
        folder, error = ensure(tiny_home, cache)
        assert folder == good.folder
        assert isinstance(error, ManyErrors | DataError)
    assert list((cache / "releases").iterdir()) == [good.folder]
    edit(tiny_home, MONEY, "atmp:ammount", "atmp:amount")
    assert ensure(tiny_home, cache) == (good.folder, None)


def test_without_any_release_the_report_is_the_answer(tiny_home: Path) -> None:
    """A home that never built raises its report."""
    edit(tiny_home, MONEY, "atmp:amount", "atmp:ammount")
    with pytest.raises(ManyErrors):
        ensure(tiny_home, tiny_home / ".atmp-graph")


def test_manifest_tells_no_time_and_no_place(tiny_home: Path) -> None:
    """Nothing of this machine is in a release: two people get the same one."""
    release = build(tiny_home, tiny_home / ".atmp-graph")
    text = json.dumps(release.manifest)
    assert str(tiny_home) not in text
    assert time.strftime("%Y-") not in text
