"""A service without a socket, which is told what becomes of an answer and when a helper dies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from onecloud_magic.credentials.exchange import Answer, Lost, NotSent, Outcome
from onecloud_magic.credentials.journal import Entry
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import SessionRejected
from onecloud_magic.sandbox.messages import Refused
from onecloud_magic.sandbox.tokens import Reuse, Tokens
from tests.conftest import Clock

LIFE = 86_400.0
FAULTS = ("unsent", "lost before", "lost after", "502", "killed before", "killed after", "html")
STEPS = ("write 1", "write 2", "_store", "drop")


class Killed(BaseException):
    """The process is no more."""


class Service:
    """The sandbox's own tokens without a socket, and a list of what may be lost.

    Attributes:
        faults: what happens to the next questions.
        step: where the helper is killed next: before or after one of its steps.
        open: refresh tokens to which an answer did not arrive: they may be sent once more.
        lost: refresh tokens whose successor nobody of us has read.
        done: refresh tokens that were refused, or given up for others: a paste is a new question.
    """

    def __init__(self, clock: Clock, reuse: Reuse, tells: bool) -> None:
        self.clock, self.tokens = clock, Tokens(LIFE, tells, reuse)
        self.faults: list[str] = []
        self.step = "", False
        self.posts: Counter[str] = Counter()
        self.open: set[str] = set()
        self.lost: set[str] = set()
        self.done: set[str] = set()
        self.issued: dict[str, int] = {}  # access tokens by their fingerprint, in their order

    def enable(self) -> dict[str, str]:
        made = self.tokens.enable(1)
        return {**self._told(self.tokens.pair(made, self.clock())), "client_id": made.client_id}

    def spend(self, client_id: str, token: str) -> Answer:
        try:
            pair = self._told(self.tokens.refresh(client_id, token, self.clock()))
        except Refused as refused:
            return Answer(refused.status, b"{}")
        return Answer(200, json.dumps(pair).encode())

    def ask(self, record: Record) -> Outcome:
        fault = self.faults.pop(0) if self.faults else ""
        assert record.refresh_token is not None
        token = record.refresh_token.reveal()
        if fault == "unsent":
            return NotSent("no connection")
        self.posts[token] += 1
        once_more = self.posts[token] == 2 and token in self.open
        assert self.posts[token] == 1 or once_more or token in self.done
        arrives = fault not in ("lost before", "killed before", "502")
        answer = self.spend(record.client_id, token) if arrives else Answer(502, b"")
        if fault and fault != "html":
            self.open.add(token)
        if fault and answer.status == 200:
            self.lost.add(token)
        if fault.startswith("killed"):
            raise Killed
        if fault == "html":
            if answer.status != 200:  # the page of a firewall, for all that can be seen: not heard
                self.done.add(token)
            return Answer(answer.status, b"<html>")
        if fault.startswith("lost"):
            return Lost("it was cut off")
        if answer.status == 400:
            self.done.add(token)
        return answer

    def check(self, record: Record) -> None:
        assert record.access_token is not None
        try:
            self.tokens.check(record.access_token.reveal(), self.clock())
        except Refused:
            raise SessionRejected("401") from None

    def is_alive(self, token: str) -> bool:
        """Whether the service would give new tokens for this one."""
        known = self.tokens._refresh.get(token)
        return known is not None and not known.spent and not known.application.revoked

    def is_excused(self, token: str) -> bool:
        """Whether it may be dead, or never sent again, with nothing wrong with us."""
        known = self.tokens._refresh.get(token)
        twice = self.posts[token] == 2 and token in self.open
        return known is None or known.application.revoked or token in self.lost or twice

    def _told(self, pair: dict[str, Any]) -> dict[str, Any]:
        self.issued[Secret(pair["access_token"]).fingerprint] = len(self.issued)
        return pair

    def hook(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """A step of the helper, before or after which it can be killed."""

        def step(*given: Any) -> Any:
            entries: Sequence[Entry] = given[1] if name == "write" else ()
            at = f"write {1 + (entries[-1].kind == 'received')}" if entries else name
            planned, after = self.step
            due = planned == at
            if due:
                self.step = "", False
            if due and not after:
                if entries and entries[-1].kind == "received":
                    self._unread(entries[-1])
                raise Killed
            result = real(*given)
            if due:
                raise Killed
            return result

        return step

    def _unread(self, entry: Entry) -> None:
        [token] = [one for one in self.posts if Secret(one).fingerprint == entry.token]
        self.open.add(token)
        if entry.status == 200:
            self.lost.add(token)
