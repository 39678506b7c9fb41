"""``python -m benchmarks --triples 1000000``: build, start, ask, and write ``docs/benchmarks.md``.

Everything is a ratio of two things measured in turn in the same run: a machine's own speed cancels out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pyoxigraph as ox

from benchmarks import load, peers
from benchmarks.home import BASE, CLASSES, REGIONS, things, write_home
from benchmarks.load import Measured
from benchmarks.peers import Running
from benchmarks.report import Figures, Line, write

LIGHT = f"SELECT ?property ?value WHERE {{ <{BASE}id/e@> ?property ?value }}"
JOIN = (
    f"PREFIX : <{BASE}ontology/> SELECT ?a ?b WHERE {{ ?a :locatedIn <{BASE}id/region@> ; :partner ?b . "
    f"?b :locatedIn <{BASE}id/region@@> }}"
)
AGGREGATE = (
    f"PREFIX : <{BASE}ontology/> SELECT ?region (COUNT(?x) AS ?n) (AVG(?staff) AS ?mean) "
    "WHERE { ?x a :Class@ ; :locatedIn ?region ; :staff ?staff } GROUP BY ?region"
)
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DOCS = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    options = _options()
    folder = Path(options.keep or tempfile.mkdtemp(prefix="atmp-graph-bench-"))
    try:
        figures = _measure(folder, options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    write(figures, Path(options.out))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5, help="length of one measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16, help="connections of the light load")
    parser.add_argument("--keep", help="folder for the home and its release; kept, and used again")
    parser.add_argument("--out", default=str(DOCS))
    parser.add_argument(
        "--without-rdflib", action="store_true", help="rdflib needs minutes to load a million"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _measure(folder: Path, options: argparse.Namespace) -> Figures:
    home, figures = folder / f"home-{options.triples}", Figures(options.triples, _machine())
    if not home.is_dir():
        _say(f"writing a home of {options.triples:,} triples")
        write_home(home, options.triples)
    release = _build(home, folder, figures)
    with ExitStack() as stack:
        begin = stack.enter_context
        mine = begin(peers.running(peers.ours(home)))
        theirs = begin(peers.running(peers.oxigraph(release / "store")))
        figures.add(Line("first answer after start", mine.started, theirs.started, unit="s"))
        _settle(mine)
        figures.add(Line("memory when idle", mine.memory() / 1e6, theirs.memory() / 1e6, unit="MB"))
        _same_answers(mine, theirs, options.triples)
        _compare(mine, theirs, options, figures)
        figures.add(Line("memory after the load", mine.memory() / 1e6, theirs.memory() / 1e6, unit="MB"))
        _beside_a_runaway(mine, options, figures)
        if not options.without_rdflib:
            _say("loading rdflib-endpoint")
            slow = begin(peers.running(peers.rdflib_endpoint(_triples(release)), patience=1200))
            size = things(options.triples)
            pairs = _in_turn(options.rounds, *(_light(server, size, options) for server in (mine, slow)))
            figures.against("light look-ups", *pairs, peer="rdflib-endpoint")
    return figures


def _build(home: Path, folder: Path, figures: Figures) -> Path:
    """Build the release and load the same file into a bare store; the folder of the release."""
    command = [str(peers.BIN / "atmp-graph"), "--home", str(home), "build"]
    shutil.rmtree(home / ".atmp-graph", ignore_errors=True)
    _say("building")
    built = _seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    again = _seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    cache = home / ".atmp-graph"
    release = cache / "releases" / (cache / "current").read_text(encoding="utf-8").strip()
    bare = folder / "bare"
    shutil.rmtree(bare, ignore_errors=True)
    raw = _seconds(lambda: _load(release / "dataset.nq", bare))
    figures.add(Line("build, beside a raw bulk load", built, raw, peer="pyoxigraph", unit="s"))
    figures.add(Line("unchanged rebuild", again, raw, peer="pyoxigraph", unit="s"))
    return release


def _load(file: Path, folder: Path) -> None:
    ox.Store(str(folder)).bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)


def _triples(release: Path) -> Path:
    """The statements of the release without their graphs, for a server that knows one graph."""
    file = release.parent.parent / "triples.nt"
    with (release / "dataset.nq").open("rb") as quads, file.open("wb") as out:
        out.writelines(line[: line.rindex(b" <")] + b" .\n" for line in quads)
    return file


def _settle(server: Running) -> None:
    """Wait until the server has all in memory: its processes no longer change."""
    last, since = 0, time.monotonic()
    while time.monotonic() - since < 3:
        now = server.memory()
        if abs(now - last) > 1_000_000:
            last, since = now, time.monotonic()
        time.sleep(0.2)


def _same_answers(one: Running, other: Running, triples: int) -> None:
    """Both must say the same before it matters how fast."""
    for query in (LIGHT, JOIN, AGGREGATE):
        for number in ("3", str(min(CLASSES, things(triples)) - 1)):
            text = query.replace("@@", number).replace("@", number)
            answers = [json.loads(server.ask(text))["results"]["bindings"] for server in (one, other)]
            rows = [sorted(json.dumps(row, sort_keys=True) for row in answer) for answer in answers]
            if rows[0] != rows[1] or not rows[0]:
                raise SystemExit(f"different answers to {text}")


def _light(server: Running, size: int, options: argparse.Namespace) -> Callable[[], Measured]:
    return lambda: load.light(server, LIGHT, size, options.seconds, options.connections)


def _compare(mine: Running, theirs: Running, options: argparse.Namespace, figures: Figures) -> None:
    size, seconds, rounds = things(options.triples), options.seconds, options.rounds
    servers = (mine, theirs)
    _say("light look-ups")
    figures.against("light look-ups", *_in_turn(rounds, *(_light(s, size, options) for s in servers)))
    for name, query, numbers in (("joins", JOIN, REGIONS), ("aggregates", AGGREGATE, CLASSES)):
        _say(name)
        runs = [lambda s=s, q=query, n=numbers: load.heavy(s, q, n, seconds, 2) for s in servers]
        figures.against(name, *_in_turn(rounds, *runs))


def _in_turn(rounds: int, *runs: Callable[[], Measured]) -> list[list[Measured]]:
    """Run each in turn, round after round; the first round only warms up. One list for each."""
    found: list[list[Measured]] = [[] for _ in runs]
    for number in range(rounds + 1):
        for each, run in zip(found, runs, strict=True):
            measured = run()
            if number:
                each.append(measured)
    return found


def _beside_a_runaway(mine: Running, options: argparse.Namespace, figures: Figures) -> None:
    """The light rate while one query after the other runs to its deadline, against the rate without."""
    _say("light look-ups beside a runaway")
    done = threading.Event()

    def run_away() -> None:
        while not done.is_set():
            try:
                mine.ask(RUNAWAY)
            except OSError:
                continue

    alone, beside = [], []
    light = _light(mine, things(options.triples), options)
    for _ in range(max(2, options.rounds // 2)):
        alone.append(light())
        done.clear()
        asker = threading.Thread(target=run_away)
        asker.start()
        time.sleep(0.5)
        beside.append(light())
        done.set()
        asker.join()
    rate = [statistics.median(each.rate for each in runs) for runs in (beside, alone)]
    figures.add(Line("light look-ups beside a runaway", *rate, peer="itself without", unit="/s"))
    slowest = [statistics.median(each.slowest for each in runs) * 1000 for runs in (beside, alone)]
    figures.add(Line("their 99th percentile", *slowest, peer="itself without", unit="ms"))


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
