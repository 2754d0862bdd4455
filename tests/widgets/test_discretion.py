"""What is typed into a form is in no log of messages, and all else is."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from onecloud_magic.widgets import LoginForm
from onecloud_magic.widgets.discretion import keep_silent


def logged(caplog: pytest.LogCaptureFixture, name: str, field: object) -> str:
    """What is in the log after a message to *field*, as comms and kernels write it."""
    comm_id = field.comm.comm_id  # type: ignore[attr-defined]  # a widget
    content = {"comm_id": comm_id, "data": {"state": {"value": "typed"}}}
    log = logging.getLogger(name)
    with caplog.at_level(logging.DEBUG):
        log.debug("handle_msg[%s](%s)", comm_id, {"content": content})
        log.debug("   Content: %s", content)
        log.debug("%s: %s", "comm_msg", {"content": content})
    return caplog.text


@pytest.mark.parametrize("name", ["access_token", "client_secret", "client_id"])
def test_no_message_to_a_field_is_logged(
    form: LoginForm, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    assert logged(caplog, "Comm", getattr(form, name)) == ""


def test_messages_to_others_are_logged(form: LoginForm, caplog: pytest.LogCaptureFixture) -> None:
    assert logged(caplog, "Comm", form.host).count("typed") == 3


def test_the_log_of_a_kernel_is_silent_too(
    form: LoginForm, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = SimpleNamespace(log=logging.getLogger("a kernel's"))

    keep_silent(form.access_token, SimpleNamespace(kernel=kernel))

    assert logged(caplog, "a kernel's", form.access_token) == ""
