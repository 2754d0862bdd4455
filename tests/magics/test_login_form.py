"""`%onecloud login` in a notebook: the form, whose it is, and where there is none."""

from __future__ import annotations

import getpass
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.magics import asking
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.widgets import LoginForm

from .shell import Shell


class Kernel:
    """A kernel before which somebody sits, or nobody."""

    _allow_stdin = True


@pytest.fixture
def notebook(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell that runs in a kernel before which somebody sits."""
    monkeypatch.setattr(type(shell.ipython), "kernel", Kernel(), raising=False)
    return shell


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def sign_in(form: LoginForm, sandbox: Sandbox) -> None:
    form.host.value = ""
    form.url.value = sandbox.url
    form.access_token.value = sandbox.credentials["access_token"]
    form.submit.click()
    until(lambda: "Signed in" in form.status.value and not form.busy)


def test_a_notebook_gets_the_form(notebook: Shell) -> None:
    form = notebook.run("%onecloud login")

    assert isinstance(form, LoginForm)
    assert "application/vnd.jupyter.widget-view+json" in notebook.shown(form)
    assert not form.access_token.disabled


def test_it_signs_in_for_the_cells_that_follow(notebook: Shell, sandbox: Sandbox) -> None:
    sign_in(notebook.run("%onecloud login"), sandbox)

    assert len(notebook.run("%onecloud workspaces")) == 3


def test_it_may_be_assigned(notebook: Shell) -> None:
    assert notebook.run("form = %onecloud login") is None
    assert isinstance(notebook.names["form"], LoginForm)


def test_a_semicolon_silences_it(notebook: Shell) -> None:
    assert notebook.run("%onecloud login;") is None


def test_a_profile_has_one_form_however_often_it_is_shown(notebook: Shell) -> None:
    first, again = notebook.run("%onecloud login"), notebook.run("%onecloud login")
    other = notebook.run("%onecloud login --profile finance")

    assert first is again
    assert (first.oc.profile, other.oc.profile) == ("default", "finance")


def test_a_form_that_was_closed_is_made_anew(notebook: Shell) -> None:
    first = notebook.run("%onecloud login")
    first.close()

    again = notebook.run("%onecloud login")

    assert again is not first
    assert not again.closed


def test_two_profiles_do_not_mix(notebook: Shell, sandbox: Sandbox) -> None:
    finance = notebook.run("%onecloud login --profile finance")
    audit = notebook.run("%onecloud login --profile audit")

    sign_in(finance, sandbox)

    assert "finance" in finance.account.value
    assert notebook.run("%onecloud status -p finance").session.state == "active"
    assert notebook.run("%onecloud status -p audit").session.state == "signed_out"
    assert notebook.run("%onecloud status").session.state == "signed_out"
    assert audit.account.value == ""
    assert notebook.run("%onecloud use finance").session.state == "active"
    assert len(notebook.run("%onecloud workspaces")) == 3


def test_out_of_the_sandbox_it_leads_into_the_profile_it_signed_in(
    notebook: Shell, sandbox: Sandbox
) -> None:
    notebook.run("%onecloud sandbox")

    form = notebook.run("%onecloud login")
    before = notebook.run("%onecloud").session.profile
    sign_in(form, sandbox)

    assert (form.oc.profile, before) == ("default", "sandbox")
    assert notebook.run("%onecloud").session.profile == "default"
    assert notebook.run("%onecloud").session.host == sandbox.url


def test_unloading_closes_the_forms(notebook: Shell) -> None:
    form = notebook.run("%onecloud login")
    callbacks = notebook.ipython.events.callbacks

    notebook.run("%unload_ext onecloud_magic")

    assert form.closed
    assert not [
        each
        for found in callbacks.values()
        for each in found
        if "onecloud" in getattr(each, "__module__", "")
    ]
    assert not [
        each for each in threading.enumerate() if each.name in ("onecloud-login", "onecloud-alarm")
    ]


def test_a_flag_asks_instead(
    notebook: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_BASE_URL", sandbox.url)
    answers = {"Access": sandbox.credentials["access_token"]}
    monkeypatch.setattr(getpass, "getpass", lambda prompt: answers.get(prompt.split()[0], ""))

    account = notebook.run("%onecloud login --ask")

    assert isinstance(account, OneCloud)
    assert account.session.state == "active"


@pytest.mark.parametrize("word", ["--ask TOKEN", "--ask=TOKEN-4711"])
def test_a_token_behind_the_flag_is_refused(notebook: Shell, word: str) -> None:
    with pytest.raises(UsageError, match=r"takes (no|nothing)"):
        notebook.run(f"%onecloud login {word}")


@pytest.mark.parametrize(
    ("kernel", "allowed", "server", "shows"),
    [
        (True, True, "", True),
        (True, False, "", False),
        (True, False, "voila/0.5.13", True),
        (True, False, "jupyter/4", False),
        (False, True, "", False),
        (False, True, "voila/0.5.13", False),
    ],
)
def test_a_form_is_for_kernels_with_somebody_before_them_and_for_voila(
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    kernel: bool,
    allowed: bool,
    server: str,
    shows: bool,
) -> None:
    running: Any = type("Running", (Kernel,), {"_allow_stdin": allowed})() if kernel else None
    monkeypatch.setattr(type(shell.ipython), "kernel", running, raising=False)
    monkeypatch.setenv("SERVER_SOFTWARE", server)

    assert asking.shows_forms() is shows
