"""The one refresh at a time: `python -P -m onecloud_magic.credentials.refresh PROFILE`.

It runs in a process of its own that no interrupt or restart of a kernel reaches, holds the lock of
the profile, looks at the store again, and only then spends the token. Whoever waits for it reads
the store; what is printed is an outcome, never a secret.
"""

from __future__ import annotations

import errno
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from filelock import FileLock, Timeout

from ..errors import OneCloudError
from ..home import Home
from .answers import Tokens, is_unheard, tokens_in
from .exchange import Answer, Exchange, NotSent, exchange
from .journal import Entry, Journal
from .kept import Kept
from .records import Record
from .recovery import Again, Clear, Finish, Stop, tokens_of, verdict
from .stores import FileStore

__all__ = ["Outcome", "main", "refresh"]

_PATIENCE = 90.0  # seconds to wait for whoever holds the lock
_ABANDONED = 600.0  # seconds after which a draft has nobody who writes it
_DRIVE = "Set ONECLOUD_HOME to a folder on a drive with locks."
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


_GONE = Outcome("gone", "The session is gone: somebody has signed out.")


def refresh(
    home: Home,
    profile: str,
    *,
    seen: str | None = None,
    pending: str = "",
    ask: Exchange = exchange,
    clock: Callable[[], float] = time.time,
    patience: float = _PATIENCE,
) -> Outcome:
    """Renew the tokens of *profile*, unless another has done so since *seen* was read.

    *seen* is the fingerprint of the access token that is to be replaced, empty where there was
    none; not given, it is what the store holds before the lock is taken. *pending* means that
    sign-in, which is not yet current.
    """
    kept = Kept(home, profile)
    try:
        before = kept.store(pending).load()
        if before is None:
            return _GONE
        with FileLock(home.lock(profile), timeout=patience, mode=0o600, fallback_to_soft=False):
            return _renewed(kept, pending, before.mark if seen is None else seen, ask, clock)
    except Timeout:
        return Outcome("busy", f"Another process has been renewing for {patience:.0f} s.")
    except (OSError, NotImplementedError) as error:
        # Without a lock two could spend the token; so none does.
        if getattr(error, "errno", None) in (None, errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP):
            return Outcome("failed", f"{home.root} is on a drive without locks.", _DRIVE)
        says = f"{home.lock(profile)} cannot be locked: {getattr(error, 'strerror', error)}."
        return Outcome("failed", says, "See what stands there; %onecloud doctor looks.")
    except OneCloudError as error:
        return Outcome("failed", str(error), error.hint)


def _renewed(
    kept: Kept, pending: str, seen: str, ask: Exchange, clock: Callable[[], float]
) -> Outcome:
    """Look at the store again, by who holds the lock; then renew what nobody has renewed."""
    store = kept.store(pending)
    store.tidy(clock() - _ABANDONED)
    record = store.load()
    trace = kept.trace(record, but=pending) if record else None
    if record and trace:
        if trace.profile != kept.profile or not trace.lives:
            return Outcome("elsewhere", trace.profile if trace.lives else "")
        # Spent in the other place: by a sign-in that was cut short, or before this one.
        if not pending:
            store.replace(record, trace.record)
        return Outcome("renewed")
    session = kept.store().peek() if pending else None
    if record and session and record.mark == seen and _same_token(record, session):
        # The session's own token: others, who know of no sign-in, must not send it again.
        # A sign-in that another has renewed meanwhile is no such thing: it is done.
        pending, store, seen = "", kept.store(), session.mark
    beside = kept.beside(pending)
    return _Refresh(store, kept.journal(pending), beside, bool(pending), ask, clock).settle(seen)


@dataclass(frozen=True)
class _Refresh:
    """A refresh by whoever holds the lock."""

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
                # again, finds it.
                if not any(map(tokens_of, entries)):
                    self.journal.drop()
                return _GONE
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
                        self.journal.drop()
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
        # The answer stays in the journal until the store has it.
        self.store.replace(record, record.renewed(tokens))
        self.journal.drop()


def _same_token(one: Record, other: Record) -> bool:
    return (one.account, one.refresh_token) == (other.account, other.refresh_token)


def main(words: Sequence[str] | None = None) -> int:
    """Refresh one profile, and print the outcome as JSON."""
    parser = ArgumentParser(prog="python -m onecloud_magic.credentials.refresh")
    parser.add_argument("profile")
    parser.add_argument("--pending", default="", help="fingerprint of the token of a sign-in")
    parser.add_argument("--seen", help="fingerprint of the token to replace")
    parser.add_argument("--ca-bundle", default="", help="certificate authorities to trust")
    asked = parser.parse_args(words)
    try:
        outcome = refresh(
            Home.find(),
            asked.profile,
            seen=asked.seen,
            pending=asked.pending,
            ask=lambda record: exchange(record, ca_bundle=asked.ca_bundle),
        )
    except Exception as error:  # its text could hold anything
        outcome = Outcome("failed", f"The renewal stopped with {type(error).__name__}.")
    try:
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
        sys.stdout.flush()
    except OSError:  # whoever waited is gone; the store has what matters
        sys.stdout = None
    return 0 if outcome.kind == "renewed" else 1


if __name__ == "__main__":
    sys.exit(main())
