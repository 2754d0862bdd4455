"""The benchmark: its table in the README, and that it tells whether a bar is reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import CASES, main
from benchmarks.table import BEGIN, END, Case, inserted, lines, timed

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition(BEGIN)[2].partition(END)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.what} / {case.instead}")
def test_what_is_measured_is_a_row_of_the_readme_with_its_bar(case: Case) -> None:
    rows = [
        row for row in SECTION.splitlines() if row.startswith(f"| {case.what} | {case.instead} |")
    ]

    assert len(rows) == 1
    assert f" | {case.asked} | " in rows[0]


def test_the_readme_has_no_row_that_is_not_measured() -> None:
    rows = [line for line in SECTION.splitlines() if line.startswith("|")]

    assert len(rows) == len(CASES) + 2


def test_the_machine_stands_above_the_table() -> None:
    assert re.search(r"\d+ cores, .*Python 3\..*Measured against jupysql \d", SECTION)


def test_a_bar_is_reached_or_missed_by_the_median_of_the_ratios() -> None:
    faster, floor = Case("a", "b", 2.0), Case("a", "b", 4.0, floor=True)

    assert timed(faster, [1.0, 1.0, 9.0], [2.0, 2.0, 2.0]).holds
    assert not timed(faster, [1.0, 1.0, 1.0], [1.9, 1.9, 9.0]).holds
    assert timed(floor, [4.0, 4.0, 9.0], [1.0, 1.0, 1.0]).holds
    assert not timed(floor, [4.1, 4.1, 1.0], [1.0, 1.0, 1.0]).holds


def test_the_table_goes_between_the_marks_and_nowhere_else() -> None:
    table = "\n".join(lines([timed(Case("a", "b"), [1.0], [2.0])], aligned=False))

    page = inserted(f"before\n{BEGIN}\nold\n{END}\nafter", table)

    assert page == f"before\n{BEGIN}\n\n{table}\n\n{END}\nafter"
    assert "| a | b | 1 s | 2 s | 2 x faster |" in page


def test_without_what_is_measured_against_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.table.find_spec", lambda _name: None)

    assert main([]) == 2
    assert "`make bench`" in capsys.readouterr().err
