"""No secret shows itself, wherever one looks."""

from __future__ import annotations

import copy
import logging
import pickle
import secrets
from collections.abc import Callable

import pytest

from onecloud_magic import OneCloud, OneCloudError
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import json_reply
from tests.showing import all_of

from .conftest import NewSandbox


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox()


@pytest.fixture
def tokens(sandbox: Sandbox) -> dict[str, str]:
    return sandbox.credentials


@pytest.fixture
def account(sandbox: Sandbox, tokens: dict[str, str]) -> OneCloud:
    account = OneCloud(base_url=sandbox.url)
    account.login(**tokens)
    return account


@pytest.fixture
def hidden(tokens: dict[str, str]) -> Callable[[object], bool]:
    """Whether neither token is in what a thing shows."""

    def checked(shown: object) -> bool:
        return not any(tokens[name] in str(shown) for name in ("access_token", "refresh_token"))

    return checked


Hidden = Callable[[object], bool]


def test_no_object_of_ours_shows_it(account: OneCloud, hidden: Hidden) -> None:
    account.chains()
    line = account._line

    for shown in (account, account.session, account.quota, account.activity, account.cache, line):
        assert hidden(repr(shown))
        assert hidden(vars(shown))
    assert hidden(vars(line.held))
    assert hidden(line.held.current)


def test_no_frame_shows_it(account: OneCloud, hidden: Hidden) -> None:
    frame = account.users()

    assert hidden(frame.to_csv())
    assert hidden(frame.attrs)
    assert hidden(account.cache.info().to_csv())


def test_no_pickle_and_no_copy_holds_it(account: OneCloud, tokens: dict[str, str]) -> None:
    account.workspaces()

    for thing in (account, account.session, account.quota, account.cache, account.workspaces()):
        for kept in (pickle.dumps, copy.deepcopy):
            try:
                held: object = kept(thing)
            except (TypeError, AttributeError, pickle.PicklingError) as refused:
                held = str(refused)
            raw = held if isinstance(held, bytes) else repr(held).encode()
            assert tokens["access_token"].encode() not in raw
            assert tokens["refresh_token"].encode() not in raw


@pytest.mark.process
@pytest.mark.parametrize(
    "fault",
    [
        faults.status(500),
        faults.status(404),
        faults.html_instead(),
        faults.empty_body(),
        faults.drop_before_work(),
        faults.redirect("https://elsewhere.example/login"),
        lambda request, work: json_reply({"error": request.headers["authorization"]}, 422),
        lambda request, work: json_reply({"error": request.headers["authorization"]}, 401),
    ],
    ids=["500", "404", "html", "empty", "dropped", "redirect", "echo 422", "echo 401"],
)
def test_no_error_shows_it_even_in_a_verbose_traceback(
    account: OneCloud, sandbox: Sandbox, hidden: Hidden, fault: faults.Fault
) -> None:
    sandbox.faults.add(fault)

    with pytest.raises(OneCloudError) as told:
        account.workspaces()

    assert hidden(all_of(told.value))
    assert hidden(told.value.hint)


@pytest.mark.process
def test_a_sign_in_that_fails_does_not_show_it(
    sandbox: Sandbox, hidden: Hidden, tokens: dict[str, str]
) -> None:
    sandbox.revoke_access()
    account = OneCloud(base_url=sandbox.url)

    with pytest.raises(OneCloudError) as told:
        account.login(**tokens)

    assert hidden(all_of(told.value))


def test_what_is_no_token_is_not_shown_either() -> None:
    broken = f"{secrets.token_hex(20)} {secrets.token_hex(20)}"

    with pytest.raises(OneCloudError) as told:
        OneCloud().login(access_token=broken)

    for part in broken.split():
        assert part not in all_of(told.value)


def test_a_keyword_that_is_no_setting_is_named_without_its_value() -> None:
    made_up = secrets.token_hex(20)

    with pytest.raises(TypeError) as told:
        OneCloud(access_token=made_up)

    assert "access_token" in str(told.value)
    assert made_up not in str(told.value)


def test_no_log_shows_it_however_talkative(
    account: OneCloud, hidden: Hidden, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        account.workspaces()

    assert caplog.records
    assert hidden(caplog.text)


def test_no_address_shows_it(account: OneCloud, sandbox: Sandbox, hidden: Hidden) -> None:
    account.chains()
    account.users()

    for each in sandbox.requests:
        assert hidden((each.path, each.query, each.body))
