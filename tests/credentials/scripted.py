"""A token endpoint that gives the outcomes that it was told to give."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from onecloud_magic.credentials import refresh as refreshing
from onecloud_magic.credentials.exchange import Answer, Lost, NotSent, Outcome
from onecloud_magic.credentials.records import Record
from onecloud_magic.home import Home

Then = Outcome | Callable[[Record], Outcome]
LOST, NOT_SENT = Lost("the line was cut"), NotSent("nobody listens", "Try later.")


def good(refresh: bool = True) -> Answer:
    """An answer with new tokens."""
    fields = {"access_token": secrets.token_hex(20), "expires_in": 3600}
    if refresh:
        fields["refresh_token"] = secrets.token_hex(20)
    return Answer(200, json.dumps(fields).encode())


class Service:
    """Gives the outcomes that it was told to give, one a question, and remembers the questions."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.then: list[Then] = []
        self.asked: list[Record] = []

    def __call__(self, record: Record) -> Outcome:
        self.asked.append(record)
        outcome = self.then.pop(0)
        return outcome(record) if callable(outcome) else outcome

    def refreshed(self, *then: Then, **more: Any) -> refreshing.Outcome:
        self.then = list(then)
        outcome = refreshing.refresh(
            self._home, "default", ask=self, clock=lambda: 1_790_000_000.0, **more
        )
        assert not self.then
        return outcome
