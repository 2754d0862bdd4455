"""What is kept of earlier answers: answers, runs one by one, and of which times all are known."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .operations import Kind

__all__ = ["Kept", "KeptRun", "KindInfo", "Span", "joined", "kept_text"]


@dataclass(frozen=True)
class Kept:
    """An answer that was kept.

    Attributes:
        fetched_at: when it came, in seconds since 1970.
        lasting: whether it will never change.
        whole: False where something was left out of it.
    """

    kind: Kind
    text: str
    fetched_at: float
    lasting: bool = False
    whole: bool = True

    @property
    def data(self) -> Any:
        """The answer, read anew each time."""
        return json.loads(self.text)


@dataclass(frozen=True)
class KeptRun:
    """A run as it was answered, and what it is found by; *started* is None where it is not told."""

    id: str
    environment: str
    chain: str
    started: float | None
    ended: bool
    fetched_at: float
    text: str


@dataclass(frozen=True)
class Span:
    """A time of which all runs of a place are known: from *since* on, before *until*.

    Attributes:
        since: None where nothing is older.
        fetched_at: when it was last looked.
    """

    since: float | None
    until: float
    fetched_at: float

    @property
    def low(self) -> float:
        return -math.inf if self.since is None else self.since

    def and_(self, older: Span) -> Span:
        """This one and an *older* one that it touches, as one."""
        since = None if older.since is None or self.since is None else min(self.low, older.since)
        fetched = min(self.fetched_at, older.fetched_at)
        return Span(since, max(self.until, older.until), fetched)


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same times, newest first, as few spans as can be."""
    every: list[Span] = []
    for span in sorted(spans, key=lambda each: each.until, reverse=True):
        if every and every[-1].low <= span.until:
            every[-1] = every[-1].and_(span)
        else:
            every.append(span)
    return every


@dataclass(frozen=True)
class KindInfo:
    """What is kept of one kind."""

    kind: Kind
    entries: int
    size_bytes: int
    oldest_at: float
    newest_at: float


def kept_text(data: Any) -> str:
    """An answer as it may be written down: as JSON, without the variables in it."""
    return json.dumps(_without_variables(data))


def _without_variables(data: Any) -> Any:
    """*data* without the variables in it; an empty list of them stays: it says so."""
    if isinstance(data, list):
        return [_without_variables(each) for each in data]
    if not isinstance(data, dict):
        return data
    return {k: _without_variables(v) for k, v in data.items() if not (k == "variables" and v)}
