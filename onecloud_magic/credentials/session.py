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
    SessionRejected,
    Unreachable,
    UsageError,
)
from .environment import ENVIRONMENT
from .hosts import Host
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
        self._given = self._ours(given)
        self._record = self._known(self._given)
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
        record, stored = self._ours(other.current), self._store.load()
        free = stored is None or stored.signed_out
        if record is not None and record.source != "environment" and free:
            self._become(self._signing_in.through(record, lambda one, _: one))
            other.sign_out()

    def sign_out(self) -> None:
        """Forget the session, here and in the store. The service still takes its tokens."""
        stored = self._store.load()
        # The session of another host in this profile stays.
        if stored is None or stored.signed_out or self._ours(stored):
            (self._profile or self._store).forget()
        self._become(None)

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
        given = self._to_import(record)
        if given and (kept := self._kept_of(given)):
            self._become(kept)
            if kept.mark != record.mark and not kept.is_due(self._clock()):
                return kept
            record, given = kept, None
        self._renewing += 1
        self._tell()
        try:
            newer = self._newer(record, given, self._renewal)
        finally:
            self._renewing -= 1
        self._become(newer)
        return newer

    def _newer(self, record: Record, given: Record | None, renewal: Renewal) -> Record:
        """What comes of *given*, else of the record, else of the tokens of the environment."""
        if given is None:
            try:
                return renewal.renew(record)
            except SessionRejected:
                if (given := self._unused(record)) is None:
                    raise
        self._given = None  # whatever comes of it, it is tried once
        newer = self._imported(given, renewal, record)
        self._given = given
        return newer

    def _to_import(self, record: Record) -> Record | None:
        """The record of the environment, where the store has nothing of it, or no more."""
        if record.source == "environment":
            return record
        given, stored = self._given, self._store.load()
        ours = given is not None and given.account == record.account
        return given if ours and stored and stored.account != record.account else None

    def _kept_of(self, given: Record) -> Record | None:
        """What the store has of the same account: it may be what became of *given*."""
        kept = self._ours(self._store.load())
        same = kept is not None and kept.account == given.account and self._can_renew(kept)
        return kept if same else None

    def _unused(self, record: Record) -> Record | None:
        """The tokens of the environment, where they are others than those of *record* came of."""
        given, profile = self._given, self._profile
        if given is None or profile is None or given.refresh_token in (None, record.refresh_token):
            return None
        return given if given.account == record.account and not profile.trace(given) else None

    def _imported(self, given: Record, renewal: Renewal, asked: Record) -> Record:
        """Renew a record of the environment, and let the store have what is got for it."""
        if self._profile is None or given.refresh_token is None:
            if not self._is_anothers(given):
                self._store.update(lambda kept: replace(given, spent=kept.spent if kept else ()))
                return renewal.renew(given)
            return renewal.renew(given, pending=ENVIRONMENT)  # bought for this process alone
        if self._is_anothers(given):
            raise SessionRejected(
                "The access token of the environment was not renewed: the profile "
                f"{self._profile.name} keeps the session of another account.",
                "Unset ONECLOUD_PROFILE, or name another profile there.",
            )

        def renewed(one: Record, place: str) -> Record:
            is_newer = one.generation and one.mark != asked.mark
            return one if is_newer else renewal.renew(one, pending=place)

        # The session that is stored stands until that has succeeded.
        return self._signing_in.through(given, renewed, sets_aside=True)

    def _is_anothers(self, given: Record) -> bool:
        """Whether a named profile keeps the session of another, which no import may replace."""
        stored = self._store.load()
        if stored is None or self._profile is None or self._profile.name == ENVIRONMENT:
            return False
        return stored.renewable and stored.account != given.account

    def _can_renew(self, record: Record) -> bool:
        return self._renewal is not None and record.renewable

    def _known(self, given: Record | None) -> Record | None:
        """The record of the environment, or what its tokens have become in the store."""
        trace = self._signing_in.trace(given) if given else None
        return trace.record if trace and trace.lives and not trace.pending else given

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
