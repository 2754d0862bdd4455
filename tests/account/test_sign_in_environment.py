"""Signing in with what the environment holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import NotSignedIn, UsageError
from onecloud_magic.sandbox import Sandbox

from .conftest import NewSandbox


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox()


def in_environment(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, **more: str) -> None:
    told = {"BASE_URL": sandbox.url, **sandbox.credentials, **more}
    for name, value in told.items():
        monkeypatch.setenv(f"ONECLOUD_{name.upper()}", value)


def test_the_environment_signs_in_without_a_call(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, home: Path
) -> None:
    in_environment(monkeypatch, sandbox)

    account = OneCloud()

    assert account.session.state == "active"
    assert account.session.source == "environment"
    assert account.session.profile == "environment"
    assert len(account.workspaces()) == 3
    assert len(sandbox.requests) == 1
    assert not (home / "profiles").exists()  # the calls are counted, no credential is kept


def test_the_environment_signs_in_the_profile_that_it_names(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    in_environment(monkeypatch, sandbox, PROFILE="reports")

    assert OneCloud().session.profile == "reports"
    assert OneCloud().session.state == "active"
    assert OneCloud("other").session.state == "signed_out"


def test_a_login_without_arguments_takes_the_environment(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    in_environment(monkeypatch, sandbox)
    account = OneCloud("reports")

    account.login()

    assert account.session.state == "active"
    assert account.session.source == "environment"


def test_tokens_of_the_environment_are_not_sent_to_a_host_that_it_does_not_name(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, new_sandbox: NewSandbox
) -> None:
    other = new_sandbox()
    in_environment(monkeypatch, sandbox)
    account = OneCloud(base_url=other.url)

    assert account.session.state == "signed_out"
    with pytest.raises(UsageError, match="belongs to"):
        account.login()
    with pytest.raises(NotSignedIn):
        account.workspaces()

    assert not other.requests


@pytest.mark.process
def test_a_token_of_the_environment_that_was_rejected_is_not_asked_with_again_and_again(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    in_environment(monkeypatch, sandbox)
    account = OneCloud()
    sandbox.revoke_access()

    with pytest.raises(NotSignedIn):
        account.workspaces()

    assert account.session.state == "rejected"
    assert [each.path for each in sandbox.requests] == ["/v1/metadata/workspace", "/oauth/token"]


def test_half_a_credential_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECLOUD_REFRESH_TOKEN", "made-up")

    with pytest.raises(UsageError, match="client id"):
        OneCloud().workspaces()
