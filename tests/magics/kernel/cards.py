"""The card of a run among what a kernel sends."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty

import pytest

from onecloud_magic.sandbox import Sandbox

from .running import PATIENCE, Kernel, Message

LOAD = "%load_ext onecloud_magic"
CHAIN = '"Finance Close/Test/Monthly Close"'
RUN = f"%onecloud run {CHAIN}"
UNTIL_DONE = "while not run.done: time.sleep(0.01)"
UNTIL_SEEN = "while run.state != 'sleeping': time.sleep(0.01)"


def cards(sent: list[Message]) -> list[str]:
    """All that was drawn of the one card among messages, in this order."""
    kinds = ("display_data", "update_display_data")
    shown = [each["content"] for each in sent if each["msg_type"] in kinds]
    assert {each["transient"]["display_id"] for each in shown} == {place_of(sent)}
    return [each["data"]["text/plain"] for each in shown]


def place_of(sent: list[Message]) -> str:
    """The display id of the one thing that was shown for the first time."""
    first, *_ = [each["content"] for each in sent if "display_id" in str(each["content"])]
    return str(first["transient"]["display_id"])


def fact(card: str, label: str) -> str:
    """What stands beside a label."""
    found = [line for line in card.splitlines() if line.strip().startswith(f"{label}  ")]
    assert found, card
    return found[0].strip().removeprefix(label).strip()


def heard(kernel: Kernel, holds: Callable[[list[Message]], bool]) -> list[Message]:
    """What the kernel sends, whichever cell it is of, until that holds."""
    sent: list[Message] = []
    while not holds(sent):
        try:
            sent.append(kernel.client.get_iopub_msg(timeout=PATIENCE))
        except Empty:
            pytest.fail(f"only {[each['msg_type'] for each in sent]}")
    return sent


def ended(sent: list[Message]) -> bool:
    """Whether the card tells an end."""
    return any("Chain run" in str(each) and "  ended  " in str(each) for each in sent)


def started(box: Sandbox) -> int:
    """How many runs the service was made to start."""
    return len(box._world.started)
