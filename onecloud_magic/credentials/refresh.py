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

from ..errors import OneCloudError
from ..home import Home
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
        with home.hold(home.lock(profile), patience):
            outcome = _renewed(at, pending, before.mark if seen is None else seen, ask, clock)
            at.tidy()
            return outcome
    except TimeoutError:
        return Outcome("busy", f"Another process has been renewing for {patience:.0f} s.")
    except NotImplementedError as error:
        return Outcome("failed", f"{error}.", _DRIVE)  # two could spend the token; so none does
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
        return Settling(at, pending, [], ask, clock).settle(seen)
    with at.home.hold(at.home.spending(record.refresh_token.fingerprint), _PATIENCE):
        trace = at.trace(record, but=pending)
        if trace is None:
            pending, seen = _place_of(at, pending, seen, record, clock())
            return Settling(at, pending, at.beside(pending), ask, clock).settle(seen)
    if trace.profile != at.name or not trace.lives:
        return Outcome("elsewhere", profile=trace.named, unfinished=bool(trace.pending))
    # Spent in the other place: by a sign-in that was cut short, or before this one.
    if not pending:
        store.replace(record, trace.record)
    return Outcome("renewed")


def _place_of(at: Profile, pending: str, seen: str, record: Record, now: float) -> tuple[str, str]:
    """Where the token of *record* is spent, and the access token that is to be replaced there."""
    session = at.store().peek() if pending else None
    if session is None or record.mark != seen or not session.has_token_of(record):
        return pending, seen  # also a sign-in that another has renewed meanwhile: it is done
    # The session's own token: others, who know of no sign-in, must not send it again.
    said = verdict(session, at.journal().read(), now)
    if isinstance(said, Stop) and said.rejected:  # given once more, it is a new question
        at.journal().drop()
    return "", session.mark


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
