"""All figures in one run, as one table.

    make bench
    python -m benchmarks [--readme]

It needs what is measured against: `benchmarks/requirements.txt`, in an environment of its own,
which `make bench` makes. `--readme` also writes the table into README.md. Exits with 1 when a bar
is missed, with 2 when something that is measured against is not installed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import ModuleType

from benchmarks import calls, crawl, frames, load, warm
from benchmarks.machine import machine
from benchmarks.table import Case, Row, inserted, lines, show

README = Path(__file__).parents[1] / "README.md"
PARTS: tuple[ModuleType, ...] = (load, warm, frames, calls, crawl)
CASES: list[Case] = [case for part in PARTS for case in part.CASES]


def main(arguments: list[str]) -> int:
    """Measure, print, and say by the exit code whether the bars are reached."""
    if missing := sorted({case.needs for case in CASES if not case.there}):
        print(f"Not installed here: {', '.join(missing)}. `make bench` does it.", file=sys.stderr)
        return 2
    about, every = machine(), list(measured())
    print(f"\n{about}\n")
    held = show(every)
    if "--readme" in arguments:
        section = "\n".join([about, "", *lines(every, aligned=False)])
        page = README.read_text(encoding="utf-8")
        README.write_text(inserted(page, section), encoding="utf-8")
    missed = [row.case.what for row in every if not row.holds]
    print(f"\nMissed: {len(missed)} of {len(every)}." if missed else "\nAll bars are reached.")
    return held


def measured() -> list[Row]:
    """The rows of all parts; what is under way is told on stderr."""
    every: list[Row] = []
    for part in PARTS:
        start = time.perf_counter()
        print(f"{part.__name__} …", end=" ", file=sys.stderr, flush=True)
        every += part.rows()
        print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return every


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
