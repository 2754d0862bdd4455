"""Access tokens that end, and refresh tokens good for one use."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import Clock
from .asking import WORKSPACES, ask, refresh, someone, status_with

TOKEN, GRANT = "/oauth/token", "/iam/v1/oauth2/token"
DAY = 86_400.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


# ---- access tokens


def test_without_a_token_the_answer_is_401_and_says_why(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "GET", WORKSPACES, token="")

    assert answer.status == 401
    assert set(answer.body) == {"error", "error_description"}
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Digest"])
def test_a_token_counts_only_as_a_bearer_token(sandbox: Sandbox, scheme: str) -> None:
    token = sandbox.credentials["access_token"]

    answer = ask(
        sandbox, "GET", WORKSPACES, token="", headers={"Authorization": f"{scheme} {token}"}
    )

    assert answer.status == 401


def test_a_token_of_one_sandbox_is_worth_nothing_in_another(
    sandbox: Sandbox, company: Sandbox
) -> None:
    assert status_with(sandbox, sandbox.credentials["access_token"]) == 200
    assert status_with(company, sandbox.credentials["access_token"]) == 401


@pytest.mark.parametrize("ttl", [1, 600, DAY, 30 * DAY])
def test_an_access_token_lives_as_long_as_it_was_set_to(clock: Clock, ttl: float) -> None:
    with Sandbox(clock=clock, token_ttl=ttl) as sandbox:
        token = sandbox.credentials["access_token"]
        clock.advance(ttl - 0.01)
        at_the_end = status_with(sandbox, token)
        clock.advance(0.01)
        afterwards = ask(sandbox, "GET", WORKSPACES, token=token)

    assert at_the_end == 200
    assert (afterwards.status, afterwards.body["error_description"]) == (
        401,
        "The access token expired",
    )


def test_an_access_token_lives_a_day_by_default(sandbox: Sandbox, clock: Clock) -> None:
    clock.advance(DAY - 1)
    in_the_last_second = status_with(sandbox, sandbox.credentials["access_token"])
    clock.advance(1)

    assert in_the_last_second == 200
    assert status_with(sandbox, sandbox.credentials["access_token"]) == 401


# ---- the refresh


def test_a_refresh_brings_a_new_pair_that_works(sandbox: Sandbox) -> None:
    old = sandbox.credentials

    answer = refresh(sandbox, old)

    assert answer.status == 200
    assert {"token_type": "Bearer"}.items() <= answer.body.items()
    assert not {answer.body["access_token"], answer.body["refresh_token"]} & set(old.values())
    assert status_with(sandbox, answer.body["access_token"]) == 200
    assert refresh(sandbox, {**old, **answer.body}).status == 200


def test_a_refreshed_access_token_lives_from_the_refresh_on(sandbox: Sandbox, clock: Clock) -> None:
    clock.advance(DAY + 5)
    fresh = refresh(sandbox, sandbox.credentials).body["access_token"]
    clock.advance(DAY - 1)
    in_the_last_second = status_with(sandbox, fresh)
    clock.advance(1)

    assert in_the_last_second == 200
    assert status_with(sandbox, fresh) == 401


@pytest.mark.parametrize("ttl", [1, 3600, 30 * DAY])
def test_the_answer_to_a_refresh_tells_the_life_of_the_token(clock: Clock, ttl: float) -> None:
    with Sandbox(clock=clock, token_ttl=ttl) as sandbox:
        answer = refresh(sandbox, sandbox.credentials)

    assert answer.body["expires_in"] == ttl


def test_the_life_of_the_token_can_be_left_out(clock: Clock) -> None:
    with Sandbox(clock=clock, expires_in=False) as sandbox:
        answer = refresh(sandbox, sandbox.credentials)

    assert set(answer.body) == {"access_token", "refresh_token", "token_type"}


def test_an_answer_with_tokens_is_not_to_be_stored(sandbox: Sandbox) -> None:
    assert refresh(sandbox, sandbox.credentials).headers["Cache-Control"] == "no-store"


def test_a_second_use_of_a_refresh_token_is_refused_and_harms_nobody(sandbox: Sandbox) -> None:
    old = sandbox.credentials
    new = {**old, **refresh(sandbox, old).body}

    second = refresh(sandbox, old)

    assert (second.status, second.body["error"]) == (400, "invalid_grant")
    assert "access_token" not in second.body
    assert status_with(sandbox, new["access_token"]) == 200
    assert refresh(sandbox, new).status == 200


def test_a_second_use_can_revoke_the_whole_family(clock: Clock) -> None:
    with Sandbox(clock=clock, reuse="revoke") as sandbox:
        old, stranger = sandbox.credentials, sandbox.enable_access()
        new = {**old, **refresh(sandbox, old).body}
        before = (
            status_with(sandbox, old["access_token"]),
            status_with(sandbox, new["access_token"]),
        )

        second = refresh(sandbox, old)

        assert before == (200, 200)
        assert (second.status, second.body["error"]) == (400, "invalid_grant")
        assert status_with(sandbox, old["access_token"]) == 401
        assert status_with(sandbox, new["access_token"]) == 401
        assert refresh(sandbox, new).status == 400
        assert status_with(sandbox, stranger["access_token"]) == 200
        assert refresh(sandbox, stranger).status == 200


def test_a_client_that_is_not_known_is_refused(sandbox: Sandbox) -> None:
    answer = refresh(sandbox, {**sandbox.credentials, "client_id": "nobody"})

    assert (answer.status, answer.body["error"]) == (401, "invalid_client")


def test_a_refresh_token_is_not_spent_by_another_client(sandbox: Sandbox) -> None:
    mine, other = sandbox.credentials, sandbox.enable_access(someone(sandbox, admin=True))

    stolen = refresh(sandbox, {**mine, "client_id": other["client_id"]})

    assert (stolen.status, stolen.body["error"]) == (400, "invalid_grant")
    assert refresh(sandbox, mine).status == 200


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"refresh_token": "none of ours"}, "invalid_grant"),
    ],
)
def test_a_refresh_that_asks_wrongly_is_refused(
    sandbox: Sandbox, change: Mapping[str, str], error: str
) -> None:
    body = {"grant_type": "refresh_token", **sandbox.credentials, **change}

    answer = ask(sandbox, "POST", TOKEN, body, token="")

    assert (answer.status, answer.body["error"]) == (400, error)


def test_a_refresh_may_also_be_sent_as_a_form(sandbox: Sandbox) -> None:
    body = urlencode({"grant_type": "refresh_token", **sandbox.credentials}).encode()

    answer = ask(sandbox, "POST", TOKEN, body, token="", headers=FORM)

    assert answer.status == 200
    assert status_with(sandbox, answer.body["access_token"]) == 200


@pytest.mark.parametrize("path", [TOKEN, GRANT])
def test_tokens_are_given_to_a_post_alone(sandbox: Sandbox, path: str) -> None:
    answer = ask(sandbox, "GET", path, token="")

    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
