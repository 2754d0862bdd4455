"""Which runs are given: states, times and places, whatever the service makes of the question."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic import OneCloud
from onecloud_magic.account.filters import WORDS, Filter, states
from onecloud_magic.errors import BadAnswer, UsageError
from onecloud_magic.runs import ENDED, LIVE
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import NOW

from .conftest import SignIn
from .reads import as_promised

SEARCH = "/v1/execute/chain_run/search"
Change = Callable[[dict[str, Any]], object]

pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")


@pytest.fixture
def whole(account: OneCloud, sandbox: Sandbox) -> pd.DataFrame:
    """Every run of the last two days."""
    frame = account.runs(since="2 days", limit=None)
    sandbox.requests.clear()
    return frame


def queries(sandbox: Sandbox) -> list[dict[str, str]]:
    return [dict(each.query) for each in sandbox.requests if each.path == SEARCH]


def deaf(sandbox: Sandbox) -> faults.Fault:
    """A service that hears no filter: it gives every run there is."""

    def answer(request: Request, _work: faults.Work) -> Reply:
        heard = {name: value for name, value in request.query.items() if name in ("sort", "cursor")}
        return sandbox._work(replace(request, query=heard))

    return answer


def each_run(change: Change) -> faults.Fault:
    """A service whose runs are not as they should be."""

    def answer(_request: Request, work: faults.Work) -> Reply:
        reply = work()
        body = json.loads(reply.body)
        for run in body["data"]["chainExecutors"]:
            change(run)
        return replace(reply, body=json.dumps(body).encode())

    return answer


# ---- states


@pytest.mark.parametrize("word", sorted({*WORDS, *LIVE, *ENDED}))
def test_a_state_is_a_word_of_the_service_or_one_of_a_run(
    account: OneCloud, whole: pd.DataFrame, word: str
) -> None:
    frame = account.runs(state=word, since="2 days", limit=None)

    wanted = WORDS.get(word, (word,))
    assert list(frame["id"]) == list(whole.loc[whole["state"].isin(wanted), "id"])
    assert as_promised(frame, "runs")


def test_several_states_are_all_meant(account: OneCloud, whole: pd.DataFrame) -> None:
    frame = account.runs(state=["failed", "Warned "], since="2 days", limit=None)

    assert set(frame["state"]) == {"errored", "warned"}
    assert list(frame["id"]) == list(whole.loc[whole["state"].isin(["errored", "warned"]), "id"])


@given(st.sets(st.sampled_from(LIVE + ENDED), min_size=1))
def test_the_word_that_is_asked_for_finds_all_states_that_are_wanted(wanted: set[str]) -> None:
    word = Filter(frozenset(wanted)).word

    assert word is None or wanted <= set(WORDS[word])
    assert word is not None or not any(wanted <= set(found) for found in WORDS.values())


@pytest.mark.parametrize("word", [["failed", "sleepy"], "done", 5, [None], b"failed", [["failed"]]])
def test_a_state_that_there_is_not_names_those_that_there_are(
    account: OneCloud, sandbox: Sandbox, word: Any
) -> None:
    with pytest.raises(UsageError) as told:
        account.runs(state=word)

    assert "all_succeeded" in told.value.hint
    assert not sandbox.requests


def test_no_state_at_all_is_not_every_state() -> None:
    with pytest.raises(UsageError):
        states([])


# ---- times


def test_the_range_is_half_open_on_the_start(account: OneCloud, whole: pd.DataFrame) -> None:
    first, last = whole["start_at"].iloc[-20], whole["start_at"].iloc[20]

    frame = account.runs(since=first, until=last, limit=None)

    within = (first <= whole["start_at"]) & (whole["start_at"] < last)
    assert list(frame["id"]) == list(whole.loc[within, "id"])
    assert (whole["start_at"] == last).any()


def test_a_moment_within_a_second_is_held_against_the_second(
    account: OneCloud, sandbox: Sandbox, whole: pd.DataFrame
) -> None:
    start = whole["start_at"].iloc[30]
    half = timedelta(seconds=0.5)

    after = account.runs(since=start + half, limit=None, refresh=True)
    assert start not in set(after["start_at"])
    around = account.runs(since=start - half, until=start + half, refresh=True)
    assert start in set(around["start_at"])
    second = int(start.timestamp())
    assert queries(sandbox)[-1]["start_date"] == str(second - 1)
    assert queries(sandbox)[-1]["end_date"] == str(second + 1)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("yesterday", "yesterday"),
        ("2026-09-20", date(2026, 9, 20)),
        (pd.Period("2026-09-20", "D"), "2026-09-20"),
        (datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 9, 21, tzinfo=UTC)),
    ],
)
def test_a_day_is_all_of_that_day(account: OneCloud, since: Any, until: Any) -> None:
    frame = account.runs(since=since, until=until, limit=None)

    starts = frame["start_at"]
    assert starts.min() >= pd.Timestamp("2026-09-20", tz="UTC")
    assert starts.max() < pd.Timestamp("2026-09-21", tz="UTC")
    assert len(frame) > 100


def test_a_period_is_counted_from_now(account: OneCloud) -> None:
    frame = account.runs(since="6 hours", limit=None)

    now = pd.Timestamp(NOW, unit="s", tz="UTC")
    assert frame["start_at"].min() >= now - timedelta(hours=6)
    assert frame["start_at"].max() > now - timedelta(hours=1)


def test_a_day_is_the_day_of_the_zone_that_is_set(sandbox: Sandbox, sign_in: SignIn) -> None:
    account = sign_in(sandbox, timezone="Asia/Tokyo")

    starts = account.runs(since="2026-09-20", until="2026-09-20", limit=None)["start_at"]

    assert starts.min() >= pd.Timestamp("2026-09-19 15:00", tz="UTC")
    assert starts.max() < pd.Timestamp("2026-09-20 15:00", tz="UTC")
    assert starts.min() < pd.Timestamp("2026-09-20 00:00", tz="UTC")


def test_a_zone_that_there_is_not_is_told_where_it_is_needed(
    sandbox: Sandbox, sign_in: SignIn
) -> None:
    account = sign_in(sandbox, timezone="Atlantis/Capital")

    with pytest.raises(UsageError, match="Atlantis"):
        account.runs(since="yesterday")
    assert len(account.runs(chain="Monthly Close", limit=None)) > 0


# ---- a service that does not keep to the question


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "failed"},
        {"since": "2026-09-21 06:00", "until": "2026-09-21 09:00"},
        {"chain": "Bank Statement Import"},
        {"environment": "Production"},
        {"workspace": "Treasury and Tax", "state": ["completed"]},
    ],
)
def test_a_service_that_hears_no_filter_gives_no_wrong_rows(
    account: OneCloud, sandbox: Sandbox, asked: dict[str, Any]
) -> None:
    right = account.runs(**{"since": "2026-09-20", **asked}, limit=None)
    sandbox.faults.add(deaf(sandbox), path=SEARCH)

    frame = account.runs(**{"since": "2026-09-20", **asked}, limit=len(right))

    assert frame.equals(right)
    assert len(frame) > 0


def test_more_chains_than_an_address_holds_are_found_by_their_environments(
    account: OneCloud, sandbox: Sandbox
) -> None:
    long_ago = account.runs(environment="Production", since="1 day", limit=None)
    names = set(long_ago["chain"])

    frame = account.runs(workspace="*", environment="*", since="1 day", limit=None)

    assert set(frame["chain"]) >= names
    assert "chain_id" not in queries(sandbox)[-1]


def test_runs_that_do_not_tell_their_start_come_first_and_fit_no_range(
    account: OneCloud, sandbox: Sandbox
) -> None:
    odd = account.runs(since="1 day", limit=None)["id"].iloc[5]
    without = each_run(lambda run: run["id"] == odd and run.pop("startAt"))
    sandbox.faults.add(without, path=SEARCH)

    ranged = account.runs(since="1 day", limit=None)
    plain = account.runs(limit=50)

    assert odd not in set(ranged["id"])
    assert plain["id"][0] == odd
    assert plain["start_at"][1:].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("startAt", {"since": "1 day"}),
        ("state", {"state": "failed"}),
        ("chainId", {"chain": "Bank Statement Import"}),
        ("envId", {"environment": "Production"}),
    ],
)
@pytest.mark.parametrize("value", [["a list"], {"an": "object"}, True, 1.5])
def test_a_run_of_which_nobody_can_tell_whether_it_fits_is_an_error(
    account: OneCloud, sandbox: Sandbox, field: str, asked: dict[str, Any], value: object
) -> None:
    sandbox.faults.add(each_run(lambda run: run.update({field: value})), path=SEARCH)

    with pytest.raises(BadAnswer, match=f"{field} of a run came as"):
        account.runs(**asked)


def test_a_start_that_is_no_time_is_an_error_with_a_range_and_without(
    account: OneCloud, sandbox: Sandbox
) -> None:
    sandbox.faults.add(each_run(lambda run: run.update(startAt="soon")), path=SEARCH)

    with pytest.raises(BadAnswer):
        account.runs(since="1 day")
    with pytest.raises(BadAnswer):
        account.runs()
