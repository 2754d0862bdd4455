"""A sandbox that answers when the test says so: a read lasts as long as it has to."""

from __future__ import annotations

import threading

from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request

from .running import PATIENCE

__all__ = ["Gates"]


class Gates:
    """Holds all calls back; *allow* lets so many of them through."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._open = threading.Semaphore(0)
        sandbox.faults.add(self._pass)

    def allow(self, calls: int) -> None:
        self._open.release(calls)

    def _pass(self, _request: Request, work: faults.Work) -> Reply:
        assert self._open.acquire(timeout=PATIENCE)
        return work()
