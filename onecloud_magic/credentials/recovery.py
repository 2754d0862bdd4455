"""What is to be done about a refresh: a function of the store and the journal, and of nothing else.

It is asked again after every step, so that going on after a crash is going on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .answers import Tokens, is_refused, is_unheard, tokens_in
from .journal import Entry
from .records import Record

__all__ = ["Again", "Clear", "Finish", "Stop", "Verdict", "may_be_spent", "tokens_of", "verdict"]

_AT_ONCE = 120.0  # seconds; longer than whoever asks waits for the answer


@dataclass(frozen=True)
class Clear:
    """Nothing is under way; a journal that is still there belongs to what is settled."""


@dataclass(frozen=True)
class Again:
    """The answer to the first question was lost: the token may be sent once more, now."""


@dataclass(frozen=True)
class Finish:
    """The answer is in the journal: it has only to be stored."""

    tokens: Tokens


@dataclass(frozen=True)
class Stop:
    """No more may be asked with this token.

    Attributes:
        rejected: the service said no; else it is not known what it did.
        status: of the last answer; 0 where none came.
    """

    rejected: bool
    status: int = 0


Verdict = Clear | Again | Finish | Stop


def verdict(record: Record | None, entries: Sequence[Entry], now: float) -> Verdict:
    """Say what is to be done *now* with the refresh token of *record*."""
    token = record.refresh_token if record else None
    for each in entries:
        # Whoever asked, and with which client id: what came for this token is its successor.
        if token and each.token == token.fingerprint and (tokens := tokens_of(each)):
            return Finish(tokens)
    ours = [each for each in entries if record and _is_about(each, record)]
    if not ours:
        return Clear()
    last, asked = ours[-1], _asked(ours)
    if last.kind == "received":
        if 200 <= last.status < 300:  # spent, and what came instead cannot be read
            return Stop(rejected=False, status=last.status)
        if is_refused(last.status, last.body):
            # Refused at the repeat: the first one, whose answer was lost, has spent it.
            return Stop(rejected=asked == 1, status=last.status)
    if asked == 0:
        return Clear()
    if asked == 1 and (_is_fresh(last, now) or not _works(record, now)):
        return Again()
    return Stop(rejected=False, status=last.status)


def tokens_of(entry: Entry) -> Tokens | None:
    """The tokens that an entry holds; None where it is no good answer."""
    return tokens_in(entry.status, entry.body, entry.at) if entry.kind == "received" else None


def _is_fresh(entry: Entry, now: float) -> bool:
    return abs(now - entry.at) <= _AT_ONCE


def _works(record: Record | None, now: float) -> bool:
    """Whether the access token is known to work on: a late repeat could cost the rest of it.

    To a service that watches for stolen tokens (RFC 9700, 4.14) it looks like one. Where nothing
    is left to lose, it is worth it: the question may never have arrived.
    """
    return record is not None and record.expires_at is not None and not record.has_ended(now)


def may_be_spent(entries: Sequence[Entry]) -> list[str]:
    """The fingerprints of the tokens that the service may have taken, as the entries tell."""
    found = []
    for token in dict.fromkeys(each.token for each in entries):
        ours = [each for each in entries if each.token == token]
        last, asked = ours[-1], _asked(ours)
        refused = last.kind == "received" and is_refused(last.status, last.body)
        if asked > 1 or (asked == 1 and not refused):
            found.append(token)
    return found


def _is_about(entry: Entry, record: Record) -> bool:
    """Whether the entry tells of this token, asked with in the name of this client."""
    # A client id that was mistyped spends nothing; put right, it makes another question.
    token = record.refresh_token
    return (
        token is not None
        and entry.token == token.fingerprint
        and entry.client in ("", record.client_id)
    )


def _asked(entries: Sequence[Entry]) -> int:
    """How often the token may have reached the service."""
    asked = 0
    for each in entries:
        heard_nothing = each.kind == "received" and is_unheard(each.status, each.body)
        asked += (each.kind == "intent") - (each.kind == "unsent" or heard_nothing)
    return asked
