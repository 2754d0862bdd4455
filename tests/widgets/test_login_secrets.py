"""No secret that goes through the form shows itself, wherever one looks."""

from __future__ import annotations

import gc
import logging
import pickle
import secrets
import threading
import traceback
from collections.abc import Callable

import pytest
from ipywidgets import Widget, embed

from onecloud_magic import OneCloud
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import json_reply
from onecloud_magic.widgets import LoginForm
from tests.showing import all_of

from .page import Page, complains, until

SECRETS = ("access_token", "refresh_token", "client_secret")


@pytest.fixture
def canaries() -> dict[str, str]:
    return {name: f"CANARY-{secrets.token_hex(12)}" for name in SECRETS}


@pytest.fixture
def typed(form: LoginForm, page: Page, sandbox: Sandbox, canaries: dict[str, str]) -> LoginForm:
    """A form in which everything was entered."""
    form.host.value = ""
    page.type(form.url, sandbox.url)
    page.type(form.client_id, sandbox.credentials["client_id"])
    for name, canary in canaries.items():
        page.type(getattr(form, name), canary)
    return form


def hidden(shown: object, canaries: dict[str, str]) -> bool:
    text = shown if isinstance(shown, str) else repr(shown)
    return not any(canary in text for canary in canaries.values())


SHOWN: dict[str, Callable[[LoginForm], object]] = {
    "state": lambda form: form.get_state(),
    "repr": repr,
    "vars": lambda form: [vars(form), *(vars(getattr(form, name)) for name in SECRETS)],
    "traits": lambda form: form._trait_values,
    "manager": lambda form: Widget.get_manager_state(),
    "embed": lambda form: embed.embed_snippet([form]),
    "mimebundle": lambda form: form._repr_mimebundle_(),
    "session": lambda form: [vars(form.oc), vars(form.oc.session)],
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_nothing_shows_what_was_entered(
    typed: LoginForm, canaries: dict[str, str], show: Callable[[LoginForm], object]
) -> None:
    assert hidden(show(typed), canaries)


def test_nothing_shows_it_after_a_sign_in_that_failed(
    typed: LoginForm,
    page: Page,
    canaries: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)

    page.click(typed.submit)
    complains(typed)

    printed = capsys.readouterr()
    assert all(hidden(show(typed), canaries) for show in SHOWN.values())
    assert hidden(page.text + caplog.text + printed.out + printed.err, canaries)
    assert not any(getattr(typed, name).arrives(0) for name in SECRETS)


def test_nothing_holds_it_after_a_sign_in_that_failed(
    typed: LoginForm, page: Page, canaries: dict[str, str]
) -> None:
    page.click(typed.submit)
    complains(typed)
    until(lambda: not any(each.name == "onecloud-login" for each in threading.enumerate()))
    gc.collect()

    held = [each for each in gc.get_objects() if isinstance(each, Secret)]

    assert not {each.reveal() for each in held} & set(canaries.values())


def test_the_frames_of_the_thread_do_not_have_it(
    typed: LoginForm, page: Page, canaries: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traceback, "clear_frames", lambda frames: None)

    page.click(typed.submit)
    complains(typed)

    assert typed.error is not None
    shown = all_of(typed.error)
    assert "_sign_in" in shown
    assert hidden(shown, canaries)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
def test_a_service_that_repeats_the_token_does_not_get_it_onto_the_page(
    form: LoginForm, page: Page, sandbox: Sandbox, canaries: dict[str, str], status: int
) -> None:
    token = canaries["access_token"]
    says = {"error": "unauthorized", "error_description": f"no such token: {token}"}
    sandbox.faults.add(lambda request, work: json_reply(says, status))
    page.type(form.access_token, token)

    page.click(form.submit)
    complains(form)

    assert token not in form.status.value
    assert hidden(page.text, canaries)


def test_a_token_that_cannot_be_one_is_refused_without_a_word_of_it(
    form: LoginForm, page: Page, sandbox: Sandbox
) -> None:
    page.type(form.access_token, "CANARY told-twice")

    page.click(form.submit)
    complains(form)

    assert "access token is empty, too long" in form.status.value
    assert "told-twice" not in page.text
    assert "told-twice" not in all_of_or_words(form)
    assert not sandbox.requests


def all_of_or_words(form: LoginForm) -> str:
    assert form.error is not None
    return all_of(form.error) if form.error.__traceback__ else str(form.error)


def test_a_pasted_page_stays_nowhere(
    form: LoginForm, page: Page, sandbox: Sandbox, canaries: dict[str, str]
) -> None:
    text = "".join(f"{name.replace('_', ' ').title()}\n{each}\n" for name, each in canaries.items())
    client_id = sandbox.credentials["client_id"]
    text += f"Client ID: {client_id}"

    form.host.value = ""
    for field in (form.access_token, form.client_id):
        page.type(field, text)

        assert all(hidden(show(form), canaries) for show in SHOWN.values())
        assert form.client_id.value == client_id
        assert all(getattr(form, name).take(0).reveal() == canaries[name] for name in SECRETS)
    assert hidden(page.text, canaries)


def test_a_form_is_not_pickled(form: LoginForm) -> None:
    with pytest.raises(TypeError, match="neither copied nor pickled"):
        pickle.dumps(form)


def test_what_was_entered_for_another_kind_of_host_is_forgotten(
    form: LoginForm, page: Page, canaries: dict[str, str]
) -> None:
    page.type(form.access_token, canaries["access_token"])

    form.host.value = "us"
    form.host.value = "classic"

    assert form.access_token.take(0) is None


def test_after_a_sign_in_nothing_is_left_in_the_fields(
    form: LoginForm, page: Page, sandbox: Sandbox, stranger: OneCloud
) -> None:
    for name, text in sandbox.credentials.items():
        page.type(getattr(form, name), text)
    page.click(form.submit)
    until(lambda: stranger.session.state == "active" and not form.busy)

    assert not any(getattr(form, name).arrives(0) for name in SECRETS)
    assert form.client_id.value == ""
    assert [getattr(form, name).placeholder for name in SECRETS] == ["", "", ""]


def test_a_sandbox_that_answers_late_does_not_keep_it(
    form: LoginForm, page: Page, sandbox: Sandbox, canaries: dict[str, str]
) -> None:
    seen: list[bool] = []
    sandbox.faults.add(faults.latency(0, sleep=lambda _: seen.append(form.access_token.arrives(0))))
    page.type(form.access_token, canaries["access_token"])

    page.click(form.submit)
    complains(form)

    assert seen == [False]
