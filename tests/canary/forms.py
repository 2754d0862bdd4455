"""A sign-in form without a page: its messages are those of a browser."""

from __future__ import annotations

import json
from typing import Any

from tests.magics.kernel.running import Kernel, wait_until

__all__ = ["Form"]

_PARTS = "host url access_token refresh_token client_id client_secret submit refresh_now sign_out"


class Form:
    """The form that is the variable *name* of a kernel."""

    def __init__(self, kernel: Kernel, name: str = "form") -> None:
        self._kernel, self._name = kernel, name
        parts = (
            "{" + ", ".join(f"'{each}': {name}.{each}.model_id" for each in _PARTS.split()) + "}"
        )
        self._ids: dict[str, str] = json.loads(kernel.value(f"__import__('json').dumps({parts})"))

    def enter(self, **texts: str) -> None:
        """Type into fields, as a front end tells it."""
        for field, text in texts.items():
            self._send(field, {"method": "update", "state": {"value": text}, "buffer_paths": []})

    def click(self, button: str) -> str:
        """Click a button, and wait for what comes of it: what the form then says."""
        self._send(button, {"method": "custom", "content": {"event": "click"}})
        self._kernel.value("1")  # by then the click has been heard
        wait_until(lambda: self._kernel.value(f"{self._name}.busy") == "False")
        return self._kernel.value(f"{self._name}.status.value")

    def _send(self, part: str, data: dict[str, Any]) -> None:
        client = self._kernel.client
        content = {"comm_id": self._ids[part], "data": data}
        client.shell_channel.send(client.session.msg("comm_msg", content))
