"""The choice of the host in the form: which fields it has, and where the account is afterwards."""

from __future__ import annotations

import secrets

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.credentials.hosts import HOSTS, Host
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.widgets import LoginForm
from tests.account.conftest import NewSandbox

from .conftest import NewForm
from .page import Page, complains, displayed, says, until

PARTS = ("url", "access_token", "refresh_token", "client_id", "client_secret")
GRANT = ["client_id", "client_secret"]


def shown(form: LoginForm) -> list[str]:
    return [name for name in PARTS if displayed(getattr(form, name))]


@pytest.fixture
def elsewhere(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox()


def enter(form: LoginForm, page: Page, sandbox: Sandbox, **other: str) -> None:
    form.host.value = ""
    page.type(form.url, sandbox.url)
    for name, text in {**sandbox.credentials, **other}.items():
        page.type(getattr(form, name), text)
    page.click(form.submit)


def test_the_hosts_are_those_of_the_service_and_any_other(form: LoginForm) -> None:
    assert [label for label, _ in form.host.options] == [
        "OneCloud",
        "Workiva US",
        "Workiva EU",
        "Workiva APAC",
        "Other URL",
    ]


@pytest.mark.parametrize(
    ("host", "fields"),
    [
        ("classic", ["access_token", "refresh_token", "client_id"]),
        ("us", GRANT),
        ("eu", GRANT),
        ("apac", GRANT),
        ("", list(PARTS)),
    ],
)
def test_each_host_has_its_fields(form: LoginForm, host: str, fields: list[str]) -> None:
    form.host.value = host

    assert shown(form) == fields
    assert ("Enable API Access" in form.about.value) is (fields != GRANT)


@pytest.mark.parametrize("name", ["classic", "us", "eu", "apac"])
def test_it_begins_with_the_host_of_the_account(new_form: NewForm, name: str) -> None:
    form = new_form(OneCloud(base_url=name))

    assert form.host.value == name


def test_another_host_is_shown_by_its_url(form: LoginForm, sandbox: Sandbox) -> None:
    assert (form.host.value, form.url.value) == ("", sandbox.url)


def test_a_sign_in_at_another_host_takes_the_account_there(
    form: LoginForm, page: Page, elsewhere: Sandbox
) -> None:
    enter(form, page, elsewhere)

    says(form, f"Signed in at {elsewhere.url}.")
    assert form.oc.session.host == elsewhere.url
    assert elsewhere.url in form.account.value
    assert len(form.oc.workspaces()) == 3


@pytest.mark.process
def test_one_that_fails_leaves_the_account_where_it_was(
    signed_in: LoginForm, page: Page, sandbox: Sandbox, elsewhere: Sandbox
) -> None:
    page.click(signed_in.again)
    enter(signed_in, page, elsewhere, access_token=secrets.token_hex(20), refresh_token="r" * 20)

    complains(signed_in)
    assert (signed_in.oc.session.host, signed_in.oc.session.state) == (sandbox.url, "active")
    assert sandbox.url in signed_in.account.value
    assert len(signed_in.oc.workspaces(refresh=True)) == 3
    assert not [each for each in sandbox.requests if each.path != "/v1/metadata/workspace"]


def test_an_account_without_a_host_of_its_own_goes_there_too(
    new_form: NewForm, page: Page, sandbox: Sandbox, elsewhere: Sandbox
) -> None:
    OneCloud(base_url=sandbox.url).login(**sandbox.credentials)
    oc = OneCloud()
    form = new_form(oc)
    assert form.url.value == sandbox.url

    enter(form, page, elsewhere)

    says(form, f"Signed in at {elsewhere.url}.")
    assert oc.session.host == elsewhere.url
    assert OneCloud().session.host == elsewhere.url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com", "http"),
        ("not a url", "URL"),
        ("https://user:pw@example.com", "URL"),
        ("", "URL is missing."),
    ],
)
def test_an_address_that_cannot_be_is_told_before_anything_is_taken(
    form: LoginForm, page: Page, sandbox: Sandbox, url: str, words: str
) -> None:
    page.type(form.access_token, sandbox.credentials["access_token"])
    page.type(form.url, url)

    page.click(form.submit)

    says(form, words)
    assert form.access_token.arrives(0)
    until(lambda: {"method": "custom", "content": {"do": "focus"}} in page.to(form.url))
    assert not sandbox.requests


@pytest.mark.parametrize("empty", [["client_id"], ["client_secret"], GRANT])
def test_a_grant_needs_its_id_and_its_secret(form: LoginForm, page: Page, empty: list[str]) -> None:
    form.host.value = "eu"
    for name in set(GRANT) - set(empty):
        page.type(getattr(form, name), "x" * 20)

    page.click(form.submit)

    says(form, "missing")
    assert [name in form.status.value.replace(" ", "_").lower() for name in GRANT] == [
        name in empty for name in GRANT
    ]


def test_a_grant_signs_in_at_its_host(
    form: LoginForm, page: Page, elsewhere: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HOSTS, "us", Host(elsewhere.url, elsewhere.grant_url))
    form.host.value = "us"
    for name, text in elsewhere.grant.items():
        page.type(getattr(form, name), text)

    page.click(form.submit)

    says(form, "Signed in")
    assert form.oc.session.host == elsewhere.url
    assert form.oc.session.renews
    assert form.host.value == "us"


@pytest.mark.process
def test_a_token_url_that_was_set_for_one_host_does_not_count_at_another(
    new_form: NewForm, page: Page, sandbox: Sandbox, elsewhere: Sandbox
) -> None:
    oc = OneCloud(base_url=sandbox.url, token_url=sandbox.token_url)
    form = new_form(oc)

    enter(form, page, elsewhere, access_token=secrets.token_hex(20))

    says(form, "Signed in")
    assert [each.path for each in elsewhere.requests].count("/oauth/token") == 1
    assert not sandbox.requests
    assert oc.session.host == elsewhere.url
    assert oc.session.state == "active"


def test_the_settings_that_move_the_account_move_the_form(
    form: LoginForm, elsewhere: Sandbox
) -> None:
    OneCloud("default", base_url=elsewhere.url).login(**elsewhere.credentials)

    form.oc.base_url = elsewhere.url

    assert displayed(form._card)
    assert elsewhere.url in form.account.value


def test_a_sign_in_of_the_profile_at_another_host_shows_at_once(
    new_form: NewForm, sandbox: Sandbox, elsewhere: Sandbox
) -> None:
    OneCloud(base_url=sandbox.url).login(**sandbox.credentials)
    form = new_form(OneCloud())

    OneCloud(base_url=elsewhere.url).login(**elsewhere.credentials)

    assert elsewhere.url in form.account.value
    form.oc.logout()
    assert displayed(form._form)
    OneCloud(base_url=sandbox.url).login(**sandbox.credentials)
    assert sandbox.url in form.account.value


def test_two_profiles_do_not_mix(
    new_form: NewForm, page: Page, sandbox: Sandbox, elsewhere: Sandbox
) -> None:
    first = new_form(OneCloud("finance", base_url=sandbox.url))
    second = new_form(OneCloud("audit", base_url=sandbox.url))

    enter(first, page, elsewhere)

    says(first, "Signed in")
    assert "finance" in first.account.value
    assert "finance" in first.about.value
    assert displayed(second._form)
    assert second.oc.session.state == "signed_out"
    assert second.oc.session.host == sandbox.url
