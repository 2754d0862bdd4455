import threading

import pytest

from onecloud_magic import errors
from onecloud_magic.api import OPERATIONS, Pace, Quota, Reply, Request, Transport
from onecloud_magic.sandbox import Sandbox

from .clock import Clock
from .conftest import Bearer, Connect, ids

READS = [one for one in OPERATIONS.values() if not one.acts]


# ---- the service answers


@pytest.mark.parametrize("ids_are", ["text", "integer"])
def test_every_read_comes_in_its_form_through_a_prefix(
    connect: Connect, clock: Clock, ids_are: str
) -> None:
    with Sandbox(clock=clock, ids=ids_are, prefix="/s/wdata/oc/api") as sandbox:  # type: ignore[arg-type]
        transport = connect(sandbox)
        known = ids(transport)
        forms = {"rows": list, "row": dict, "runs": dict}

        for operation in READS:
            needed = {name: known[name] for name in (*operation.parts, *operation.needs)}
            data = transport.call(operation.id, **needed)
            assert isinstance(data, forms[operation.answer]), operation.id


def test_every_page_of_a_long_list_is_read(transport: Transport, sandbox: Sandbox) -> None:
    pages = transport.pages("chainFilterSearch", 120)
    runs = [run["id"] for page in pages for run in page]

    assert len(set(runs)) == len(runs) == 120
    assert not pages.complete

    pages = transport.pages("getUsers", None)
    users = [user["id"] for page in pages for user in page]

    assert len(users) == len(sandbox.users)
    assert pages.complete


def test_a_chain_that_was_exported_can_be_imported(transport: Transport) -> None:
    known = ids(transport)

    content = transport.call("exportChain", chain_id=known["chain_id"])
    made = transport.call(
        "importChain", environment_id=known["environment_id"], file=("a.chain", content)
    )

    assert isinstance(content, bytes)
    assert made["id"] != known["chain_id"]


def test_a_start_reaches_the_service_once_with_its_inputs(
    transport: Transport, sandbox: Sandbox, start: dict[str, object]
) -> None:
    run = transport.call("startChain", **start)

    assert run["chainId"] == start["chain_id"]
    assert [one.body for one in sandbox.requests] == [b'{"runtimeVariables": {}}']


def test_every_reply_is_seen_with_its_quota_and_the_servers_time(
    connect: Connect, clock: Clock
) -> None:
    seen: list[tuple[Request, Reply]] = []
    connect(on_reply=lambda asked, reply: seen.append((asked, reply))).call("getWorkspaces")

    ((asked, reply),) = seen
    assert asked.operation.id == "getWorkspaces"
    assert reply.quota == Quota(99, 49_999)
    assert reply.date is not None
    assert reply.date.timestamp() == clock.now


def test_connections_are_kept_alive_and_named(transport: Transport, sandbox: Sandbox) -> None:
    transport.call("getWorkspaces")

    (asked,) = sandbox.requests
    assert asked.headers["connection"] == "keep-alive"
    assert "gzip" in asked.headers["accept-encoding"]
    assert asked.headers["user-agent"].startswith("onecloud-magic/")


def test_threads_share_a_transport(connect: Connect, clock: Clock, sandbox: Sandbox) -> None:
    transport = connect(pace=Pace(1_000, clock=clock, sleep=clock.sleep))
    answers: list[object] = []

    def work() -> None:
        answers.extend(transport.call("getWorkspaces") for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == len(sandbox.requests) == 80
    assert all(answer == answers[0] for answer in answers)


# ---- the session


def test_a_rejected_call_is_repeated_once_with_the_new_bearer(
    connect: Connect, sandbox: Sandbox, start: dict[str, object]
) -> None:
    bearer = Bearer("spent")

    def renew() -> bool:
        bearer.token = sandbox.credentials["access_token"]
        return True

    for name, parameters in (("getWorkspaces", {}), ("startChain", start)):
        bearer.token = "spent"  # noqa: S105  (no password)
        sandbox.requests.clear()
        connect(auth=bearer, renew=renew).call(name, **parameters)
        assert [one.status for one in sandbox.requests] == [401, 200]


@pytest.mark.parametrize(("renewed", "calls"), [(True, 2), (False, 1)])
def test_a_session_that_stays_rejected_is_not_asked_for_again_and_again(
    connect: Connect, sandbox: Sandbox, renewed: bool, calls: int
) -> None:
    transport = connect(auth=Bearer("unknown"), renew=lambda: renewed)

    with pytest.raises(errors.SessionRejected):
        transport.call("getWorkspaces")
    assert len(sandbox.requests) == calls


# ---- the quota


def test_a_rate_limit_is_waited_out_and_the_call_repeated_also_where_it_acts(
    connect: Connect, clock: Clock
) -> None:
    with Sandbox(clock=clock, burst_limit=4) as sandbox:
        quick = [connect(sandbox) for _ in range(3)]
        known = {"environment_id": "139", "chain_id": "1"}
        for transport in quick[:2]:
            transport.call("getWorkspaces")
            transport.call("getWorkspaces")
        with pytest.raises(errors.NotFound):
            quick[2].call("startChain", **known)

        # It is tried after 3, 6 and 12 s: a window that stands may be over long before 20 s.
        answers = [one.status for one in sandbox.requests]
        assert (answers[:5], answers[-1]) == ([200] * 4 + [422], 404)
        assert set(answers[5:-1]) <= {422}
        assert len(answers) <= 9
        assert 20 <= sum(clock.slept) <= 40


def test_a_spent_day_is_told_at_once(connect: Connect, clock: Clock) -> None:
    seen: list[Quota] = []
    with Sandbox(clock=clock, daily_limit=2) as sandbox:
        transport = connect(sandbox, on_reply=lambda asked, reply: seen.append(reply.quota))
        transport.call("getWorkspaces")
        transport.call("getWorkspaces")

        with pytest.raises(errors.QuotaExceeded, match="day"):
            transport.call("getWorkspaces")

    assert seen[-1].daily_remaining == 0
    assert clock.slept == []


@pytest.mark.parametrize("window", ["sliding", "first"])
def test_the_service_never_has_to_refuse_a_call_of_ours(
    connect: Connect, clock: Clock, window: str
) -> None:
    with Sandbox(clock=clock, window=window, burst_limit=10) as sandbox:  # type: ignore[arg-type]
        transport = connect(sandbox, pace=Pace(10, clock=clock, sleep=clock.sleep))
        for number in range(35):
            clock.now += number % 3
            transport.call("getWorkspaces")

        assert {one.status for one in sandbox.requests} == {200}
