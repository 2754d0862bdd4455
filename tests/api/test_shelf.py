"""Runs one by one, found by place and time, and what is promised of them."""

from __future__ import annotations

import json

from onecloud_magic.api import TABLES, Answers, KeptRun, Shelf, Span
from onecloud_magic.home.sharing import InMemory


def run(number: int, started: float | None, *, ended: bool = True, place: str = "e") -> KeptRun:
    return KeptRun(str(number), place, "c", started, ended, 0.0, "{}")


def test_runs_come_newest_first_page_by_page_and_none_twice() -> None:
    shelf = Shelf(InMemory(TABLES))
    shelf.put_runs(run(number, float(number // 3)) for number in range(1_700))

    pages, last = list[list[KeptRun]](), None
    while page := shelf.runs("", (), None, 1e9, last):
        pages.append(page)
        last = page[-1]

    starts = [each.started for page in pages for each in page]
    assert starts == sorted(starts, key=lambda start: -(start or 0))
    assert len({each.id for page in pages for each in page}) == 1_700
    assert len(pages) == 4


def test_runs_of_a_place_between_two_moments() -> None:
    shelf = Shelf(InMemory(TABLES))
    shelf.put_runs([run(1, 10.0), run(2, 20.0), run(3, 20.0, place="f"), run(4, None), run(5, 30)])

    assert [each.id for each in shelf.runs("environment", {"e"}, 10.0, 30.0)] == ["2"]
    assert [each.id for each in shelf.runs("", (), None, 30.0)] == ["3", "2", "1"]
    assert [each.id for each in shelf.not_started("", ())] == ["4"]


def test_a_run_that_has_ended_never_lives_again() -> None:
    shelf = Shelf(InMemory(TABLES))
    shelf.put_runs([run(1, 10.0, ended=False), run(2, 20.0), run(3, 30.0)])
    assert shelf.live("", (), None, 100.0) == [(10.0, 2)]

    shelf.put_runs([run(1, 10.0)])
    shelf.put_runs([run(1, 10.0, ended=False)])

    assert shelf.live("", (), None, 100.0) == []


def test_a_span_is_not_kept_once_its_runs_were_forgotten() -> None:
    answers = Answers()
    drops, span = answers.version("runs")[0], Span(1.0, 2.0, 3.0)

    answers.on_shelf(lambda shelf: shelf.put_span("here", span, drops))
    assert answers.on_shelf(lambda shelf: shelf.span("here")) == span
    answers.drop("runs")
    answers.on_shelf(lambda shelf: shelf.put_span("here", span, drops))

    assert answers.on_shelf(lambda shelf: shelf.span("here")) is None


def test_trimming_runs_leaves_no_span_that_promises_them() -> None:
    answers = Answers(most_bytes=300_000)
    text = json.dumps("x" * 1_000)
    many = [KeptRun(str(n), "e", "c", float(n), True, float(n), text) for n in range(1_000)]
    answers.on_shelf(lambda shelf: shelf.put_runs(many))
    drops = answers.version("runs")[0]
    answers.on_shelf(lambda shelf: shelf.put_span("here", Span(None, 1e9, 0.0), drops))

    assert answers.trim() > 0

    assert answers.on_shelf(lambda shelf: shelf.span("here")) is None
    assert answers.version("runs")[0] > drops
