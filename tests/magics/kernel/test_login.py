"""`%onecloud login` in a kernel: where nobody answers, and where somebody does."""

from __future__ import annotations

import json
import secrets
import time

import pytest

from onecloud_magic.sandbox import Sandbox

from .conftest import NewKernel
from .running import Kernel, Message

pytestmark = pytest.mark.process


@pytest.fixture
def token(service: Sandbox) -> str:
    return service.enable_access()["access_token"]


def without_token(message: Message, token: str) -> bool:
    return token not in json.dumps(message, default=str)


# ---- where nobody can be asked


def test_login_says_at_once_which_variables_it_wants(new_kernel: NewKernel) -> None:
    kernel = new_kernel()
    kernel.run("%load_ext onecloud_magic").succeeded()
    began = time.monotonic()

    error = kernel.run("%onecloud login").error

    assert time.monotonic() - began < 10  # it takes no second, and a machine may be busy
    assert error["ename"] == "UsageError"
    assert "ONECLOUD_ACCESS_TOKEN" in "\n".join(error["traceback"])
    assert len(error["traceback"]) == 2


def test_login_takes_what_the_environment_has(
    new_kernel: NewKernel, service: Sandbox, token: str
) -> None:
    kernel = new_kernel(ONECLOUD_BASE_URL=service.url, ONECLOUD_ACCESS_TOKEN=token)
    kernel.run("%load_ext onecloud_magic").succeeded()

    card = kernel.run("%onecloud login").data
    frame = kernel.run("%onecloud workspaces").data

    assert service.url in card["text/plain"]
    assert "active" in card["text/plain"]
    assert "Finance Close" in frame["text/plain"]
    assert kernel.place.records == ["environment"]
    assert all(without_token(each, token) for each in kernel.heard)


def test_a_later_kernel_needs_the_token_no_more(
    new_kernel: NewKernel, service: Sandbox, token: str
) -> None:
    first = new_kernel(
        ONECLOUD_BASE_URL=service.url, ONECLOUD_ACCESS_TOKEN=token, ONECLOUD_PROFILE="reports"
    )
    for line in ("%load_ext onecloud_magic", "%onecloud login"):
        first.run(line).succeeded()
    first.shut_down()
    for name in ("ONECLOUD_BASE_URL", "ONECLOUD_ACCESS_TOKEN"):
        del first.place.env[name]

    second = Kernel(first.place)
    try:
        second.run("%load_ext onecloud_magic").succeeded()
        shown = second.run("%onecloud workspaces")
    finally:
        second.shut_down()

    assert "Finance Close" in shown.data["text/plain"]


# ---- where somebody answers


@pytest.mark.parametrize(
    ("variables", "answers"),
    [({}, []), ({"SERVER_SOFTWARE": "voila/0.5.13"}, None)],
    ids=["notebook", "voila"],
)
def test_login_shows_a_form(
    new_kernel: NewKernel, variables: dict[str, str], answers: list[str] | None
) -> None:
    kernel = new_kernel(**variables)
    kernel.run("%load_ext onecloud_magic").succeeded()

    ran = kernel.run("%onecloud login", answers=answers)
    assigned = kernel.run("form = %onecloud login", answers=answers).succeeded()

    assert "application/vnd.jupyter.widget-view+json" in ran.data
    assert ran.data["text/plain"].startswith("Sign-in form of 'default'")
    assert not ran.of("input_request")
    assert not assigned.of("execute_result") + assigned.of("display_data")
    assert kernel.value("form.access_token.disabled") == "True"  # a cell is what asks
    assert kernel.run("%onecloud").data["text/plain"].count("signed out") == 1


def test_login_asks_for_the_token_and_leaves_no_trace_of_it(
    new_kernel: NewKernel, service: Sandbox, token: str
) -> None:
    kernel = new_kernel(ONECLOUD_BASE_URL=service.url)
    kernel.run("%load_ext onecloud_magic").succeeded()

    ran = kernel.run("%onecloud login --ask", answers=[token, ""])

    asked, _ = ran.of("input_request")
    assert asked["prompt"].startswith("Access token")
    assert asked["password"] is True
    assert "active" in ran.data["text/plain"]
    for line in (
        "df = %onecloud workspaces",
        "oc = %onecloud",
        "oc, oc.session, vars(oc), vars(oc.session), globals()",
        "%history -g",
        "%onecloud last --curl",
        "%onecloud doctor",
    ):
        kernel.run(line).succeeded()
    kernel.run("%xmode Verbose").succeeded()
    assert "Traceback" in str(kernel.run("%onecloud chains -e Nowhere").error["traceback"])
    assert kernel.place.records == ["default"]
    assert all(without_token(each, token) for each in kernel.heard)
    kernel.shut_down()
    assert token.encode() not in kernel.place.history


def test_a_token_that_is_refused_leaves_the_session_as_it_was(
    new_kernel: NewKernel, service: Sandbox, token: str
) -> None:
    wrong = secrets.token_hex(20)
    kernel = new_kernel(ONECLOUD_BASE_URL=service.url)
    kernel.run("%load_ext onecloud_magic").succeeded()

    refused = kernel.run("%onecloud login --ask", answers=[wrong, ""]).error
    nothing = kernel.run("%onecloud login --ask", answers=["  ", ""]).error
    signed_out = kernel.run("%onecloud").data["text/plain"]
    signed_in = kernel.run("%onecloud login --ask", answers=[f" {token}\n", ""]).data["text/plain"]
    again = kernel.run("%onecloud login --ask", answers=[wrong, ""]).error
    kept = kernel.run("%onecloud workspaces").data["text/plain"]

    assert refused["ename"] == again["ename"] == "SessionRejected"
    assert 2 <= len(refused["traceback"]) <= 3
    assert nothing["ename"] == "UsageError"
    assert "signed out" in signed_out
    assert "active" in signed_in
    assert "Finance Close" in kept
    assert all(without_token(each, wrong) for each in kernel.heard)
