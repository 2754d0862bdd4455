"""Runs over many pages, while the service goes on working."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.errors import BadAnswer
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock

SEARCH = "/v1/execute/chain_run/search"


def test_each_run_is_given_once_while_others_start(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    before = account.runs(since="2026-09-20", limit=None)

    def later(_request: Request, work: faults.Work) -> Reply:
        clock.advance(600)
        return work()

    sandbox.faults.add(later, path=SEARCH, after=1)
    frame = account.runs(since="2026-09-20", limit=None)

    assert frame["id"].is_unique
    assert list(frame["id"]) == list(before["id"])
    assert frame["start_at"].is_monotonic_decreasing
    assert len(account.runs(since="2026-09-20", limit=None)) > len(before)


class Shifting:
    """A service whose pages shift by some runs each time that one is turned."""

    def __init__(self, by: int) -> None:
        self.by, self.shown = by, list[object]()

    def __call__(self, _request: Request, work: faults.Work) -> Reply:
        reply = work()
        body = json.loads(reply.body)
        page = body["data"]["chainExecutors"]
        body["data"]["chainExecutors"] = [*self.shown[-self.by :], *page]
        self.shown += page
        return replace(reply, body=json.dumps(body).encode())


@pytest.mark.parametrize("limit", [None, 130])
@pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")
def test_each_run_is_given_once_where_the_pages_shift(
    account: OneCloud, sandbox: Sandbox, limit: int | None
) -> None:
    before = account.runs(since="2026-09-21", limit=limit)
    sandbox.faults.add(Shifting(by=3), path=SEARCH)

    frame = account.runs(since="2026-09-21", limit=limit)

    assert frame.equals(before)
    assert len(frame) > 100


def test_inputs_are_searched_over_shifting_pages_too(account: OneCloud, sandbox: Sandbox) -> None:
    before = account.find_inputs("US01", "Finance Close/Production", limit=None)
    sandbox.faults.add(Shifting(by=2), path="*/inputs_search")

    frame = account.find_inputs("US01", "Finance Close/Production", limit=None)

    assert frame.equals(before)
    assert len(frame) > 50


def test_logins_and_authorizations_are_given_once_where_the_pages_shift(
    account: OneCloud, sandbox: Sandbox
) -> None:
    """Pages by number shift whenever somebody signs in."""
    before = [account.logins(limit=None), account.authorizations(limit=None)]

    def shifted(request: Request, work: faults.Work) -> Reply:
        reply = work()
        rows = json.loads(reply.body)["data"]
        again = [{**rows[0], "id": "90000"}] if request.query["page"] != "0" and rows else []
        return replace(reply, body=json.dumps({"data": again + rows[len(again) :]}).encode())

    sandbox.faults.add(shifted, path="*_activity")
    for read, frame in zip((account.logins, account.authorizations), before, strict=True):
        again = read(limit=None, refresh=True)
        assert again["id"].is_unique
        assert set(again["id"]) <= {*frame["id"], "90000"}


@pytest.mark.parametrize("cursor", [None, "", "missing"])
def test_the_last_page_is_known_by_its_cursor(
    account: OneCloud, sandbox: Sandbox, cursor: str | None
) -> None:
    def last(_request: Request, work: faults.Work) -> Reply:
        reply = work()
        data = json.loads(reply.body)["data"]
        data["cursor"] = cursor
        if cursor == "missing":
            del data["cursor"]
        return replace(reply, body=json.dumps({"data": data}).encode())

    sandbox.faults.add(last, path=SEARCH)

    frame = account.runs(limit=None)

    assert len(frame) == 50
    assert frame.attrs["onecloud"]["complete"] is True


def test_a_cursor_that_leads_round_in_circles_is_an_error(
    account: OneCloud, sandbox: Sandbox
) -> None:
    first: list[Reply] = []

    def same(_request: Request, work: faults.Work) -> Reply:
        first.append(work())
        return first[0]

    sandbox.faults.add(same, path=SEARCH)

    with pytest.raises(BadAnswer, match="again and again"):
        account.runs(limit=None)


def test_a_page_that_fails_on_its_way_is_asked_for_again(
    account: OneCloud, sandbox: Sandbox
) -> None:
    before = account.runs(since="2026-09-21", limit=None)
    sandbox.faults.add(faults.status(502), path=SEARCH, after=1, times=2)
    sandbox.faults.add(faults.truncated_body(), path=SEARCH, after=4, times=1)

    frame = account.runs(since="2026-09-21", limit=None)

    assert frame.equals(before)


def test_pages_are_asked_for_as_they_are_needed(account: OneCloud, sandbox: Sandbox) -> None:
    account.chains()
    sandbox.requests.clear()

    with pytest.warns(OneCloudWarning):
        account.runs(limit=51)

    assert [each.path for each in sandbox.requests] == [SEARCH, SEARCH]
    assert {each.query["sort"] for each in sandbox.requests} == {"desc"}
