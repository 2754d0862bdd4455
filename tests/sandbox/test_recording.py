"""What was asked is kept for tests to read, and shows no secret by accident."""

import pytest

from onecloud_magic.sandbox import Sandbox, faults

from ..conftest import NOW, Clock
from .asking import WORKSPACES, Placed, ask, refresh, someone
from .running import history, start


def test_a_request_is_kept_with_all_that_it_carried(sandbox: Sandbox, chain: Placed) -> None:
    ask(sandbox, "GET", history(chain), query={"limit": 5, "cursor": ""}, headers={"X-Mine": "yes"})

    kept = sandbox.requests[-1]

    assert (kept.method, kept.path) == ("GET", history(chain))
    assert kept.query == {"limit": "5", "cursor": ""}
    assert kept.headers["x-mine"] == "yes"
    assert kept.body == b""
    assert kept.at == NOW


def test_a_request_is_kept_with_its_body_and_its_answer(sandbox: Sandbox, chain: Placed) -> None:
    answer = start(sandbox, chain)

    kept = sandbox.requests[-1]

    assert kept.body == b'{"runtimeVariables": {}}'
    assert kept.status == answer.status == 200
    assert kept.reply is not None
    assert answer.body["data"]["id"].encode() in kept.reply.body
    assert kept.reply.headers["oc-api-burst-remaining"] == answer.headers["oc-api-burst-remaining"]


def test_requests_are_kept_in_their_order(sandbox: Sandbox) -> None:
    paths = [f"{WORKSPACES}/{number}" for number in (66, 67, 68)]
    for path in paths:
        ask(sandbox, "GET", path)

    assert [kept.path for kept in sandbox.requests] == paths


def test_a_request_is_kept_with_the_account_that_made_it(sandbox: Sandbox) -> None:
    other = someone(sandbox, admin=False)
    tokens = sandbox.enable_access(other)

    ask(sandbox, "GET", WORKSPACES)
    ask(sandbox, "GET", WORKSPACES, token=tokens["access_token"])
    refresh(sandbox, tokens)
    ask(sandbox, "GET", WORKSPACES, token="")
    ask(sandbox, "GET", WORKSPACES, headers={"Authorization": "Bearer none-of-ours"})

    first = next(iter(sandbox.users))
    assert [kept.account for kept in sandbox.requests] == [first, other, other, "", ""]


def test_a_refused_request_is_kept_too(sandbox: Sandbox) -> None:
    ask(sandbox, "GET", "/v2")
    ask(sandbox, "DELETE", WORKSPACES)
    ask(sandbox, "GET", WORKSPACES, token="")

    assert [kept.status for kept in sandbox.requests] == [404, 405, 401]


def test_a_dropped_request_is_kept_without_an_answer(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.drop_after_work())

    with pytest.raises(ConnectionError):
        ask(sandbox, "GET", WORKSPACES)

    assert [(kept.path, kept.reply, kept.status) for kept in sandbox.requests] == [
        (WORKSPACES, None, 0)
    ]


def test_what_is_kept_is_what_was_answered_in_the_end(sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.html_instead(503))

    ask(sandbox, "GET", WORKSPACES)

    assert sandbox.requests[0].status == 503
    assert sandbox.requests[0].reply
    assert sandbox.requests[0].reply.body.startswith(b"<!DOCTYPE")


def test_a_path_below_a_prefix_is_kept_without_it(clock: Clock) -> None:
    with Sandbox(clock=clock, prefix="/s/wdata/oc/api") as sandbox:
        ask(sandbox, "GET", WORKSPACES)

    assert sandbox.requests[0].path == WORKSPACES


def test_no_secret_is_shown_by_accident(sandbox: Sandbox) -> None:
    answer = refresh(sandbox, sandbox.credentials)
    ask(sandbox, "GET", WORKSPACES)
    grant = sandbox.grant

    shown = repr((sandbox, sandbox.requests, sandbox.faults, sandbox.users))

    assert sandbox.url in shown
    secrets = [*sandbox.credentials.values(), *answer.body.values(), grant["client_secret"]]
    assert not [each for each in secrets if each != "Bearer" and str(each) in shown]
