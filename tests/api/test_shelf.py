"""Runs one by one, found by place and time, and what is promised of them."""

from __future__ import annotations

import json
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.api import TABLES, Answers, KeptRun, Shelf, Span
from onecloud_magic.api.kept import joined
from onecloud_magic.home import Home
from onecloud_magic.home.sharing import InMemory

from .keeping import on_disk

EVERYWHERE = ("", ())


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(InMemory(TABLES))


def run(number: int, started: float | None, *, ended: bool = True, place: str = "e") -> KeptRun:
    return KeptRun(str(number), place, "c", started, ended, 0.0, "{}")


def put(shelf: Shelf, *runs: KeptRun) -> None:
    shelf.put_runs(runs, shelf.stamp("runs"))


def ids(shelf: Shelf, place: str, since: float | None, until: float) -> list[str]:
    where = ("environment", {place}) if place else EVERYWHERE
    return [each.id for each in shelf.runs(where, since, until, shelf.stamp("runs")) or ()]


def test_runs_come_newest_first_page_by_page_and_none_twice(shelf: Shelf) -> None:
    put(shelf, *(run(number, float(number // 3)) for number in range(1_700)))

    pages, last, stamp = list[list[KeptRun]](), None, shelf.stamp("runs")
    while page := shelf.runs(EVERYWHERE, None, 1e9, stamp, last):
        pages.append(page)
        last = page[-1]

    starts = [each.started for page in pages for each in page]
    assert starts == sorted(starts, key=lambda start: -(start or 0))
    assert len({each.id for page in pages for each in page}) == 1_700
    assert len(pages) == 4


def test_runs_of_a_place_are_those_from_a_moment_on_and_before_another(shelf: Shelf) -> None:
    put(shelf, run(1, 10.0), run(2, 20.0), run(3, 20.0, place="f"), run(4, None), run(5, 30))

    assert ids(shelf, "e", 10.0, 30.0) == ["2", "1"]
    assert ids(shelf, "e", 10.5, 20.0) == []
    assert ids(shelf, "", None, 30.0) == ["3", "2", "1"]
    assert [each.id for each in shelf.not_started(EVERYWHERE)] == ["4"]


def test_a_run_that_has_ended_never_lives_again(shelf: Shelf) -> None:
    put(shelf, run(1, 10.0, ended=False), run(2, 20.0), run(3, 30.0))
    assert [start for start, _ in shelf.live(EVERYWHERE, None, 100.0)] == [10.0]

    put(shelf, run(1, 10.0))
    put(shelf, run(1, 10.0, ended=False))

    assert shelf.live(EVERYWHERE, None, 100.0) == []


def test_a_run_that_is_gone_is_forgotten(shelf: Shelf) -> None:
    put(shelf, run(1, 10.0), run(2, 20.0))

    shelf.forget_run("1")

    assert ids(shelf, "", None, 100.0) == ["2"]


def test_nothing_is_given_or_kept_once_runs_were_forgotten(shelf: Shelf) -> None:
    put(shelf, run(1, 10.0))
    before, span = shelf.stamp("runs"), Span(1.0, 2.0, 3.0)
    shelf.put_spans("here", [span], before)
    assert shelf.spans(["here"]) == ([span], before)

    shelf.drop("runs")
    shelf.put_runs([run(2, 20.0)], before)
    shelf.put_spans("here", [span], before)

    assert shelf.runs(EVERYWHERE, None, 1e9, before) is None
    assert shelf.spans(["here"])[0] == []
    assert ids(shelf, "", None, 1e9) == []


def test_a_file_that_was_made_anew_is_another_one(tmp_path: Path) -> None:
    answers = on_disk(tmp_path)
    before = answers.stamp("runs")
    for each in (tmp_path / "home" / "answers").iterdir():
        each.unlink()

    assert answers.stamp("runs") != before
    assert answers.stamp("runs") == on_disk(tmp_path).stamp("runs")


def test_an_answer_that_was_asked_for_before_a_clear_is_not_kept() -> None:
    answers = Answers()
    asked = answers.stamp("metadata")

    answers.drop("metadata")
    answers.put("k", "metadata", [1], stamp=asked)

    assert answers.get("k") is None


def test_an_answer_that_was_asked_for_earlier_follows_none_that_was_asked_for_later() -> None:
    answers = Answers(clock=lambda: 100.0)
    answers.put("k", "metadata", ["new"], asked_at=100.0)

    answers.put("k", "metadata", ["old"], asked_at=99.0)

    kept = answers.get("k")
    assert kept is not None
    assert kept.data == ["new"]


def test_an_answer_of_a_clock_that_was_far_ahead_is_followed_all_the_same() -> None:
    answers = Answers(clock=lambda: 100.0)
    answers.put("k", "metadata", ["of the future"], asked_at=9_000.0)

    answers.put("k", "metadata", ["new"], asked_at=100.0)

    kept = answers.get("k")
    assert kept is not None
    assert kept.data == ["new"]


def test_trimming_runs_leaves_no_span_that_promises_them() -> None:
    answers = Answers(most_bytes=300_000)
    text, before = json.dumps("x" * 1_000), answers.stamp("runs")
    many = [KeptRun(str(n), "e", "c", float(n), True, float(n), text) for n in range(1_000)]
    answers.on_shelf(lambda shelf: shelf.put_runs(many, before))
    answers.on_shelf(lambda shelf: shelf.put_spans("here", [Span(None, 1e9, 0.0)], before))

    assert answers.trim() > 0

    assert answers.on_shelf(lambda shelf: shelf.spans(["here"]))[0] == []
    assert answers.stamp("runs") != before


def test_runs_alone_are_kept_within_the_bounds(tmp_path: Path) -> None:
    answers = on_disk(tmp_path)
    answers.most_bytes = 500_000
    text = json.dumps("x" * 1_000)

    for page in range(200):
        many = [KeptRun(f"{page} {n}", "e", "c", 1.0, True, float(page), text) for n in range(20)]
        answers.put_runs(many, answers.stamp("runs"))

    with sqlite3.connect(Home(tmp_path / "home").answers("me")) as database:
        assert database.execute("select sum(size) from runs").fetchone()[0] < 2_000_000


def test_an_interrupted_step_in_memory_hinders_no_other(shelf: Shelf) -> None:
    def interrupted(database: sqlite3.Connection) -> None:
        database.execute("begin immediate")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.database.take(interrupted)

    put(shelf, run(1, 10.0))
    assert ids(shelf, "", None, 100.0) == ["1"]


# ---- spans

spans = st.lists(
    st.builds(
        lambda low, length: Span(low, (low or 0) + length, 1.0),
        st.none() | st.integers(0, 30).map(float),
        st.integers(1, 9).map(float),
    ),
    max_size=6,
)


@given(every=spans)
def test_joined_spans_cover_the_same_times_without_touching(every: list[Span]) -> None:
    one = joined(every)

    for moment in [x / 2 for x in range(-4, 90)]:
        covered = any(each.low <= moment < each.until for each in every)
        assert any(each.low <= moment < each.until for each in one) == covered
    ends = [(each.low, each.until) for each in one]
    assert all(newer[0] > older[1] for newer, older in pairwise(ends))
