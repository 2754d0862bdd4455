"""The token endpoint is asked once; what became of the question is told from what was seen."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from onecloud_magic.api import USER_AGENT
from onecloud_magic.credentials.answers import tokens_in
from onecloud_magic.credentials.exchange import Answer, exchange
from onecloud_magic.credentials.records import Record
from onecloud_magic.sandbox import Sandbox, faults

from .questions import grant_of, shows, user_of


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def user(sandbox: Sandbox) -> Record:
    return user_of(sandbox)


# ---- what is asked


def test_a_refresh_is_asked_for_as_the_guide_says(sandbox: Sandbox, user: Record) -> None:
    outcome = exchange(user)

    (asked,) = sandbox.requests
    assert user.refresh_token
    assert (asked.method, asked.path, asked.query) == ("POST", "/oauth/token", {})
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"] == USER_AGENT
    assert "authorization" not in asked.headers
    assert json.loads(asked.body) == {
        "grant_type": "refresh_token",
        "client_id": user.client_id,
        "refresh_token": user.refresh_token.reveal(),
    }
    assert isinstance(outcome, Answer)
    assert tokens_in(outcome.status, outcome.body, 0.0)
    assert not shows(outcome, user)


def test_a_grant_buys_as_rfc_6749_says(sandbox: Sandbox) -> None:
    grant = grant_of(sandbox)

    outcome = exchange(grant)

    (asked,) = sandbox.requests
    assert grant.client_secret
    pair = f"{grant.client_id}:{grant.client_secret.reveal()}".encode()
    assert asked.path == "/iam/v1/oauth2/token"
    assert asked.headers["authorization"] == f"Basic {base64.b64encode(pair).decode()}"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.body == b"grant_type=client_credentials"
    assert isinstance(outcome, Answer)
    assert tokens_in(outcome.status, outcome.body, 0.0)
    assert not shows(outcome, grant)


def test_netrc_changes_nothing(
    sandbox: Sandbox, user: Record, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    grant = grant_of(sandbox)
    assert grant.client_secret

    exchange(user)
    exchange(grant)

    pair = f"{grant.client_id}:{grant.client_secret.reveal()}".encode()
    sent = [each.headers.get("authorization") for each in sandbox.requests]
    assert sent == [None, f"Basic {base64.b64encode(pair).decode()}"]


# ---- a whole answer, whatever it says


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(sandbox: Sandbox, user: Record, code: int) -> None:
    with Sandbox() as other:
        sandbox.faults.add(faults.redirect(other.token_url, code))

        outcome = exchange(user)

        assert other.requests == []
    assert outcome == Answer(code, b"")
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422, 429, 500, 502, 503])
def test_a_refusal_is_an_answer_and_is_not_repeated(
    sandbox: Sandbox, user: Record, code: int
) -> None:
    sandbox.faults.add(faults.status(code))

    outcome = exchange(user)

    assert isinstance(outcome, Answer)
    assert outcome.status == code
    assert len(sandbox.requests) == 1


def test_what_the_service_says_of_a_spent_token_shows_none(sandbox: Sandbox, user: Record) -> None:
    exchange(user)

    outcome = exchange(user)

    assert isinstance(outcome, Answer)
    assert outcome.status == 400
    assert b"invalid_grant" in outcome.body
    assert not shows(outcome, user)
