"""What others do while a read is under way: forget, delete, refuse, sign in, ask the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud, OneCloudError
from onecloud_magic.errors import Forbidden, QuotaExceeded
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock

from .conftest import NewSandbox, SignIn
from .reads import READS, Read
from .test_remembered import SEARCH, anew, asked, days_ago, same

DAY = 86_400.0

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning"),
]


def during(sandbox: Sandbox, path: str, act: Callable[[], object]) -> None:
    """Do something while the next call of that path is under way."""

    def meanwhile(_: Request, work: faults.Work) -> Reply:
        act()
        return work()

    sandbox.faults.add(meanwhile, path=path, times=1)


def delete(account: OneCloud) -> None:
    for each in Path(account._line.place.home.root, "answers").iterdir():
        each.unlink()


ACTS: dict[str, Callable[[OneCloud], object]] = {
    "the cache is cleared": lambda account: account.cache.clear("runs"),
    "the file is deleted": delete,
    "the oldest are trimmed": lambda account: account._line.answers.on_shelf(
        lambda shelf: shelf.trim(1)
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_history_is_whole_whatever_becomes_of_what_was_kept(
    account: OneCloud, sandbox: Sandbox, clock: Clock, act: Callable[[OneCloud], object]
) -> None:
    which: dict[str, Any] = {"since": days_ago(20), "limit": None}
    account.runs(**which)
    clock.advance(3_600)
    during(sandbox, SEARCH, lambda: act(account))

    meanwhile = account.runs(**which)
    after = account.runs(**which)

    right = anew(account, **which)
    same(meanwhile, right)
    same(after, right)


def test_a_history_that_breaks_off_says_that_something_lacks(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.serve_stale = "warn"
    account.runs(since=days_ago(20), limit=None)
    clock.advance(3 * DAY)
    account.chains()
    sandbox.faults.add(faults.status(502), path=SEARCH, after=1)

    frame = account.runs(since=days_ago(20), limit=None)

    assert not frame.attrs["onecloud"]["complete"]
    assert frame.attrs["onecloud"]["source"] == "stale"


def test_a_service_whose_clock_is_ahead_once_hides_no_run_for_good(
    account: OneCloud, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onecloud_magic.account import line

    plain = line.Last

    def ahead(request: Any, status: int, at: float, served_at: float | None) -> line.Last:
        return plain(request, status, at, (served_at or 0) + 6 * 3_600)

    with monkeypatch.context() as patched:
        patched.setattr(line, "Last", ahead)
        account.runs(since=days_ago(5), limit=None)
    clock.advance(5 * 3_600)

    frame = account.runs(since=days_ago(5), limit=None)

    same(frame, anew(account, since=days_ago(5), limit=None))


def test_two_windows_that_are_read_in_turn_are_both_kept(
    account: OneCloud, sandbox: Sandbox
) -> None:
    windows = [(30, 25), (12, 8)]
    for since, until in windows * 2:
        asked(sandbox)
        account.runs(since=days_ago(since), until=days_ago(until), limit=None)

    assert asked(sandbox) == []
    both = account.runs(since=days_ago(30), until=days_ago(8), limit=None)
    same(both, anew(account, since=days_ago(30), until=days_ago(8), limit=None))


def test_a_small_refresh_throws_nothing_away(account: OneCloud, sandbox: Sandbox) -> None:
    which: dict[str, Any] = {"since": days_ago(30), "until": days_ago(1), "limit": None}
    account.runs(**which)
    account.runs(limit=10, refresh=True)
    asked(sandbox)

    account.runs(**which)

    assert asked(sandbox) == []


def test_a_chain_is_found_in_what_is_known_of_everything(
    account: OneCloud, sandbox: Sandbox
) -> None:
    which: dict[str, Any] = {"since": days_ago(10), "until": days_ago(1), "limit": None}
    account.runs(**which)
    account.chains()
    asked(sandbox)

    frame = account.runs(chain="Monthly Close", **which)

    assert asked(sandbox) == []
    same(frame, anew(account, chain="Monthly Close", **which))


def test_what_is_read_after_a_limit_is_caught_up_with(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.runs(limit=200)
    clock.advance(5 * DAY)
    account.runs(limit=200)
    asked(sandbox)

    account.runs(limit=200)

    assert len(asked(sandbox)) <= 2  # the oldest second may go on on the next page


def test_a_limit_is_what_an_estimate_counts_by(account: OneCloud, clock: Clock) -> None:
    account.runs(limit=200)
    clock.advance(10 * DAY)

    assert account.estimate("runs", limit=5_000) >= 100


def test_what_would_not_fit_is_not_begun_whatever_is_known(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock
) -> None:
    account = sign_in(new_sandbox(daily_limit=50))
    account.runs(limit=200)
    clock.advance(600)

    with pytest.raises(QuotaExceeded) as told:
        account.runs(limit=5_000)

    assert told.value.needed is not None
    assert told.value.needed > 50


# ---- the same at the same time


@pytest.mark.parametrize(
    "read", [read for read in READS if read.name not in ("outputs", "variables")], ids=repr
)
def test_eight_threads_that_ask_the_same_ask_once(
    account: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    account.chains()
    sandbox.requests.clear()
    account.cache.clear("security")
    sandbox.faults.add(faults.latency(0.02))

    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda _: read(account, refresh=False), range(8)))

    keys = [(each.path, tuple(sorted(each.query.items()))) for each in sandbox.requests]
    assert len(keys) == len(set(keys))
    assert all(each.equals(frames[0]) for each in frames)


# ---- acts and accounts


def test_an_answer_from_before_a_clear_is_given_to_nobody_after_it(
    account: OneCloud, sandbox: Sandbox
) -> None:
    cleared, go_on = threading.Event(), threading.Event()

    def slow(_: Request, work: faults.Work) -> Reply:
        reply = work()
        cleared.set()
        go_on.wait(10)
        return reply

    sandbox.faults.add(slow, path="/v1/metadata/workspace", times=1)
    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(account.workspaces)
        cleared.wait(10)
        account.cache.clear()
        late = pool.submit(account.workspaces)
        assert late.result(10).attrs["onecloud"]["calls"] == 1
        go_on.set()
        early.result(10)

    assert len(sandbox.requests) == 2


def test_no_frame_is_made_of_the_answers_to_two_accounts(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    box = new_sandbox()
    account = sign_in(box)
    other = box.enable_access()

    def another_signs_in() -> None:
        account.login(**{name: other[name] for name in ("access_token",)}, client_id="another")

    during(box, "/v1/metadata/workspace/*/environment", another_signs_in)

    with pytest.raises(OneCloudError, match="Another account signed in"):
        account.chains()


def test_nothing_is_written_after_a_sign_out(account: OneCloud, sandbox: Sandbox) -> None:
    answers = account._line.answers
    during(sandbox, "/v1/security/users", account.logout)

    with suppress(OneCloudError):  # signed out is as good an answer
        account.users()

    assert answers.info() == []


def test_a_failure_ends_the_other_slices(account: OneCloud, sandbox: Sandbox) -> None:
    account.chains()
    sandbox.requests.clear()
    sandbox.faults.add(faults.latency(0.01), path=SEARCH)
    sandbox.faults.add(faults.status(403), path=SEARCH, after=20, times=1)

    with pytest.raises(Forbidden):
        account.runs(since=days_ago(110), limit=None)
    made = len(sandbox.requests)
    for thread in threading.enumerate():
        if thread.name.startswith("onecloud-read"):
            thread.join(10)

    assert made < 60
    assert len(sandbox.requests) == made


def test_history_is_kept_within_its_bounds(account: OneCloud) -> None:
    account._line.answers.most_bytes = 1_000_000

    whole = account.runs(since=days_ago(60), limit=None)
    again = account.runs(since=days_ago(60), limit=None)

    assert account.cache.info()["size_bytes"].sum() < 6_000_000
    same(again, whole)


def test_the_age_of_a_history_is_that_of_its_oldest_answer(account: OneCloud, clock: Clock) -> None:
    account.runs(since=days_ago(20), limit=None)
    clock.advance(9 * DAY)

    facts = account.runs(since=days_ago(20), limit=None).attrs["onecloud"]

    assert facts["age_seconds"] == pytest.approx(9 * DAY, abs=60)
    assert pd.Timestamp(facts["fetched_at"]) == pytest.approx(
        pd.Timestamp(clock.now - 9 * DAY, unit="s", tz="UTC"), abs=pd.Timedelta(minutes=1)
    )
