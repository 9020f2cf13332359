"""Runs the benchmarks: ``python -m bench [WORKLOAD…] [--scale 0.2] [--postgresql URL]``; fails nothing.

Prints a table, then one line of JSON per figure. The limit contestant runs before and after each workload; where it
drifted by more than a fifth the machine was too busy, the figures are rejected and measured again, three times at most,
unless it ran in turns with what was measured. Milliseconds are also given at the speed of the machine on which the
gates were set.
"""

from __future__ import annotations

import argparse
import importlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import anchor
from bench.measure import Figure, Options

WORKLOADS = (
    *("kernel", "feel", "engine", "history", "finished", "inbox"),
    *("pages", "centre", "file", "idle", "timers", "wide", "memory"),
)
LIMIT = 0.2
TRIES, SHORT_S = 3, 60
"""How often a workload is measured while the machine drifts, if it is over soon."""


@dataclass(frozen=True)
class Result:
    """A figure, how slow the machine was and how much it drifted meanwhile."""

    workload: str
    figure: Figure
    slowness: float
    drift: float

    @property
    def at_reference(self) -> float:
        """The value as it would be where the gates were set."""
        return self.figure.value / (self.figure.slowness or self.slowness) if self.figure.is_cpu else self.figure.value

    @property
    def verdict(self) -> str:
        """How the figure stands to its gate and goal."""
        if self.drift > LIMIT and self.figure.is_cpu and self.figure.slowness is None:
            return "rejected"
        for name, bound in (("goal", self.figure.goal), ("gate", self.figure.gate)):
            if bound is not None and self.at_reference <= bound:
                return name
        return "missed" if self.figure.gate is not None else ""


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"all, or some of: {', '.join(WORKLOADS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="do more or less of everything")
    parser.add_argument("--postgresql", default="", metavar="URL", help="an empty database to measure the inbox on too")
    asked = parser.parse_args()
    results: list[Result] = []
    print(f"{'figure':<58}{'found':>12} {'unit':<8}{'at reference':>13}{'gate':>10}{'goal':>10}  verdict")
    for name in asked.workloads or WORKLOADS:
        for result in _measured(name, asked.scale, asked.postgresql):
            results.append(result)
            print(_line(result), flush=True)
    for result in results:
        slowness = round(result.figure.slowness or result.slowness, 3)
        line = {"bench": result.workload, **asdict(result.figure), "slowness": slowness, "drift": result.drift}
        print(json.dumps({**line, "at_reference": result.at_reference, "verdict": result.verdict}, ensure_ascii=False))


def _measured(name: str, scale: float, postgresql: str) -> Iterator[Result]:
    workload = importlib.import_module(f"bench.{name}")
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory() as folder:
            options = Options(Path(folder), scale, postgresql)
            begun, before = time.monotonic(), anchor.measure(options.folder)
            figures = list(workload.run(options))
            after = anchor.measure(options.folder)
        if before.drift(after) <= LIMIT or time.monotonic() - begun > SHORT_S:
            break
    slowness = (before.slowness + after.slowness) / 2
    for figure in figures:
        yield Result(name, figure, round(slowness, 3), round(before.drift(after), 3))


def _line(result: Result) -> str:
    figure = result.figure
    bounds = "".join(f"{'' if bound is None else f'{bound:g}':>10}" for bound in (figure.gate, figure.goal))
    at_reference = f"{result.at_reference:.3f}" if figure.is_cpu else ""
    return f"{figure.name:<58}{figure.value:>12.3f} {figure.unit:<8}{at_reference:>13}{bounds}  {result.verdict}"


if __name__ == "__main__":
    main()
