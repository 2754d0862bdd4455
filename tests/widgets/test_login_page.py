"""What the form looks like to a person: labels, pasted pages, hostile names, words read aloud."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import Unreachable
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.widgets import LoginForm, login
from onecloud_magic.widgets.needs import LABELS

from .conftest import NewForm
from .page import Page, displayed, says, until

HOSTILE = {
    "markup": "<img src=x onerror=alert(1)>",
    "script": "</bdi><script>alert(1)</script>",
    "quotes": "\"'><svg onload=alert(1)>",
    "mathematics": "$x$ and $$y$$",
    "right to left": "\u202eevil\u202c",
    "long": "x" * 300,
}


class Tags(HTMLParser):
    """The tags of a page, and the text between them with the tag that it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.inside: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.inside.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.inside.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((*self.inside[-1], data))


OURS = {"div", "bdi", "b", "span", "table", "tr", "th", "td", "code"}


def is_harmless(html: str, name: str) -> bool:
    page = Tags(html)
    shown = [each for each in page.texts if name[:3] in each[2] or "evil" in each[2]]
    wraps = all("overflow-wrap:anywhere" in html for _ in shown)
    apart = all(tag == "bdi" and each["class"] == "mathjax_ignore" for tag, each, _ in shown)
    return bool(shown) and set(page.tags) <= OURS and wraps and apart and "\u202e" not in html


# ---- names from elsewhere


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_only_text_on_the_card(signed_in: LoginForm, name: str) -> None:
    signed_in.oc.session.user = name

    assert is_harmless(signed_in.account.value, name)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_of_an_error_are_only_text(
    form: LoginForm, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise Unreachable(name, name)

    monkeypatch.setattr(form.oc, "login_at", fails)
    form.access_token.value = "x" * 20
    form.submit.click()

    says(form, "alert")
    assert is_harmless(form.status.value, name)


# ---- pasting


@pytest.mark.parametrize("join", ["\n", " ", ""])
def test_the_whole_page_in_the_first_field_fills_the_others(
    form: LoginForm, page: Page, sandbox: Sandbox, join: str
) -> None:
    tokens = sandbox.credentials
    lines = [
        *("API Access", "Access Token", tokens["access_token"]),
        *("Refresh Token", tokens["refresh_token"], "Client ID", tokens["client_id"]),
    ]

    page.type(form.access_token, join.join(lines))
    entered = [form.access_token.placeholder, form.refresh_token.placeholder, form.client_id.value]
    told = form.status.value
    page.click(form.submit)

    says(form, "Signed in")
    assert entered == ["entered", "entered", tokens["client_id"]]
    assert "Filled in: Access token, Refresh token, Client ID." in told
    assert form.oc.session.renews


def test_the_json_answer_in_the_first_field_fills_the_others(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    page.type(form.access_token, json.dumps({**sandbox.credentials, "expires_in": 86400}))
    page.click(form.submit)

    says(form, "Signed in")
    assert form.oc.session.renews


def test_a_grant_may_be_pasted_into_the_open_field(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    form.host.value = "us"

    page.type(form.client_id, json.dumps(sandbox.grant).replace("_id", "Id"))

    assert form.client_secret.placeholder == "entered"
    assert len(form.client_id.value) == 32
    assert page.values(form.client_id)[-1] == form.client_id.value


def test_what_is_for_another_kind_of_host_is_said(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    form.host.value = "us"

    page.type(form.client_id, f"Access Token: {sandbox.credentials['access_token']}")

    assert "Nothing in it is for this host." in form.status.value
    assert form.client_id.value == ""
    assert form.access_token.take(0) is None


# ---- words and keys


def test_every_field_and_button_has_words(form: LoginForm) -> None:
    parts = [form.host, form.submit, form.refresh_now, form.again, form.sign_out]

    assert [form._form.fields[name].description for name in LABELS] == list(LABELS.values())
    assert all(part.description for part in parts)


def test_the_keyboard_goes_from_the_host_down_to_the_button(form: LoginForm) -> None:
    focusable = [part for part in form._form.children if part is not form.about]

    assert [focusable[0], focusable[-1]] == [form.host, form.submit]
    assert focusable[1:-1] == [form._form.fields[name] for name in LABELS]
    assert form.children == (form._card, form._form, form.status)


def test_after_a_sign_in_the_focus_is_on_what_can_be_done_next(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    page.type(form.access_token, sandbox.credentials["access_token"])
    page.click(form.submit)

    says(form, "Signed in")
    until(lambda: {"method": "custom", "content": {"do": "focus"}} in page.to(form.refresh_now))


def test_a_sign_in_elsewhere_takes_no_focus(form: LoginForm, page: Page, sandbox: Sandbox) -> None:
    page.sent.clear()

    OneCloud(base_url=sandbox.url).login(**sandbox.credentials)

    assert displayed(form._card)
    assert "focus" not in page.text


def test_the_guide_says_where_the_tokens_are(form: LoginForm) -> None:
    for words in (
        "Enable API Access (administrators only).",
        "The tokens are shown once.",
        "An access token alone works until it ends; add refresh token and client id",
        "profile default",
    ):
        assert words in form.about.value


def test_the_form_is_found_by_its_class(form: LoginForm) -> None:
    assert "oc-login" in form._dom_classes


def test_an_account_that_cannot_be_read_is_told_in_the_form(
    new_form: NewForm, stranger: OneCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = new_form(stranger)
    monkeypatch.setattr(stranger, "profile", "../elsewhere")

    form.refresh()

    assert 'role="alert"' in form.status.value


def test_a_cell_that_signs_in_does_not_fail_for_a_form_that_cannot_be_drawn(
    form: LoginForm, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "session_card", lambda oc: 1 / 0)

    form.oc.login(**sandbox.credentials)

    assert form.oc.session.state == "active"
    assert "ZeroDivisionError" in form.status.value


def test_where_no_form_is_shown_it_says_what_to_type(form: LoginForm) -> None:
    bundle = form._repr_mimebundle_()

    assert bundle["text/plain"] == (
        "Sign-in form of 'default': %onecloud login shows it, with --ask it asks instead."
    )
    assert set(bundle) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
