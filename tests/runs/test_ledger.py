"""The ledger of starts: what is known of each, and which are equal, live or open."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.home import Home
from onecloud_magic.runs import Declared, Entry, Inputs, RunFacts, Starts, Target
from onecloud_magic.runs.claims import Claim
from onecloud_magic.runs.entries import process
from tests.conftest import NOW, Clock

TARGET = Target("7", "Close", "5", "Production", takes=Declared(), usual=60.0)
INPUTS = Inputs({"period": "2026-10"})
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


@pytest.fixture
def starts(home: Path, clock: Clock) -> Starts:
    return Starts(Home(home), "account", clock)


def asks(starts: Starts, inputs: Inputs = INPUTS, **more: Any) -> Entry:
    entry, new = starts.ask(TARGET, inputs, **more)
    assert new
    return entry


def of_dead_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on entries are those of a process that has ended."""
    machine = process().partition("/")[0]
    monkeypatch.setattr("onecloud_magic.runs.ledger.process", lambda: f"{machine}/999999999-x")


def test_two_accounts_see_nothing_of_each_other(home: Path, starts: Starts, clock: Clock) -> None:
    asks(starts)

    assert Starts(Home(home), "other", clock).mine() == []
    assert Starts(Home(home), "other", clock).ask(TARGET, INPUTS, again=False)[1]


def test_an_equal_start_that_is_asked_for_counts_as_live_while_its_process_lives(
    starts: Starts, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    other = f"elsewhere/{process().partition('/')[2]}"
    monkeypatch.setattr("onecloud_magic.runs.ledger.process", lambda: other)
    mine = asks(starts)

    assert starts.ask(TARGET, INPUTS, again=False) == (mine, False)
    assert [each.id for each in starts.live()] == [mine.id]
    clock.advance(2 * 3600.0)  # nobody sends for so long
    assert starts.ask(TARGET, INPUTS, again=False)[1]


def test_of_a_dead_process_what_was_asked_is_sure_and_what_was_sent_is_not(
    starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_dead_process(monkeypatch)
    unsent, sent = asks(starts), asks(starts, Inputs({"period": "2026-11"}))
    starts.sending(sent, NOW, [])

    assert [each.id for each in starts.open()] == [sent.id, unsent.id]
    assert starts.entry(unsent.id).is_left(NOW)
    assert starts.entry(sent.id).is_open(NOW)
    assert starts.live() == []
    assert starts.ask(TARGET, INPUTS, again=False)[1]


def test_a_run_is_live_until_it_is_seen_to_have_ended(starts: Starts) -> None:
    entry = asks(starts)
    starts.became(entry, RunFacts("1", "sleeping", "7", "5"))
    assert [each.run_id for each in starts.live()] == ["1"]

    starts.follow(RunFacts("1", "all_succeeded", ended=True))

    assert starts.live() == []
    assert starts.entry(entry.id).state == "all_succeeded"


def test_a_run_is_adopted_by_one_start_and_its_own_answer_beats_an_adoption(
    starts: Starts,
) -> None:
    one, other = asks(starts), asks(starts)
    assert starts.adopted(one, RunFacts("1"))
    assert not starts.adopted(other, RunFacts("1"))

    starts.became(other, RunFacts("1"))

    assert starts.entry(other.id).run_id == "1"
    assert (starts.entry(one.id).step, starts.entry(one.id).run_id) == ("lost", None)


def test_the_rows_of_a_batch_are_told_in_their_order(starts: Starts) -> None:
    for place in (2, 0, 1, 0):
        asks(starts, batch=("b", place))
    asks(starts, batch=("other", 0))

    assert [each.place for each in starts.batches.starts("b")] == [0, 0, 1, 2]


def test_the_keys_that_a_chain_took_are_known_and_those_it_refused_are_not(
    starts: Starts,
) -> None:
    starts.became(asks(starts, Inputs({"period": 1, "entity": 2})), RunFacts("1"))
    starts.refused(asks(starts, Inputs({"nonsense": 1})))

    assert sorted(starts.keys("7")) == ["entity", "period"]
    assert starts.keys("8") == []


def test_the_frame_has_the_same_columns_also_without_rows(starts: Starts) -> None:
    empty = starts.frame()
    entry = asks(starts)
    starts.became(entry, RunFacts("1", "sleeping", "7", "5"))

    full = starts.frame()

    assert dict(empty.dtypes) == dict(full.dtypes)
    assert [full[each][0] for each in ("run_id", "chain", "outcome")] == ["1", "Close", "live"]


def test_nobody_writes_between_the_look_for_an_equal_start_and_the_new_one(
    starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, both = Starts._same, threading.Barrier(2)
    asks(starts, Inputs({"period": "before"}))

    def looked(*given: Any) -> list[Entry]:
        found = look(*given)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        return found

    monkeypatch.setattr(Starts, "_same", looked)
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(starts.ask, TARGET, INPUTS, again=False, claim=Claim()) for _ in range(2)
        ]

    (one, first), (other, second) = (each.result() for each in asked)
    assert one.id == other.id
    assert sorted([first, second]) == [False, True]
