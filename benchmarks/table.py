"""The table of the benchmark: what was measured, beside what, and whether the bar is reached."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

HEAD = ("what", "instead", "ours", "theirs", "ratio", "bar", "", "sandbox's share")
BEGIN, END = "<!-- measured: `make bench` writes this -->", "<!-- measured until here -->"


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured: *what* we do, and what people would do *instead*, each with its call.

    Attributes:
        bar: how many times faster than the other way it must be; of a floor, how many times as
            long it may take; None where nothing is asked.
        floor: whether the other way is what no way can beat.
        words: the bar, where it is no ratio of times.
        needs: the module that the other way needs.
    """

    what: str
    instead: str
    bar: float | None = None
    floor: bool = False
    words: str = ""
    needs: str = ""

    @property
    def asked(self) -> str:
        """The bar, in words."""
        if self.words or self.bar is None:
            return self.words
        return f"{'≤' if self.floor else '≥'} {self.bar:.3g} x"

    @property
    def there(self) -> bool:
        """Whether the other way is installed here."""
        return not self.needs or find_spec(self.needs.partition(".")[0]) is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A case, measured."""

    case: Case
    ours: str
    theirs: str
    ratio: str
    holds: bool = True
    share: str = "-"

    @property
    def cells(self) -> tuple[str, ...]:
        case = self.case
        word = ("holds" if self.holds else "MISSED") if case.asked else ""
        return (
            *(case.what, case.instead, self.ours, self.theirs),
            *(self.ratio, case.asked, word, self.share),
        )


def timed(case: Case, mine: Sequence[float], theirs: Sequence[float], share: str = "-") -> Row:
    """Compare times that were taken in turns: medians, and the median of the ratios."""
    pairs = list(zip(mine, theirs, strict=True))
    if case.floor:
        ratio = statistics.median(took / least for took, least in pairs)
        holds, words = case.bar is None or ratio <= case.bar, f"{ratio:.3g} x as long"
    else:
        ratio = statistics.median(their / took for took, their in pairs)
        holds, words = case.bar is None or ratio >= case.bar, faster(ratio)
    ours, other = (spell(statistics.median(each)) for each in (mine, theirs))
    return Row(case, ours, other, words, holds, share)


def faster(ratio: float) -> str:
    """Write how many times faster ours is; where it is not, how many times as long it takes."""
    return f"{ratio:.3g} x faster" if ratio >= 1 else f"{1 / ratio:.3g} x as long"


def spell(seconds: float) -> str:
    """Write a time."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def measurable(cases: Iterable[Case]) -> list[Case]:
    """Those cases whose other way is installed; the others are named on stderr."""
    every = list(cases)
    for case in every:
        if not case.there:
            print(f"left out, not installed here: {case.instead}", file=sys.stderr)
    return [case for case in every if case.there]


def lines(rows: Iterable[Row], *, aligned: bool = True) -> Iterator[str]:
    """The table in Markdown, its columns *aligned* for a terminal."""
    cells = [HEAD, *(row.cells for row in rows)]
    widths = [max(3, *map(len, column)) if aligned else 0 for column in zip(*cells, strict=True)]
    padded = [
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(each, widths, strict=True))} |"
        for each in cells
    ]
    yield padded[0]
    yield f"|{'|'.join('-' * (width + 2 if aligned else 3) for width in widths)}|"
    yield from padded[1:]


def show(rows: Iterable[Row]) -> int:
    """Print the table; 1 if a bar was missed."""
    every = list(rows)
    print("\n".join(lines(every)))
    return 0 if all(row.holds for row in every) else 1


def inserted(page: str, section: str) -> str:
    """Put *section* between the marks of a page."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("The page has no marks to write between.")
    return f"{before}{BEGIN}\n\n{section}\n\n{END}{after}"
