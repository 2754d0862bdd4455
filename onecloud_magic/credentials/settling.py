"""One refresh, from verdict to verdict, until it is settled: by whoever holds the lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from ..errors import OneCloudError
from .answers import Tokens, is_unheard, tokens_in
from .exchange import Answer, Exchange, NotSent
from .journal import Entry
from .profile import Profile
from .records import Record
from .recovery import Again, Clear, Finish, Stop, may_be_spent, tokens_of, verdict

__all__ = ["GONE", "Outcome", "Settling"]

_LATER = "Try again in 20 seconds; if it stays, look at token_url."
Kind = Literal[
    "renewed", "not_sent", "rejected", "uncertain", "busy", "gone", "elsewhere", "killed", "failed"
]


@dataclass(frozen=True)
class Outcome:
    """What became of a refresh.

    Attributes:
        kind: renewed, by us or by another; not sent; rejected; uncertain (the token may be
            spent); busy (another one is still at it); gone (nobody is signed in any more);
            elsewhere (the token was spent for another place); killed (in the middle); failed.
        says, hint: why, where there is something to say.
        status: of the last answer; 0 where none came.
        profile: that has what came of the token, where it is elsewhere; empty where nobody has.
        unfinished: what came of it there is a sign-in that is not yet current.
    """

    kind: Kind
    says: str = ""
    hint: str = ""
    status: int = 0
    profile: str = ""
    unfinished: bool = False


GONE = Outcome("gone", "The session is gone: somebody has signed out.")


class Settling:
    """What whoever holds the lock does with the token of a record of *profile*.

    Args:
        pending: the sign-in that has the record; empty: the session.
        beside: what other journals tell: the same token counts there.
    """

    def __init__(
        self,
        profile: Profile,
        pending: str,
        beside: list[Entry],
        ask: Exchange,
        clock: Callable[[], float],
    ) -> None:
        self.profile, self.pending, self.beside = profile, pending, beside
        self.store, self.journal = profile.store(pending), profile.journal(pending)
        self.ask, self.clock = ask, clock

    def settle(self, seen: str) -> Outcome:
        """Go from verdict to verdict until there is an outcome."""
        while True:
            record, entries = self.store.load(), self.journal.read()
            if record is None or record.refresh_token is None:
                # What came for a spent token outlasts its record: who signs in with that token
                # again, finds it. Not so after a sign-out.
                if record is not None or not any(map(tokens_of, entries)):
                    self._done_with(entries)
                return GONE
            match verdict(record, [*self.beside, *entries], self.clock()):
                case Finish(tokens):
                    self._store(record, tokens)
                    return Outcome("renewed")
                case Stop(rejected, status):
                    if rejected and self.pending:  # nothing came of it: given again, it is new
                        self.journal.drop()
                    return Outcome("rejected" if rejected else "uncertain", status=status)
                case Clear():
                    if entries:
                        self._done_with(entries)
                    if record.mark != seen:
                        return Outcome("renewed")
                    outcome = self._ask(record, [], 1)
                case Again():
                    outcome = self._ask(record, entries, 2)
            if outcome is not None:
                return outcome

    def _ask(self, record: Record, entries: list[Entry], attempt: int) -> Outcome | None:
        """Ask once; None where the journal says how it goes on."""
        intent = Entry(
            "intent", _fingerprint(record), attempt, self.clock(), client=record.client_id
        )
        entries = [*entries, intent]
        self.journal.write(entries)
        answer = self.ask(record)
        if isinstance(answer, Answer):
            # Before anything is made of it: from here on it cannot get lost.
            got = replace(intent, kind="received", at=self.clock())
            got = replace(got, status=answer.status, body=answer.body)
            return self._heard(record, [*entries, got])
        if isinstance(answer, NotSent):
            self._unsent([*entries, replace(intent, kind="unsent", at=self.clock())])
            return Outcome("not_sent", answer.says, answer.hint)
        return None

    def _heard(self, record: Record, entries: list[Entry]) -> Outcome | None:
        got = entries[-1]
        try:
            self.journal.write(entries)
        except OneCloudError:
            # No room even for the journal: the store may still have some.
            if tokens := tokens_in(got.status, got.body, got.at):
                self._store(record, tokens)
                return Outcome("renewed")
            raise
        if not is_unheard(got.status, got.body):
            return None
        self._unsent(entries)
        said = f"The token URL answered {got.status} and did not look at the token."
        return Outcome("not_sent", said, _LATER, got.status)

    def _unsent(self, entries: list[Entry]) -> None:
        """Nothing was spent: forget it, unless an earlier question may have spent the token."""
        if entries[-1].attempt == 1:
            self.journal.drop()
        elif entries[-1].kind == "unsent":
            self.journal.write(entries)

    def _store(self, record: Record, tokens: Tokens) -> None:
        """Keep what came for the token of *record*, whatever the record is by now."""
        newer = record.renewed(tokens)

        def change(kept: Record | None) -> Record | None:
            if kept is None:  # a sign-in that failed elsewhere meanwhile, or a sign-out
                return newer if self.pending else newer.emptied()
            if kept.has_token_of(record):  # it may have another access token by now
                return kept.renewed(tokens)
            return kept.knowing([each for each in newer.spent if each not in record.spent])

        # The answer stays in the journal until the store has it.
        kept = self.store.update(change)
        if kept is not None and not kept.signed_out and not kept.came_of(record):
            # Somebody has signed in as another: who signs in as before finds it.
            self.profile.store(_fingerprint(record)).save(newer)
        self.journal.drop()

    def _done_with(self, entries: list[Entry]) -> None:
        """Take a journal away that is about others; what came for them, or may have, is kept."""
        for each in entries:
            if tokens := tokens_of(each):
                self.profile.store(each.token).update(partial(_renewed_if, each.token, tokens))
        self.store.update(lambda kept: kept and kept.knowing(may_be_spent(entries)))
        self.journal.drop()


def _renewed_if(token: str, tokens: Tokens, kept: Record | None) -> Record | None:
    """The record with what came for its *token*, if that is the one it has."""
    return kept.renewed(tokens) if kept and _fingerprint(kept) == token else kept


def _fingerprint(record: Record) -> str:
    return record.refresh_token.fingerprint if record.refresh_token else ""
