"""What a frame says of itself, and frames without rows."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import NOW, Clock

from .conftest import SignIn
from .reads import READS, Read, as_promised

FACTS = ["table", "fetched_at", "source", "calls", "age_seconds", "complete"]
every_read = pytest.mark.parametrize("read", READS, ids=repr)

pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")


@every_read
def test_a_frame_says_where_it_comes_from(account: OneCloud, sandbox: Sandbox, read: Read) -> None:
    facts = read(account).attrs["onecloud"]

    assert list(facts) == FACTS
    assert json.loads(json.dumps(facts)) == facts
    assert not [fact for fact in facts.values() if isinstance(fact, list | dict)]
    assert facts["table"] == read.table
    assert facts["source"] == "network"
    assert facts["calls"] == len(sandbox.requests) > 0
    assert facts["fetched_at"] == datetime.fromtimestamp(NOW, UTC).isoformat()
    assert facts["age_seconds"] == 0


@every_read
def test_what_does_not_live_is_answered_from_the_cache_the_second_time(
    account: OneCloud, sandbox: Sandbox, clock: Clock, read: Read
) -> None:
    first = read(account)
    sandbox.requests.clear()
    clock.advance(90)

    again = read(account)

    facts = again.attrs["onecloud"]
    lives = read.table == "runs"
    assert facts["source"] == ("network" if lives else "cache")
    assert facts["calls"] == len(sandbox.requests) == lives
    assert facts["age_seconds"] == 90
    assert lives or again.equals(first)


@every_read
def test_a_refresh_asks_again_for_all_of_it(
    account: OneCloud, sandbox: Sandbox, clock: Clock, read: Read
) -> None:
    first = read(account)
    calls = len(sandbox.requests)
    sandbox.requests.clear()
    clock.advance(1)

    again = read(account, refresh=True)

    assert again.attrs["onecloud"]["source"] == "network"
    assert again.attrs["onecloud"]["age_seconds"] == 0
    assert again.attrs["onecloud"]["calls"] == len(sandbox.requests) == calls
    assert len(again) == len(first)


def test_what_a_refresh_brought_is_what_the_cache_gives_next(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    account.workspaces()
    clock.advance(500)
    account.workspaces(refresh=True)
    clock.advance(500)
    sandbox.requests.clear()

    frame = account.workspaces()

    assert frame.attrs["onecloud"]["age_seconds"] == 500
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("read", "lifetime"), [("workspaces", 600), ("chains", 600), ("users", 3600)]
)
def test_an_answer_is_given_again_until_its_time_is_up(
    account: OneCloud, clock: Clock, read: str, lifetime: float
) -> None:
    getattr(account, read)()

    clock.advance(lifetime - 1)
    assert getattr(account, read)().attrs["onecloud"]["source"] == "cache"

    clock.advance(1)
    assert getattr(account, read)().attrs["onecloud"]["source"] == "network"


def test_how_long_metadata_lives_is_a_setting(
    sandbox: Sandbox, sign_in: SignIn, clock: Clock
) -> None:
    account = sign_in(sandbox, cache_ttl=5.0)
    account.workspaces()

    clock.advance(6)

    assert account.workspaces().attrs["onecloud"]["source"] == "network"


def test_a_reader_who_changes_a_frame_changes_nobody_elses(account: OneCloud) -> None:
    frame = account.chains()
    before = frame.copy()

    frame["name"] = "changed"
    frame.attrs["onecloud"]["calls"] = 99

    again = account.chains()
    assert again.equals(before)
    assert again.attrs["onecloud"]["calls"] == 0


def test_calls_that_were_repeated_count_as_often_as_they_were_sent(
    account: OneCloud, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.status(503), path="/v1/metadata/chains/search", times=2)
    sandbox.faults.add(faults.drop_before_work(), path="/v1/metadata/workspace", times=1)

    facts = account.chains().attrs["onecloud"]

    assert facts["calls"] == len(sandbox.requests) == 1 + 3 + 12 + 3


def test_a_frame_that_was_cut_off_at_its_limit_says_so_from_the_cache_too(
    account: OneCloud,
) -> None:
    for source in ("network", "cache"):
        with pytest.warns(OneCloudWarning, match=r"^logins: 7 read, and there may be more\."):
            frame = account.logins(limit=7)

        assert frame.attrs["onecloud"]["complete"] is False
        assert frame.attrs["onecloud"]["source"] == source


def test_a_frame_of_all_there_is_says_nothing(account: OneCloud) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for read in ("chains", "users", "permissions", "authorizations"):
            assert getattr(account, read)().attrs["onecloud"]["complete"] is True


def test_a_notice_points_at_the_line_of_the_reader(account: OneCloud) -> None:
    with pytest.warns(OneCloudWarning) as caught:
        account.logins(limit=1)

    assert [each.filename for each in caught] == [__file__]


def test_a_limit_of_nothing_costs_nothing(account: OneCloud, sandbox: Sandbox) -> None:
    frame = account.logins(limit=0)

    assert as_promised(frame, "logins")
    assert frame.empty
    assert not sandbox.requests


def emptied(_request: Request, work: faults.Work) -> Reply:
    """Answer in the right form, with nothing in it."""
    reply = work()
    data = json.loads(reply.body)["data"]
    nothing: dict[str, object] = {"chainExecutors": [], "nodes": [], "cursor": None}
    none = [] if isinstance(data, list) else {**data, **nothing}
    return Reply(200, json.dumps({"data": none}).encode(), reply.headers)


@every_read
def test_a_frame_without_rows_has_the_same_columns_and_dtypes(
    account: OneCloud, sandbox: Sandbox, read: Read
) -> None:
    sandbox.faults.add(emptied, path=read.path)

    frame = read(account)

    assert as_promised(frame, read.table)
    assert frame.empty
    assert list(frame.attrs["onecloud"]) == FACTS
