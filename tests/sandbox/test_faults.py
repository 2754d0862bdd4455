"""Every fault that can be switched on, for whom, how often, and what it does to the work."""

import threading
from collections.abc import Callable
from contextlib import suppress
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any

import pytest

from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request

from ..conftest import NOW, Clock
from .asking import QUOTA, WORKSPACES, Answer, Placed, ask, get, refresh
from .running import history, start

ONE = f"{WORKSPACES}/66"


def runs_of(sandbox: Sandbox, chain: Placed) -> list[Any]:
    found: list[Any] = get(sandbox, history(chain), start_date=int(NOW))["chainExecutors"]
    return found


def look(sandbox: Sandbox, path: str = WORKSPACES) -> Answer:
    return ask(sandbox, "GET", path)


# ---- for whom, and how often


def test_a_fault_strikes_as_often_as_it_was_told_to(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.status(503), times=2)

    assert [look(sandbox).status for _ in range(4)] == [503, 503, 200, 200]


def test_a_fault_spares_as_many_calls_as_it_was_told_to(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.status(503), after=2, times=1)

    assert [look(sandbox).status for _ in range(4)] == [200, 200, 503, 200]


def test_a_fault_without_a_number_strikes_until_it_is_switched_off(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.status(503))
    struck = [look(sandbox).status for _ in range(5)]

    sandbox.faults.clear()

    assert struck == [503] * 5
    assert look(sandbox).status == 200


def test_a_fault_strikes_and_counts_only_the_path_and_method_it_is_for(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.status(502), path="/v1/metadata/*/66", method="GET", after=1, times=1)

    answered = [
        look(sandbox).status,
        ask(sandbox, "POST", ONE).status,
        look(sandbox, ONE).status,
        look(sandbox, f"{WORKSPACES}/67").status,
        look(sandbox, ONE).status,
        look(sandbox, ONE).status,
    ]

    assert answered == [200, 405, 200, 200, 502, 200]


def test_a_fault_is_told_by_the_path_below_the_prefix(clock: Clock) -> None:
    with Sandbox(clock=clock, prefix="/s/wdata/oc/api") as sandbox:
        sandbox.faults.add(faults.status(502), path=WORKSPACES)

        assert look(sandbox).status == 502


def test_faults_are_put_around_each_other_the_first_one_outermost(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.header_missing("Location"))
    sandbox.faults.add(faults.redirect("https://elsewhere.example.com/"))

    answer = look(sandbox)

    assert answer.status == 302
    assert answer.headers["Location"] is None


def test_a_fault_may_be_written_in_place(sandbox: Sandbox) -> None:
    def twice(request: Request, work: faults.Work) -> Reply:
        work()
        return work()

    sandbox.faults.add(twice)

    assert look(sandbox).quota == (98, 49_998)


# ---- the work done, or not


def test_dropped_after_the_work_the_work_is_done(sandbox: Sandbox, chain: Placed) -> None:
    sandbox.faults.add(faults.drop_after_work(), path="*/start", times=1)

    with pytest.raises(RemoteDisconnected):
        start(sandbox, chain)

    assert len(runs_of(sandbox, chain)) == 1


def test_dropped_before_the_work_nothing_is_done(sandbox: Sandbox, chain: Placed) -> None:
    sandbox.faults.add(faults.drop_before_work(), path="*/start", times=1)
    before = look(sandbox).quota[0]

    with pytest.raises(RemoteDisconnected):
        start(sandbox, chain)

    assert look(sandbox).quota[0] == before - 1
    assert not runs_of(sandbox, chain)


def test_an_answer_that_is_lost_has_spent_the_refresh_token(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.drop_after_work(), path="/oauth/token", times=1)

    with pytest.raises(RemoteDisconnected):
        refresh(sandbox, sandbox.credentials)

    assert refresh(sandbox, sandbox.credentials).body["error"] == "invalid_grant"


def test_a_refresh_that_never_arrived_has_not(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.drop_before_work(), path="/oauth/token", times=1)

    with pytest.raises(RemoteDisconnected):
        refresh(sandbox, sandbox.credentials)

    assert refresh(sandbox, sandbox.credentials).status == 200


SPOILT = (
    faults.truncated_body(),
    faults.html_instead(),
    faults.empty_body(),
    faults.bare_list(),
    faults.quota_nearly_spent(),
    faults.header_missing("Date"),
    faults.without_metadata(139),
    faults.latency(0),
)
INSTEAD = (faults.status(500), faults.redirect("/"))


