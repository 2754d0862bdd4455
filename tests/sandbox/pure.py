"""The service without its socket, where a test asks thousands of times: a pure function."""

import json
from typing import Any

from onecloud_magic.sandbox.limits import Kind, Limits
from onecloud_magic.sandbox.messages import Request
from onecloud_magic.sandbox.service import answer
from onecloud_magic.sandbox.tokens import Tokens
from onecloud_magic.sandbox.world import Spelling, World

from ..conftest import NOW

NO_LIMIT = 10**9


class Pure:
    """A world and the token of an administrator in it."""

    def __init__(self, seed: int = 1) -> None:
        self.world = World(seed, NOW, Tokens(float("inf"), False), limits(NO_LIMIT), Spelling())
        self.token = self.world.tokens.pair(self.world.tokens.enable(5), NOW)["access_token"]

    def ask(self, method: str, path: str, now: float, body: bytes = b"") -> tuple[int, Any]:
        """Ask at a moment: the status and what the JSON says."""
        bearer = {"authorization": f"Bearer {self.token}"}
        reply = answer(Request(method, path, {}, bearer, body), self.world, now)
        return reply.status, json.loads(reply.body)


def limits(burst: int, kind: Kind = "sliding", count_refused: bool = False) -> Limits:
    return Limits(burst, NO_LIMIT, kind, count_refused)
