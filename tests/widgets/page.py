"""The front end's side of a widget: what a person does there, and what was sent to it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from comm.base_comm import BaseComm

PATIENCE = 30.0  # seconds; whoever waits longer has found an error


class Wire(BaseComm):
    """A comm that writes down what is sent to the browser."""

    sent: list[Any]

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any
    ) -> None:
        self.sent.append((self.comm_id, msg_type, data))


class Page:
    """A page that shows widgets.

    Attributes:
        sent: all messages that came from the kernel, as id, kind and data.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Any]] = []

    def wire(self, **given: Any) -> Wire:
        """The comm of a widget that is being made."""
        kind = type("Wire", (Wire,), {"sent": self.sent})
        made: Wire = kind(**given)
        return made

    def type(self, field: Any, text: str) -> None:
        """Type into a field and leave it."""
        assert not field.disabled
        self.send(field, text)

    def send(self, field: Any, text: str) -> None:
        """Let a text that was typed arrive, whatever the field has become since."""
        self._tell(field, {"method": "update", "state": {"value": text}, "buffer_paths": []})

    def click(self, button: Any) -> None:
        self._tell(button, {"method": "custom", "content": {"event": "click"}})

    def to(self, widget: Any) -> list[Any]:
        """What was sent to one widget."""
        return [data for name, _, data in self.sent if name == widget.model_id]

    def values(self, widget: Any) -> list[str]:
        """The values that a widget was told to show, in this order."""
        told = [each.get("state", {}) for each in self.to(widget)]
        return [state["value"] for state in told if "value" in state]

    @property
    def text(self) -> str:
        return json.dumps(self.sent, default=repr)

    def _tell(self, widget: Any, data: dict[str, Any]) -> None:
        widget.comm.handle_msg({"content": {"data": data}, "buffers": []})


def until(holds: Callable[[], object]) -> None:
    """Wait for a condition; fail where it does not come."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def displayed(part: Any) -> bool:
    return bool(part.layout.display != "none")


def says(form: Any, words: str) -> None:
    """Wait until the form says so."""
    until(lambda: words in form.status.value and not form.busy)


def complains(form: Any) -> None:
    """Wait until the form says what went wrong."""
    says(form, 'role="alert"')
