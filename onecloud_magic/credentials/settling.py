"""One refresh, from verdict to verdict, until it is settled: by whoever holds the lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from ..errors import OneCloudError
from .answers import Tokens, is_unheard, tokens_in
from .exchange import Answer, Exchange, NotSent
from .journal import Entry, Journal
from .records import Record
from .recovery import Again, Clear, Finish, Stop, may_be_spent, tokens_of, verdict
from .stores import FileStore

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
            elsewhere (the token was spent in the profile *says*, which has its successor, or, if
            that is empty, its successor was given up); killed (in the middle); failed.
        says, hint: why, where there is something to say.
        status: of the last answer; 0 where none came.
    """

    kind: Kind
    says: str = ""
    hint: str = ""
    status: int = 0


GONE = Outcome("gone", "The session is gone: somebody has signed out.")


@dataclass(frozen=True)
class Settling:
    """What whoever holds the lock does with the token of the record in *store*."""

    store: FileStore
    journal: Journal
    beside: list[Entry]  # of the other journals: the same token counts there
    pending: bool
    ask: Exchange
    clock: Callable[[], float]

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
        token = record.refresh_token.fingerprint if record.refresh_token else ""
        intent = Entry("intent", token, attempt, self.clock(), client=record.client_id)
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
            if _same_token(kept, record):  # it may have another access token by now
                return kept.renewed(tokens)
            return kept.knowing([each for each in newer.spent if each not in record.spent])

        # The answer stays in the journal until the store has it.
        self.store.update(change)
        self.journal.drop()

    def _done_with(self, entries: list[Entry]) -> None:
        """Take a journal away that is about others; what they may have spent stays known."""
        self.store.update(lambda kept: kept and kept.knowing(may_be_spent(entries)))
        self.journal.drop()


def _same_token(one: Record, other: Record) -> bool:
    return (one.account, one.refresh_token) == (other.account, other.refresh_token)
