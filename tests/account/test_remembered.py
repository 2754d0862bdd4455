"""Run history that was read before: what is asked for again, and what never is."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from onecloud_magic import OneCloud
from onecloud_magic.errors import Unreachable
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import NOW, Clock

from .conftest import NewSandbox, SignIn
from .test_at_once import Crowd

SEARCH = "/v1/execute/chain_run/search"
ONE = "/v1/execute/chain_run/*"
DAY = 86_400.0

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning"),
]


def asked(sandbox: Sandbox) -> list[str]:
    """What was asked about runs since this was last looked at: search, or one run."""
    paths = [each.path.partition("/v1/execute/")[2] for each in sandbox.requests]
    sandbox.requests.clear()
    return ["search" if path == "chain_run/search" else "run" for path in paths if path]


def days_ago(days: float) -> datetime:
    return datetime.fromtimestamp(NOW - days * DAY, UTC)


def anew(account: OneCloud, **arguments: Any) -> pd.DataFrame:
    """The same read by somebody who remembers nothing."""
    other = OneCloud("other", base_url=account.base_url, token_store="memory", timezone="UTC")  # noqa: S106  # a place
    other.burst_limit = account.burst_limit
    if other.session.state != "active":
        record = account._line.held.current
        assert record is not None
        other.login(access_token=record.access_token)
    return other.runs(**arguments, refresh=True)


def same(mine: pd.DataFrame, theirs: pd.DataFrame) -> None:
    left, right = (each.sort_values("id", ignore_index=True) for each in (mine, theirs))
    assert_frame_equal(left, right)
    assert list(mine["start_at"]) == list(theirs["start_at"])


@pytest.fixture
def settled(account: OneCloud, sandbox: Sandbox) -> OneCloud:
    """An account that has read thirty days of runs up to yesterday, all of them ended."""
    account.runs(since=days_ago(30), until=days_ago(1), limit=None)
    sandbox.requests.clear()
    return account


def test_what_has_ended_is_not_asked_for_again(settled: OneCloud, sandbox: Sandbox) -> None:
    again = settled.runs(since=days_ago(30), until=days_ago(1), limit=None)

    assert asked(sandbox) == []
    assert again.attrs["onecloud"]["source"] == "cache"
    same(again, anew(settled, since=days_ago(30), until=days_ago(1), limit=None))


def test_a_longer_history_costs_the_pages_that_are_new(settled: OneCloud, sandbox: Sandbox) -> None:
    before = len(settled.runs(since=days_ago(30), until=days_ago(1), limit=None))

    longer = settled.runs(since=days_ago(33), until=days_ago(1), limit=None)

    assert len(asked(sandbox)) <= (len(longer) - before) // 50 + 1
    same(longer, anew(settled, since=days_ago(33), until=days_ago(1), limit=None))


def test_a_history_up_to_now_costs_a_page_the_second_time(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.runs(chain="Monthly Close", since=days_ago(60), limit=None)
    asked(sandbox)
    clock.advance(3_600)

    again = account.runs(chain="Monthly Close", since=days_ago(60), limit=None)

    assert asked(sandbox) == ["search"]
    same(again, anew(account, chain="Monthly Close", since=days_ago(60), limit=None))


def test_what_another_kernel_has_read_is_not_read_again(
    settled: OneCloud, sandbox: Sandbox, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onecloud_magic.account import files, line

    monkeypatch.setattr(line, "_lines", {})
    monkeypatch.setattr(files, "_shelves", {})
    other = OneCloud(base_url=sandbox.url, timezone="UTC")

    other.runs(since=days_ago(30), until=days_ago(1), limit=None)

    assert asked(sandbox) == []


def test_a_state_is_looked_up_in_what_is_known(settled: OneCloud, sandbox: Sandbox) -> None:
    which: dict[str, Any] = {"state": "failed", "since": days_ago(20), "until": days_ago(2)}

    failed = settled.runs(**which, limit=None)

    assert asked(sandbox) == []
    assert len(failed) > 5
    same(failed, anew(settled, **which, limit=None))


def test_a_search_for_a_state_promises_nothing_for_later(
    account: OneCloud, sandbox: Sandbox
) -> None:
    account.runs(state="failed", since=days_ago(5), limit=None)
    asked(sandbox)

    every = account.runs(since=days_ago(5), limit=None)

    assert len(asked(sandbox)) > 1
    same(every, anew(account, since=days_ago(5), limit=None))


def test_a_read_that_stopped_at_its_limit_goes_on_from_there(
    account: OneCloud, sandbox: Sandbox
) -> None:
    account.runs(until=days_ago(1), limit=120)
    assert len(asked(sandbox)) == 3

    longer = account.runs(until=days_ago(1), limit=240)

    assert len(asked(sandbox)) <= 3
    same(longer, anew(account, until=days_ago(1), limit=240))
    assert not longer.attrs["onecloud"]["complete"]


def test_a_refresh_asks_for_all_of_it(settled: OneCloud, sandbox: Sandbox) -> None:
    settled.runs(since=days_ago(30), until=days_ago(1), limit=None, refresh=True)

    assert len(asked(sandbox)) > 5


def test_what_was_forgotten_is_asked_for_again(settled: OneCloud, sandbox: Sandbox) -> None:
    settled.cache.clear("runs")

    settled.runs(since=days_ago(30), until=days_ago(1), limit=None)

    assert len(asked(sandbox)) > 5


def test_a_read_that_broke_off_goes_on_where_it_was(account: OneCloud, sandbox: Sandbox) -> None:
    which: dict[str, Any] = {"since": days_ago(30), "until": days_ago(1), "limit": None}
    whole = anew(account, **which)
    asked(sandbox)
    sandbox.faults.add(faults.status(502), path=SEARCH, after=60)
    with pytest.raises(Unreachable):
        account.runs(**which)
    sandbox.faults.clear()
    asked(sandbox)

    first = account.runs(until=days_ago(1), limit=150)

    assert asked(sandbox) == []
    same(first, whole.iloc[:150].reset_index(drop=True))
    same(account.runs(**which), whole)


# ---- runs that live


def test_a_run_that_lived_is_looked_at_again(
    new_sandbox: NewSandbox, sign_in: SignIn, clock: Clock
) -> None:
    account = sign_in(new_sandbox())
    chain = account.chains(environment="Finance Close/Production", name="Monthly Close").iloc[0]
    ids = {"environment_id": chain["environment_id"], "chain_id": chain["id"]}
    live = account.call("startChain", **ids)["id"]
    which: dict[str, Any] = {"since": days_ago(3), "limit": None}
    before = account.runs(**which).set_index("id")
    clock.advance(2 * DAY)

    after = account.runs(**which).set_index("id")

    assert before.loc[str(live), "state"] in ("sleeping", "enqueueing")
    assert after.loc[str(live), "state"] not in ("sleeping", "enqueueing")
    same(after.reset_index(), anew(account, **which))


def test_old_runs_that_live_cost_a_call_each_and_not_their_history(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.runs(since=days_ago(60), limit=None)
    _live_again(sandbox, account, days_ago(50))
    asked(sandbox)

    account.runs(since=days_ago(60), limit=None)

    assert sorted(asked(sandbox)) == ["run", "search"]


def _live_again(sandbox: Sandbox, account: OneCloud, since: datetime) -> None:
    """Let the first run after a moment be one that was last seen alive."""
    (path,) = Path(account._line.place.home.root).rglob("answers/*.sqlite")
    with sqlite3.connect(path) as database:
        database.execute(
            "update runs set ended = 0 where id ="
            " (select id from runs where started > ? order by started limit 1)",
            (since.timestamp(),),
        )


# ---- whatever is asked, in whatever order


moments = st.integers(0, 24 * 8).map(lambda hours: days_ago(hours / 24))
reads = st.fixed_dictionaries(
    {
        "since": st.none() | moments,
        "until": st.none() | moments,
        "limit": st.sampled_from([0, 1, 49, 50, 51, 200]),
        "state": st.sampled_from([None, "failed", "running", ["completed", "paused"]]),
        "environment": st.sampled_from([None, "Finance Close/Production"]),
    }
)
steps = st.lists(st.tuples(reads, st.sampled_from([0.0, 0.5, 200.0, 7_200.0])), max_size=5)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(steps=steps)
def test_what_was_read_before_changes_no_answer(
    account: OneCloud, clock: Clock, steps: list[tuple[dict[str, Any], float]]
) -> None:
    account.cache.clear("runs")
    clock.now = NOW
    for read, later in steps:
        if read["since"] and read["until"] and read["since"] >= read["until"]:
            read["since"] = read["until"] - timedelta(hours=30)

        known, right = account.runs(**read), anew(account, **read)

        same(known, right)
        clock.advance(later)


def test_a_run_that_does_not_tell_its_start_is_not_lost(
    account: OneCloud, sandbox: Sandbox
) -> None:
    def nameless(_: object, work: faults.Work) -> Any:
        reply = work()
        page = json.loads(reply.body)
        for run in page["data"]["chainExecutors"][:1]:
            run.update(startAt=None, state="enqueueing", endAt=None, id="7")
        return replace(reply, body=json.dumps(page).encode())

    sandbox.faults.add(nameless, path=SEARCH, times=1)
    first = account.runs(limit=60)
    again = account.runs(limit=60)

    assert "7" in set(first["id"])
    assert first["start_at"].isna().sum() == 1
    assert again["start_at"].notna().sum() >= 59


def test_a_long_history_is_read_in_slices_at_once(account: OneCloud, sandbox: Sandbox) -> None:
    which: dict[str, Any] = {"since": days_ago(110), "until": days_ago(1)}
    crowd = Crowd(8)
    sandbox.faults.add(crowd, path=SEARCH, after=2)  # two pages tell how many there are

    whole = account.runs(**which, limit=None)

    pages = -(-len(whole) // 50)
    assert crowd.most == 8
    assert pages > 100
    assert len(asked(sandbox)) <= pages + 8
    assert whole["id"].is_unique
    assert whole["start_at"].is_monotonic_decreasing
    sandbox.faults.clear()
    same(whole, account.runs(**which, limit=len(whole) + 1, refresh=True))
    assert not account.runs(**which, limit=None).attrs["onecloud"]["calls"]