def test_behind_a_spoilt_answer_the_work_is_done(sandbox: Sandbox, chain: Placed) -> None:
    for number, fault in enumerate(SPOILT, start=1):
        sandbox.faults.add(fault, path="*/start", times=1)
        with suppress(IncompleteRead):
            start(sandbox, chain)
        assert len(runs_of(sandbox, chain)) == number


def test_where_another_answers_the_work_is_not_done(sandbox: Sandbox, chain: Placed) -> None:
    for fault in INSTEAD:
        sandbox.faults.add(fault, path="*/start", times=1)
        start(sandbox, chain)

    assert not runs_of(sandbox, chain)


# ---- what each does to the answer


@pytest.mark.parametrize("code", [500, 502, 503, 504, 429, 299])
def test_another_status_can_be_answered(sandbox: Sandbox, code: int) -> None:
    sandbox.faults.add(faults.status(code))

    assert look(sandbox).status == code


@pytest.mark.parametrize("keep", [0, 0.5, 0.99])
def test_a_body_can_break_off(sandbox: Sandbox, keep: float) -> None:
    whole = int(look(sandbox).headers["Content-Length"])
    sandbox.faults.add(faults.truncated_body(keep))

    with pytest.raises(IncompleteRead) as error:
        look(sandbox)

    assert len(error.value.partial) == int(whole * keep)
    assert len(error.value.partial) + (error.value.expected or 0) == whole


@pytest.mark.parametrize("code", [200, 503])
def test_html_can_be_answered_instead(sandbox: Sandbox, code: int) -> None:
    sandbox.faults.add(faults.html_instead(code))

    answer = look(sandbox)

    assert (answer.status, answer.headers["Content-Type"]) == (code, "text/html")
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_a_body_can_be_empty(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.empty_body())

    answer = look(sandbox)

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Type"] == "application/json"


def test_a_list_can_come_bare(sandbox: Sandbox) -> None:
    wrapped = look(sandbox).body["data"]
    sandbox.faults.add(faults.bare_list())

    assert look(sandbox).body == wrapped


def test_a_redirect_can_be_answered(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.redirect("https://elsewhere.example.com/", 307))

    answer = look(sandbox)

    assert (answer.status, answer.headers["Location"]) == (307, "https://elsewhere.example.com/")


def test_the_quota_can_look_nearly_spent(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=2, daily=7))

    assert look(sandbox).quota == (2, 7)


@pytest.mark.parametrize("name", [*QUOTA, "Date", "content-type"])
def test_a_header_can_be_missing(sandbox: Sandbox, name: str) -> None:
    before = look(sandbox).headers[name]
    sandbox.faults.add(faults.header_missing(name))

    assert before
    assert look(sandbox).headers[name] is None


def test_a_published_chain_can_come_without_its_metadata(sandbox: Sandbox, chain: Placed) -> None:
    sandbox.faults.add(faults.without_metadata(chain.environment_id), path="*/publish")

    answer = ask(sandbox, "POST", f"/v1/chains/{chain.id}/publish")

    assert answer.status == 201
    assert answer.body["data"]["id"] == chain.id
    assert answer.headers["Location"] == answer.body["data"]["url"]
    assert ask(sandbox, "GET", answer.headers["Location"]).body["data"]["id"] == chain.id


@pytest.mark.parametrize("fault", [faults.bare_list, lambda: faults.without_metadata(139)])
def test_what_has_no_data_passes_as_it_is(
    sandbox: Sandbox, chain: Placed, fault: Callable[[], faults.Fault]
) -> None:
    sandbox.faults.add(fault())

    assert ask(sandbox, "GET", "/v2").status == 404
    assert refresh(sandbox, sandbox.credentials).body["token_type"]
    assert ask(sandbox, "POST", f"/v1/chains/{chain.id}/export").status == 200


# ---- while a fault lasts


def test_a_late_answer_delays_nobody_on_another_connection(sandbox: Sandbox) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        assert seconds == 30
        arrived.set()
        go_on.wait(10)

    sandbox.faults.add(faults.latency(30, sleep), path=ONE)
    late: list[Answer] = []
    waiting = threading.Thread(target=lambda: late.append(look(sandbox, ONE)))
    waiting.start()
    assert arrived.wait(10)

    meanwhile = [look(sandbox).status for _ in range(3)]
    in_time = len(late)
    go_on.set()
    waiting.join(10)

    assert meanwhile == [200] * 3
    assert in_time == 0
    assert late[0].status == 200


def test_after_a_dropped_connection_the_next_one_is_served(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.drop_before_work(), times=1)

    with pytest.raises(RemoteDisconnected):
        look(sandbox)

    assert look(sandbox).status == 200
