"""The one refresh at a time: `python -P -m onecloud_magic.credentials.refresh PROFILE`.

It runs in a process of its own that no interrupt or restart of a kernel reaches, holds the lock of
the profile, looks at the store again, and only then spends the token. Whoever waits for it reads
the store; what is printed is an outcome, never a secret.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import asdict

from filelock import FileLock, Timeout

from ..errors import OneCloudError
from ..home import NO_LOCKS, Home
from .exchange import Exchange, exchange
from .profile import Profile
from .records import Record
from .recovery import Stop, verdict
from .settling import GONE, Outcome, Settling

__all__ = ["Outcome", "main", "refresh"]

_PATIENCE = 90.0  # seconds to wait for whoever holds the lock
_ABANDONED = 600.0  # seconds after which a draft has nobody who writes it
_DRIVE = "Set ONECLOUD_HOME to a folder on a drive with locks."


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
    at = Profile(home, profile)
    try:
        before = at.store(pending).load()
        if before is None:
            return GONE
        with FileLock(home.lock(profile), timeout=patience, mode=0o600, fallback_to_soft=False):
            return _renewed(at, pending, before.mark if seen is None else seen, ask, clock)
    except Timeout:
        return Outcome("busy", f"Another process has been renewing for {patience:.0f} s.")
    except (OSError, NotImplementedError) as error:
        # Without a lock two could spend the token; so none does.
        if getattr(error, "errno", None) in NO_LOCKS:
            return Outcome("failed", f"{home.root} is on a drive without locks.", _DRIVE)
        says = f"{home.lock(profile)} cannot be locked: {getattr(error, 'strerror', error)}."
        return Outcome("failed", says, "See what stands there; %onecloud doctor looks.")
    except OneCloudError as error:
        return Outcome("failed", str(error), error.hint)


def _renewed(
    at: Profile, pending: str, seen: str, ask: Exchange, clock: Callable[[], float]
) -> Outcome:
    """Look at the store again, by who holds the lock; then renew what nobody has renewed."""
    store = at.store(pending)
    store.tidy(clock() - _ABANDONED)
    record = store.load()
    if record is None or record.refresh_token is None:
        return Settling(store, at.journal(pending), [], bool(pending), ask, clock).settle(seen)
    spending = at.home.spending(record.refresh_token.fingerprint)
    at.home.make_room(spending)
    with FileLock(spending, timeout=_PATIENCE, mode=0o600, fallback_to_soft=False):
        trace = at.trace(record, but=pending)
        if trace is None:
            return _asked(at, pending, record, seen, ask, clock)
    if trace.profile != at.name or not trace.lives:
        return Outcome("elsewhere", trace.named, "pending" if trace.pending else "")
    # Spent in the other place: by a sign-in that was cut short, or before this one.
    if not pending:
        store.replace(record, trace.record)
    return Outcome("renewed")


def _asked(
    at: Profile,
    pending: str,
    record: Record,
    seen: str,
    ask: Exchange,
    clock: Callable[[], float],
) -> Outcome:
    """Spend the token of *record*, by who holds it against all profiles."""
    session = at.store().peek() if pending else None
    if session and record.mark == seen and _same_token(record, session):
        # The session's own token: others, who know of no sign-in, must not send it again.
        # A sign-in that another has renewed meanwhile is no such thing: it is done.
        pending, seen, record = "", session.mark, session
        said = verdict(record, at.journal().read(), clock())
        if isinstance(said, Stop) and said.rejected:  # given once more, it is a new question
            at.journal().drop()
    beside = at.beside(pending)
    store, journal = at.store(pending), at.journal(pending)
    return Settling(store, journal, beside, bool(pending), ask, clock).settle(seen)


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
