"""The life of a session, from sign-in to sign-out."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from ..errors import (
    NotSignedIn,
    OneCloudError,
    OneCloudWarning,
    RefreshUncertain,
    SessionRejected,
    Unreachable,
    UsageError,
)
from .hosts import Host
from .importing import Import
from .profile import Profile
from .records import Record
from .renewal import Renewal
from .signing_in import SigningIn
from .stores import Store

__all__ = ["Session", "State"]

State = Literal["signed_out", "active", "expired", "refreshing", "rejected"]

_SIGN_IN = "Sign in with %onecloud login, or try %onecloud sandbox, which needs no account."
_PAUSE = 600.0  # seconds between two early renewals that failed


class Session:
    """The session of one profile at one *host*.

    A record that belongs to another host or token URL counts as none, wherever it comes from.

    Args:
        store: keeps the record between processes.
        host: where we ask.
        given: a record that beats the stored one, from the environment.
        profile: what is kept of the profile besides; none where nothing outlasts the process.
        renewal: gets new access tokens; without one, a token is used to its end.
        clock: the time, in seconds since the epoch.
    """

    def __init__(
        self,
        store: Store,
        host: Host,
        *,
        given: Record | None = None,
        profile: Profile | None = None,
        renewal: Renewal | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._host, self._clock = store, host, clock
        self._profile, self._renewal = profile, renewal
        self._signing_in = SigningIn(store, host, profile, renewal)
        self._import = Import(self._ours(given), store, profile, self._signing_in)
        self._record = self._import.begun()
        self._refused: Record | None = None
        self._renewing, self._not_before = 0, 0.0  # how many threads wait for a renewal
        self._observers: list[Callable[[], None]] = []

    @property
    def current(self) -> Record | None:
        """The record at hand; without a good one, what another process may have stored."""
        if self._record is self._refused:  # both None while signed out
            stored = self._ours(self._store.load())
            if stored is not None and stored != self._record:
                self._become(stored)
        return self._record

    @property
    def state(self) -> State:
        """Where the session stands, as far as the clock and the last answers tell."""
        record = self.current
        if record is None:
            return "signed_out"
        if self._renewing:
            return "refreshing"
        if record is self._refused:
            return "rejected"
        return "expired" if record.has_ended(self._clock()) else "active"

    def ready(self) -> Record:
        """The record to ask with now: renewed where it is time for that.

        What ended by the clock and cannot be renewed is given all the same: the service's clock
        decides. `NotSignedIn` if there is none; an early renewal that fails is tried again later.
        """
        record = self.current
        if record is None:
            raise NotSignedIn(f"Not signed in at {self._host.base_url}.", _SIGN_IN)
        now = self._clock()
        if self._can_renew(record) and record.is_due(now):
            ended = record.has_ended(now)
            if ended or now >= self._not_before:
                record = self._renewed_early(record, must=ended)
        if record.access_token is None:
            raise NotSignedIn(f"No access token for {self._host.base_url} is at hand.", _SIGN_IN)
        return record

    def renew(self) -> None:
        """Get a new access token now, whatever the clock says of the old one."""
        record = self.current
        if record is None or not self._can_renew(record):
            raise NotSignedIn("There is nothing to get a new access token with.", _SIGN_IN)
        self._renew(record)

    def sign_in(self, record: Record, check: Callable[[Record], object]) -> None:
        """Let *record* become the session once *check*, a call made with it, has not raised.

        Until then the session before goes on.
        """
        if self._ours(record) is None:
            raise UsageError(
                f"The credential belongs to {record.base_url}, not to {self._host.base_url}.",
                "Sign in with the credential of this host.",
            )
        self._become(self._signing_in.session(record, check))

    def take_over(self, other: Session) -> None:
        """Go on with what *other* is signed in with, where nobody is signed in here."""
        record = self._ours(other.current)
        if record is None or record.source == "environment":
            return
        session = self._signing_in.through(record, lambda one, _: one, yields=True)
        if session.mark == record.mark:
            self._become(session)
            other.sign_out()

    def sign_out(self) -> None:
        """Forget the session, here and in the store. The service still takes its tokens.

        Sessions of other accounts or hosts in this profile stay the first time.
        """
        if self._profile is None:
            self._store.forget()
        else:
            self._profile.forget(self._others(self._store.load()))
        self._become(None)

    def _others(self, stored: Record | None) -> Callable[[Record], bool]:
        """Tells what a sign-out leaves alone, with that session in the store."""
        if stored is None or stored.signed_out:
            return lambda record: False
        if not stored.belongs_to(self._host):
            return lambda record: not record.belongs_to(self._host)
        return lambda record: record.generation > 0 and record.account != stored.account

    def reject(self, asked: Record) -> bool:
        """Hear that the service answered 401 to *asked*; True if it is worth asking once more.

        That is so when there is another token by now, or one could be got.
        """
        latest = self._ours(self._store.load())
        if latest is not None and latest.replaces(asked):
            self._become(latest)
            return True
        if self._can_renew(asked):
            try:
                # It has ended, whatever was told: no error shall say that it still works.
                self._renew(replace(asked, expires_at=None))
            except OneCloudError:
                self._refuse(asked)
                raise
            return True
        self._refuse(asked)
        current = self.current
        return bool(current and current is not self._refused and current.replaces(asked))

    def observe(self, callback: Callable[[], None]) -> None:
        """Call *callback* after every sign-in, sign-out, renewal and rejection."""
        self._observers.append(callback)

    def _renewed_early(self, record: Record, *, must: bool) -> Record:
        """A newer record; where that fails and the token still works, the same one."""
        try:
            return self._renew(record)
        except OneCloudError as error:
            self._not_before = self._clock() + _PAUSE
            self._tell()
            if must:
                raise
            # Told while there is time to act; where nobody could be asked there is nothing to do.
            says = "" if isinstance(error, Unreachable) else f"{error} {error.hint}"
        if says:
            warnings.warn(OneCloudWarning(says), stacklevel=2)
        return record

    def _renew(self, record: Record) -> Record:
        if self._renewal is None:
            return record
        imports = self._import.is_due(record)
        if imports and (kept := self._kept_of(record)):
            self._become(kept)
            if kept.mark != record.mark and not kept.is_due(self._clock()):
                return kept
            record, imports = kept, False
        self._renewing += 1
        self._tell()
        try:
            newer = self._newer(record, self._renewal, imports=imports)
        finally:
            self._renewing -= 1
        self._become(newer)
        return newer

    def _newer(self, record: Record, renewal: Renewal, *, imports: bool) -> Record:
        if not imports:
            try:
                return renewal.renew(record)
            except (SessionRejected, RefreshUncertain):
                if not self._import.is_left(record):
                    raise
        return self._import.renewed(renewal, record)

    def _kept_of(self, record: Record) -> Record | None:
        """What the store has of the same account: it may be what became of *record*."""
        kept = self._ours(self._store.load())
        same = kept is not None and kept.account == record.account and self._can_renew(kept)
        return kept if same else None

    def _can_renew(self, record: Record) -> bool:
        return self._renewal is not None and record.renewable

    def _ours(self, record: Record | None) -> Record | None:
        if record is None or record.signed_out:
            return None
        return record if record.belongs_to(self._host) else None

    def _refuse(self, asked: Record) -> None:
        if asked == self._record:
            self._refused = self._record
        self._tell()

    def _become(self, record: Record | None) -> None:
        self._record, self._refused = record, None
        self._tell()

    def _tell(self) -> None:
        for callback in self._observers:
            callback()
