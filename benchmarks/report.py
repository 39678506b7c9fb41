"""What was measured, as a table on the screen and as ``docs/benchmarks.md``."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

from benchmarks.load import Measured

GOALS = {
    ("light look-ups", "oxigraph serve"): 0.45,
    ("light look-ups", "rdflib-endpoint"): 16,
    ("joins", "oxigraph serve"): 1.5,
    ("aggregates", "oxigraph serve"): 2,
    ("light look-ups beside a runaway", "itself without"): 0.7,
}
"""What we promise ourselves: ours over theirs, at least."""

HEAD = """# Benchmarks

Written by `python -m benchmarks`; run it yourself (`make bench`). Each line sets two figures side by side
that were taken in turn in the same run, so the machine's own speed cancels out. Our server runs as it comes,
with every limit on; `oxigraph serve` runs on the very store of our release, rdflib-endpoint on the same
triples in memory. Each light query asks for another thing; before anything is timed, the servers must give
the same answers.

"""

BOUNDS = """
## What bounds them

- A **light look-up** costs about 60 µs in the engine (parse, plan, run, write), as it does in
  `oxigraph serve`. The rest is the price of the limits: the query crosses a socket to a process that can be
  killed and its answer comes back (30 µs), and a front in Python speaks HTTP (70 µs). On two cores the front,
  the workers and the load share the processor, so the sum is what counts.
- **Joins and aggregates** run in memory, where the peer reads its disk store, and the front's share is
  nothing to them. They use one core each, in both.
- **Memory** holds the data once for all workers, but the engine counts references in the data as it reads,
  so each worker comes to own copies of the pages it uses most.
- **Build** reads, checks, reasons, validates and writes every export; the raw load does one of these.
"""


class Line(NamedTuple):
    """One comparison: our figure, the other's, and ``ratio`` if it is not simply ours over theirs."""

    name: str
    ours: float
    theirs: float
    peer: str = "oxigraph serve"
    unit: str = "/s"
    ratio: float | None = None
    spread: str = ""

    @property
    def times(self) -> float:
        """Ours over theirs."""
        return self.ratio if self.ratio is not None else self.ours / self.theirs


class Figures:
    """Lines as they come in; each is shown at once."""

    def __init__(self, triples: int, machine: str) -> None:
        self.triples, self.machine = triples, machine
        self.lines: list[Line] = []

    def add(self, line: Line) -> None:
        """Take one line."""
        self.lines.append(line)
        widths = ("<34", ">10", ">10", "<16", ">7", "<14", "<6")
        print(
            " ".join(f"{cell:{width}}" for cell, width in zip(_cells(line), widths, strict=True)), flush=True
        )

    def against(
        self, name: str, mine: list[Measured], theirs: list[Measured], peer: str = "oxigraph serve"
    ) -> None:
        """Take one line from measurements in turn: the median of the ratios of the rounds."""
        ratios = sorted(a.rate / b.rate for a, b in zip(mine, theirs, strict=True) if b.rate)
        rates = [statistics.median(each.rate for each in runs) for runs in (mine, theirs)]
        failed = sum(each.failed for each in mine)
        spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}" + (f", {failed} refused" if failed else "")
        self.add(Line(name, *rates, peer, "/s", statistics.median(ratios), spread))


def _cells(line: Line) -> tuple[str, ...]:
    goal = GOALS.get((line.name, line.peer))
    met = "" if goal is None else f"≥ {goal:g} {'✓' if line.times >= goal else '✗'}"
    return (
        line.name,
        _figure(line.ours, line.unit),
        _figure(line.theirs, line.unit),
        line.peer,
        f"{line.times:.2f}",
        line.spread,
        met,
    )


def _figure(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return text + (unit if unit.startswith("/") else " " + unit)


def write(figures: Figures, file: Path) -> None:
    """Write the page."""
    rows = [
        "| what | ours | theirs | who | ours ÷ theirs | spread | goal |",
        "| --- | --: | --: | --- | --: | --- | --- |",
    ]
    rows += ["| " + " | ".join(_cells(line)) + " |" for line in figures.lines]
    table = f"{figures.triples:,} triples; {figures.machine}.\n\n" + "\n".join(rows) + "\n"
    file.write_text(HEAD + table + BOUNDS, encoding="utf-8")
