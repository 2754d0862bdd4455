"""When a start is taken and when it is refused, and where the run can be seen afterwards."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.world import World

from ..conftest import NOW, Clock
from .asking import Answer, Placed, ask, chains, get, one_chain, seconds
from .running import RUN, SEARCH, start, stop

DAY = 86_400.0


def alone(sandbox: Sandbox) -> Placed:
    """A chain that may not run twice at once."""
    return one_chain(
        sandbox, lambda it: not it["concurrency_enabled"] and not it["disabled"], "Development"
    )


def with_inputs(sandbox: Sandbox) -> Placed:
    return one_chain(
        sandbox,
        lambda it: it["runtime_inputs"] and it["concurrency_enabled"] and not it["disabled"],
    )


def refused(answer: Answer) -> str:
    assert (answer.status, answer.body["error"]) == (422, "Unable to Start Chain")
    return str(answer.body["error_description"])


def test_a_start_answers_with_the_run(sandbox: Sandbox, chain: Placed) -> None:
    run = start(sandbox, chain).body["data"]
    users = {user["id"]: user for user in get(sandbox, "/v1/security/users")}

    assert (run["chainId"], run["envId"]) == (chain.id, chain.environment_id)
    assert (run["state"], run["launchType"]) == ("enqueueing", "api")
    me = users[run["userId"]]
    assert run["userName"] == f"{me['first_name']} {me['last_name']}"
    assert run["id"] not in {each["id"] for each in get(sandbox, SEARCH)["chainExecutors"][1:]}


def test_a_disabled_chain_refuses(sandbox: Sandbox) -> None:
    chain = one_chain(sandbox, lambda it: it["disabled"])

    assert "disabled" in refused(start(sandbox, chain))


def test_a_second_run_is_refused_however_long_the_first_one_takes(clock: Clock) -> None:
    with Sandbox(clock=clock, token_ttl=30 * DAY) as sandbox:
        chain = alone(sandbox)
        sandbox.plan_next(seconds=20 * DAY)
        first = start(sandbox, chain).body["data"]["id"]
        clock.advance(10.5 * DAY)

        assert first in refused(start(sandbox, chain))


def test_of_starts_at_the_same_moment_one_is_taken(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain, look, met = alone(sandbox), World.live, threading.Barrier(2)

    def look_and_wait(*arguments: Any) -> Any:
        found = look(*arguments)
        with suppress(threading.BrokenBarrierError):
            met.wait(0.3)  # a second one that looks before the first one has started would be here
        return found

    monkeypatch.setattr(World, "live", look_and_wait)
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda _: start(sandbox, chain).status, range(2)))

    assert sorted(statuses) == [200, 422]


def test_a_chain_without_concurrency_refuses_a_second_run_while_one_is_live(
    sandbox: Sandbox, clock: Clock
) -> None:
    chain = alone(sandbox)
    sandbox.plan_next(seconds=30, pause=(10, 20))
    first = start(sandbox, chain).body["data"]["id"]

    for age in (0, 5, 15, 29.75):
        clock.now = NOW + age
        assert first in refused(start(sandbox, chain))
    clock.now = NOW + 30

    assert start(sandbox, chain).status == 200


def test_a_chain_without_concurrency_takes_a_run_once_the_other_is_stopped(
    sandbox: Sandbox,
) -> None:
    chain = alone(sandbox)
    first = start(sandbox, chain).body["data"]["id"]
    before = start(sandbox, chain).status

    stop(sandbox, first)

    assert before == 422
    assert start(sandbox, chain).status == 200


def test_a_run_that_a_schedule_started_is_live_like_any_other(
    sandbox: Sandbox, clock: Clock
) -> None:
    alones = {chain.id: chain for chain in chains(sandbox) if not chain.wire["concurrency_enabled"]}
    found = get(sandbox, SEARCH, chain_id=",".join(alones), state="completed")["chainExecutors"]
    run = next(each for each in found if not alones[each["chainId"]].wire["disabled"])
    clock.now = seconds(run["startAt"]) + 1

    answer = start(sandbox, alones[run["chainId"]])

    assert run["launchType"] != "api" or int(run["id"]) < 9_000_000
    assert run["id"] in refused(answer)


def test_a_chain_with_concurrency_takes_as_many_as_are_started(
    sandbox: Sandbox, chain: Placed
) -> None:
    started = [start(sandbox, chain) for _ in range(5)]

    assert [each.status for each in started] == [200] * 5
    assert len({each.body["data"]["id"] for each in started}) == 5


def test_a_refused_start_leaves_no_run(sandbox: Sandbox) -> None:
    chain = one_chain(sandbox, lambda it: it["disabled"])

    start(sandbox, chain)
    ask(sandbox, "POST", f"{chain.path}/start", b"{")

    assert not get(sandbox, f"{chain.path}/history", start_date=int(NOW))["chainExecutors"]


# ---- runtime variables


def test_a_start_takes_the_variables_that_the_chain_knows(clock: Clock) -> None:
    with Sandbox(clock=clock, input_names=True) as sandbox:
        chain = with_inputs(sandbox)
        names = [each["name"] for each in chain.wire["runtime_inputs"]]

        assert start(sandbox, chain, dict.fromkeys(names, "2026-08")).status == 200
        assert start(sandbox, chain, {names[0]: {"any": ["value"]}}).status == 200
        assert start(sandbox, chain, {}).status == 200


def test_a_variable_that_the_chain_does_not_know_is_refused_by_name(sandbox: Sandbox) -> None:
    chain = with_inputs(sandbox)

    assert "'colour'" in refused(start(sandbox, chain, {"colour": "red"}))


def test_names_of_variables_are_the_same_whether_they_are_told_or_not(clock: Clock) -> None:
    with Sandbox(clock=clock, input_names=True) as telling, Sandbox(clock=clock) as silent:
        told, untold = with_inputs(telling), with_inputs(silent)
        (first, *_) = told.wire["runtime_inputs"]

        assert told.id == untold.id
        assert "name" not in untold.wire["runtime_inputs"][0]
        assert start(silent, untold, {first["name"]: "x"}).status == 200


@pytest.mark.parametrize("body", [b"{}", b'{"runtimeVariables": {}}', b'{"other": 1}'])
def test_a_start_without_variables_is_a_start(sandbox: Sandbox, chain: Placed, body: bytes) -> None:
    assert ask(sandbox, "POST", f"{chain.path}/start", body).status == 200


@pytest.mark.parametrize("value", [b"null", b"[]", b"0", b'""', b"false", b"[1]", b'"x"', b"7"])
def test_variables_that_are_no_object_are_refused(
    sandbox: Sandbox, chain: Placed, value: bytes
) -> None:
    answer = ask(sandbox, "POST", f"{chain.path}/start", b'{"runtimeVariables": %s}' % value)

    assert (answer.status, answer.body["error"]) == (422, "Invalid parameters")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"7", b'"text"', b"{", b"\xff\xfe", b"[" * 9999]
)
def test_a_body_that_is_no_object_is_refused(sandbox: Sandbox, chain: Placed, body: bytes) -> None:
    assert ask(sandbox, "POST", f"{chain.path}/start", body).status == 400


# ---- which chain


def test_a_chain_is_not_found_in_an_environment_that_is_not_its_own(sandbox: Sandbox) -> None:
    mine, other = chains(sandbox, "Test")[0], chains(sandbox, "Staging")[0]
    strange = Placed(mine.id, other.environment_id, mine.wire)

    assert start(sandbox, strange).status == 404


@pytest.mark.parametrize("id", ["1", "0", "abc", "%2F", "%zz", "%D9%A3", "9" * 300, "54001%00"])
def test_a_chain_that_does_not_exist_is_not_found(sandbox: Sandbox, chain: Placed, id: str) -> None:
    path = f"/v1/execute/environment/{chain.environment_id}/chain/{id}/start"

    assert ask(sandbox, "POST", path, {}).status == 404


# ---- and afterwards


def test_a_started_run_is_in_the_history_and_in_the_search(sandbox: Sandbox, chain: Placed) -> None:
    run = start(sandbox, chain).body["data"]

    first = get(sandbox, f"{chain.path}/history")["chainExecutors"][0]
    running = get(sandbox, SEARCH, state="running")["chainExecutors"][0]

    assert first == running == get(sandbox, f"{RUN}/{run['id']}") == run


def test_a_started_run_is_found_by_what_it_was_given(sandbox: Sandbox, clock: Clock) -> None:
    chain, path = with_inputs(sandbox), "/v1/execute/environment/{}/chain/inputs_search"
    with Sandbox(clock=clock, input_names=True) as telling:
        name = with_inputs(telling).wire["runtime_inputs"][0]["name"]
    run = start(sandbox, chain, {name: "Quite-Unheard-Of.xlsx"}).body["data"]

    here = get(sandbox, path.format(chain.environment_id), search_text="unheard-of")
    elsewhere = get(
        sandbox, path.format(chains(sandbox, "Test")[0].environment_id), search_text="unheard-of"
    )

    assert here["chainExecutors"] == [run]
    assert elsewhere["chainExecutors"] == []
