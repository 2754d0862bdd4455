"""Who may call: revoked and disabled users, those who are no administrators, and grants."""

import base64
from urllib.parse import urlencode

from onecloud_magic.sandbox import Sandbox

from ..conftest import Clock
from .asking import WORKSPACES, Answer, ask, refresh, someone, status_with

GRANT = "/iam/v1/oauth2/token"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def buy(sandbox: Sandbox, client_id: str, secret: str) -> Answer:
    """Buy a short token with a grant: form-encoded, with HTTP Basic."""
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials"}).encode()
    return ask(
        sandbox, "POST", GRANT, body, token="", headers={**FORM, "Authorization": f"Basic {basic}"}
    )


def test_revoking_access_ends_every_token_of_that_user(sandbox: Sandbox) -> None:
    first, second = sandbox.credentials, sandbox.enable_access()
    other = sandbox.enable_access(someone(sandbox, admin=True))

    sandbox.revoke_access()

    assert (
        status_with(sandbox, first["access_token"])
        == status_with(sandbox, second["access_token"])
        == 401
    )
    assert refresh(sandbox, first).status == refresh(sandbox, second).status == 400
    assert status_with(sandbox, other["access_token"]) == 200


def test_access_can_be_enabled_again_after_it_was_revoked(sandbox: Sandbox) -> None:
    sandbox.revoke_access()

    again = sandbox.enable_access()

    assert status_with(sandbox, again["access_token"]) == 200
    assert refresh(sandbox, again).status == 200


def test_a_disabled_account_loses_its_access(sandbox: Sandbox) -> None:
    email = someone(sandbox, admin=True)
    tokens = sandbox.enable_access(email)
    before = status_with(sandbox, tokens["access_token"])

    sandbox.disable_account(email)

    assert before == 200
    assert status_with(sandbox, tokens["access_token"]) == 401
    assert refresh(sandbox, tokens).status == 400
    assert status_with(sandbox, sandbox.enable_access(email)["access_token"]) == 401
    assert status_with(sandbox, sandbox.credentials["access_token"]) == 200


def test_who_is_no_administrator_is_forbidden_everything(sandbox: Sandbox) -> None:
    tokens = sandbox.enable_access(someone(sandbox, admin=False))

    answer = ask(sandbox, "GET", WORKSPACES, token=tokens["access_token"])

    assert answer.status == 403
    assert set(answer.body) == {"error", "error_description"}


# ---- the newer host's grant


def test_a_grant_buys_a_token_for_ten_minutes_and_no_refresh_token(
    sandbox: Sandbox, clock: Clock
) -> None:
    grant = sandbox.grant

    answer = buy(sandbox, grant["client_id"], grant["client_secret"])
    clock.advance(599)
    in_the_last_second = status_with(sandbox, answer.body["access_token"])
    clock.advance(1)

    assert answer.status == 200
    assert set(answer.body) == {"access_token", "token_type", "expires_in"}
    assert answer.body["expires_in"] == 600
    assert in_the_last_second == 200
    assert status_with(sandbox, answer.body["access_token"]) == 401


def test_a_grant_can_buy_again_and_again(sandbox: Sandbox) -> None:
    grant = sandbox.grant

    bought = [buy(sandbox, grant["client_id"], grant["client_secret"]).body for _ in range(3)]

    assert len({each["access_token"] for each in bought}) == 3
    assert [status_with(sandbox, each["access_token"]) for each in bought] == [200] * 3


def test_a_grant_with_a_wrong_secret_buys_nothing(sandbox: Sandbox) -> None:
    grant = sandbox.grant

    wrong = buy(sandbox, grant["client_id"], "wrong")
    unknown = buy(sandbox, "nobody", grant["client_secret"])

    assert (wrong.status, wrong.body["error"]) == (401, "invalid_client")
    assert (unknown.status, unknown.body["error"]) == (401, "invalid_client")


def test_a_revoked_grant_buys_nothing(sandbox: Sandbox) -> None:
    grant = sandbox.grant

    sandbox.revoke_access()

    assert buy(sandbox, grant["client_id"], grant["client_secret"]).status == 401


def test_a_grant_may_be_named_in_the_form_instead(sandbox: Sandbox) -> None:
    body = urlencode({"grant_type": "client_credentials", **sandbox.grant}).encode()

    answer = ask(sandbox, "POST", GRANT, body, token="", headers=FORM)

    assert status_with(sandbox, answer.body["access_token"]) == 200
