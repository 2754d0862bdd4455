"""Sandboxes, and a page that shows forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import comm
import pytest
from ipywidgets import Widget

from onecloud_magic import OneCloud, onlookers
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.widgets import LoginForm, live
from onecloud_magic.widgets import progress as showing
from onecloud_magic.widgets.progress import Progress
from tests.account.conftest import NewSandbox, clock, home, new_sandbox, one_clock, sign_in
from tests.conftest import Clock

from .page import Page, until
from .stand_ins import Outputs, Timers

__all__ = ["clock", "home", "new_sandbox", "one_clock", "sign_in"]

NewForm = Callable[..., LoginForm]


@pytest.fixture
def sandbox(new_sandbox: NewSandbox) -> Sandbox:
    return new_sandbox()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    page = Page()
    monkeypatch.setattr(comm, "create_comm", page.wire)
    yield page
    Widget.close_all()


@pytest.fixture
def stranger(sandbox: Sandbox) -> OneCloud:
    """An account that is not signed in."""
    return OneCloud(base_url=sandbox.url, timezone="UTC")


@pytest.fixture
def new_form(page: Page) -> Iterator[NewForm]:
    """Show a form of an account."""
    shown: list[LoginForm] = []

    def made(oc: OneCloud, **settings: Any) -> LoginForm:
        shown.append(LoginForm(oc, **settings))
        return shown[-1]

    yield made
    for form in shown:
        form.close()
    until(lambda: not any(form.busy for form in shown))


@pytest.fixture
def form(new_form: NewForm, stranger: OneCloud) -> LoginForm:
    """A form in which nobody is signed in."""
    return new_form(stranger)


@pytest.fixture
def signed_in(new_form: NewForm, stranger: OneCloud, sandbox: Sandbox) -> LoginForm:
    """A form that says who is signed in."""
    stranger.login(**sandbox.credentials)
    sandbox.requests.clear()
    return new_form(stranger)


@pytest.fixture
def timers(clock: Clock) -> Timers:
    return Timers(clock)


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    outputs = Outputs()
    monkeypatch.setattr(live, "display", outputs.display)
    monkeypatch.setattr(live, "update_display", outputs.update)
    for room in (live, showing):
        monkeypatch.setattr(room, "kernel", lambda: object())
    return outputs


@pytest.fixture
def progress(timers: Timers) -> Iterator[Progress]:
    progress = Progress(timers)
    onlookers.look_on(progress)
    yield progress
    onlookers.look_away(progress)
