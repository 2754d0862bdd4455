"""The secrets of a run: made when it begins, or given out by its services while it goes on."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from onecloud_magic.sandbox import Sandbox

from .eye import Eye

__all__ = ["Canaries", "made_up"]

# What each way of writing changes: JSON, URLs, HTML, Python, base64, UTF-8.
_ODD = "+/=%&<>\"'\\~\xe9"


def made_up(role: str) -> str:
    """A secret that no service knows, and that looks different wherever something is escaped."""
    return f"CANARY-{role.replace(' ', '-')}-{secrets.token_hex(8)}{_ODD}{secrets.token_hex(12)}"


class Canaries:
    """What was typed, and all that *services* ever gave out.

    Attributes:
        typed: secrets that no service knows, by their names.
    """

    def __init__(self, *services: Sandbox) -> None:
        self._services = services
        self.typed: dict[str, str] = {}

    def new(self, role: str) -> str:
        """A secret of that role that is wrong everywhere."""
        made = self.typed[f"{role} typed ({len(self.typed)})"] = made_up(role)
        return made

    @property
    def all(self) -> dict[str, str]:
        issued = {name: each for service in self._services for name, each in _issued(service)}
        return {**self.typed, **issued}

    def eye(self) -> Eye:
        """An eye for all of them that there are by now."""
        return Eye(self.all)


def _issued(service: Sandbox) -> Iterator[tuple[str, str]]:
    tokens = service._world.tokens
    for kind, known in (("access", tokens._access), ("refresh", tokens._refresh)):
        for number, token in enumerate(known):
            yield f"{kind} of {service.port} ({number})", token
    for number, each in enumerate(tokens._applications.values()):
        yield f"client secret of {service.port} ({number})", each.client_secret
