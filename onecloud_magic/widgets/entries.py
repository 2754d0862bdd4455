"""What is filled in to sign in: the host, the fields that it needs, and the button."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ipywidgets import HTML, Button, Dropdown, VBox

from ..show import note
from .needs import CHOICES, FIELDS, LABELS, SECRETS, check
from .pasted import pasted
from .secret_field import OpenField, SecretField

__all__ = ["Entries", "show"]

_GUIDE = (
    "Admin › API › Enable API Access (administrators only). The tokens are shown once. "  # noqa: RUF001  # as in the guide
    "An access token alone works until it ends; add refresh token and client id to stay signed in."
)
_GRANT_GUIDE = (
    "Client id and secret of an OAuth grant; its short tokens are bought anew before they end."
)
_PASTE = "The whole text of the page, or the JSON answer, may be pasted into the first field."
_OVERTAKEN, _LATE = 0.1, 0.5  # seconds


class Entries(VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The fields of a sign-in for *profile*.

    Args:
        profile: whose sign-in it is.
        say: tells what was made of a pasted page.

    Attributes:
        fields: all fields by their names; those of the chosen host are shown.
    """

    def __init__(self, profile: str, say: Callable[[str], object]) -> None:
        self._profile, self._say = profile, say
        style, layout = {"description_width": "8em"}, {"width": "min(36em, calc(100% - 4px))"}
        looks: dict[str, Any] = {"style": style, "layout": layout}
        self.host = Dropdown(options=CHOICES, description="Host", **looks)
        self.fields: dict[str, Any] = {
            name: (SecretField if name in SECRETS else OpenField)(
                description=label, spread=self._spread, **looks
            )
            for name, label in LABELS.items()
        }
        self.about, self.submit = HTML(), Button(description="Sign in", button_style="primary")
        super().__init__([self.about, self.host, *self.fields.values(), self.submit])
        self.host.observe(self._choose, "value")
        self._choose()

    @property
    def where(self) -> str:
        """The host, by its name or by its URL."""
        return str(self.host.value or self.fields["url"].value)

    @property
    def shown(self) -> dict[str, Any]:
        """The fields of the chosen host."""
        return {name: self.fields[name] for name in FIELDS[self.host.value]}

    def taken(self) -> dict[str, Any]:
        """Take what was entered, as keywords of `OneCloud.login_at`.

        Raises:
            Unfit: something is missing; what was entered need not be entered again.
            UsageError: a secret that cannot be one.
        """
        self._await()
        filled = [name for name, field in self.shown.items() if field.arrives(0)]
        check(self.host.value, self.fields["url"].value, filled)
        client_id = self.fields["client_id"].value if "client_id" in filled else ""
        try:
            secrets = {name: self.fields[name].take(0) for name in filled if name in SECRETS}
        finally:
            self._drop()
        return {"client_id": client_id, **secrets}

    def empty(self) -> None:
        """Forget what was entered, but for where it was for."""
        self._drop()
        self.fields["client_id"].value = ""

    def lock(self, locked: bool) -> None:
        """Let nobody type or click, or let them again."""
        for field in self.fields.values():
            field.lock(locked)
        self.host.disabled = self.submit.disabled = locked

    def go_on(self, name: str = "") -> None:
        """Put the cursor into that field, or into the first that has to be filled in."""
        # An address that is there already will do.
        known = ("url",) if self.fields["url"].value else ()
        first = next(field for name, field in self.shown.items() if name not in known)
        self.fields.get(name, first).focus()

    def close(self) -> None:
        """Leave the page and the shell; what was entered is forgotten."""
        for part in (*self.fields.values(), self.host, self.about, self.submit):
            part.close()
        super().close()

    def _await(self) -> None:
        """A click may be here before the fields that it belongs to; they are on their way."""
        time.sleep(_OVERTAKEN)
        ends = time.monotonic() + _LATE
        for field in self.shown.values():
            field.arrives(max(0.0, ends - time.monotonic()))

    def _drop(self) -> None:
        for name in SECRETS:
            self.fields[name].drop()

    def _choose(self, _: object = None) -> None:
        """Show the fields of the host; what was entered for another kind of host is forgotten."""
        shown = self.shown
        for name, field in self.fields.items():
            show(field, name in shown)
            if name in SECRETS and name not in shown:
                field.drop()
        guide = _GUIDE if "access_token" in shown else _GRANT_GUIDE
        self.about.value = note(guide, _PASTE, title=f"Sign in, profile {self._profile}", role="")

    def _spread(self, text: str) -> bool:
        """Fill in what was pasted in one piece; whether it was such."""
        found = pasted(text)
        shown = {name: value for name, value in found.items() if name in self.shown}
        for name, value in shown.items():
            field = self.fields[name]
            if name in SECRETS:
                field.hold(value)
            else:
                field.value = value
        if found:
            names = ", ".join(LABELS[name] for name in shown)
            self._say(f"Filled in: {names}." if names else "Nothing in it is for this host.")
        return bool(found)


def show(part: Any, shown: bool) -> None:
    """Show a part of a page, or take it out of sight, of the keyboard and of screen readers."""
    part.layout.display = None if shown else "none"
