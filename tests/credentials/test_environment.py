"""Credentials from environment variables."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from onecloud_magic.credentials import environment
from onecloud_magic.credentials.hosts import HOSTS, resolve
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import UsageError

Shown = Callable[[BaseException], str]


def test_nothing_set_is_no_record() -> None:
    for environ in ({"HOME": "x"}, {"ONECLOUD_ACCESS_TOKEN": "", "ONECLOUD_CLIENT_ID": "x"}):
        assert environment.record(environ.get) is None


def test_an_access_token_is_enough(token: str) -> None:
    record = environment.record({"ONECLOUD_ACCESS_TOKEN": f'"{token}"\n'}.get)

    assert record is not None
    assert record.access_token == Secret(token)
    assert record.belongs_to(HOSTS["classic"])
    assert record.source == "environment"


def test_a_grant_is_its_client_id_and_secret(token: str) -> None:
    record = environment.record(
        {
            "ONECLOUD_CLIENT_ID": "an-app",
            "ONECLOUD_CLIENT_SECRET": token,
            "ONECLOUD_BASE_URL": "eu",
            "ONECLOUD_TOKEN_URL": "https://example.com/token",
        }.get
    )

    assert record is not None
    assert (record.client_id, record.client_secret) == ("an-app", Secret(token))
    assert record.access_token is None
    assert record.belongs_to(resolve("eu", "https://example.com/token"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ONECLOUD_ACCESS_TOKEN": "a b"},
        {"ONECLOUD_ACCESS_TOKEN": ""},
        {"ONECLOUD_BASE_URL": "nowhere"},
        {"ONECLOUD_TOKEN_URL": "http://example.com"},
    ],
)
def test_what_is_wrong_is_said_and_no_variable_is_shown(
    wrong: dict[str, str], shown: Shown
) -> None:
    canary = secrets.token_hex(20)
    environ = {
        "ONECLOUD_ACCESS_TOKEN": canary,
        "ONECLOUD_REFRESH_TOKEN": canary,
        "SOMETHING_ELSE": canary,
        **wrong,
    }

    with pytest.raises(UsageError) as caught:
        environment.record(environ.get)

    assert canary not in shown(caught.value)


def test_a_variable_that_holds_no_token_is_named() -> None:
    with pytest.raises(UsageError, match="ONECLOUD_REFRESH_TOKEN"):
        environment.record({"ONECLOUD_REFRESH_TOKEN": "a b"}.get)


@pytest.mark.parametrize(
    ("environ", "profile"),
    [
        ({}, "default"),
        ({"ONECLOUD_CLIENT_ID": "x"}, "default"),
        ({"ONECLOUD_ACCESS_TOKEN": "x"}, "environment"),
        ({"ONECLOUD_CLIENT_SECRET": "x"}, "environment"),
        ({"ONECLOUD_ACCESS_TOKEN": "x", "ONECLOUD_PROFILE": "night"}, "night"),
        ({"ONECLOUD_PROFILE": "night"}, "night"),
    ],
)
def test_the_profile_is_the_named_one_or_goes_by_the_credentials(
    environ: dict[str, str], profile: str
) -> None:
    assert environment.profile(environ.get) == profile
