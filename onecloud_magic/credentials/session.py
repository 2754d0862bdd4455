"""The life of a session, from sign-in to sign-out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from ..errors import NotSignedIn, UsageError
from .hosts import Host
from .records import Record
from .secret import Secret
from .stores import Store

__all__ = ["Session", "State"]

State = Literal["signed_out", "active", "expired", "refreshing", "rejected"]

_SIGN_IN = "Sign in with %onecloud login, or try %onecloud sandbox, which needs no account."


class Session:
    """The session of one profile at one *host*.

    A record that belongs to another host or token URL counts as none, wherever it comes from.

    Args:
        store: keeps the record between processes.
        host: where we ask.
        given: a record that beats the stored one, from the environment.
        clock: the time, in seconds since the epoch.
    """

    def __init__(
        self,
        store: Store,
        host: Host,
        *,
        given: Record | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._host, self._clock = store, host, clock
        self._record = self._ours(given)
        self._refused: Record | None = None
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
        if record is self._refused:
            return "rejected"
        ended = record.expires_at is not None and record.expires_at <= self._clock()
        return "expired" if ended or record.access_token is None else "active"

    def secret(self) -> Secret:
        """The access token to ask with now, for a `Bearer`; `NotSignedIn` if there is none.

        A token that ended by the clock is given all the same: the service's clock decides.
        """
        record = self.current
        if record is None:
            raise NotSignedIn(f"Not signed in at {self._host.base_url}.", _SIGN_IN)
        if record.access_token is None:
            raise NotSignedIn(f"No access token for {self._host.base_url} is at hand.", _SIGN_IN)
        return record.access_token

    def sign_in(self, record: Record, check: Callable[[Record], object]) -> None:
        """Let *record* become the session once *check*, a call made with it, has not raised.

        Otherwise, and where it cannot be stored, the session before goes on.
        """
        if self._ours(record) is None:
            raise UsageError(
                f"The credential belongs to {record.base_url}, not to {self._host.base_url}.",
                "Sign in with the credential of this host.",
            )
        check(record)
        self._store.save(record)
        self._become(record)

    def sign_out(self) -> None:
        """Forget the session, here and in the store. The service still takes its tokens."""
        stored = self._store.load()
        if stored is None or self._ours(stored):  # another host's session in this profile stays
            self._store.forget()
        self._become(None)

    def reject(self, asked: Record) -> bool:
        """Hear that the service answered 401 to *asked*; True if it is worth asking once more.

        That is so when the same account has got another token in the meantime.
        """
        if asked == self._record:
            self._refused = self._record
            self._tell()
        latest = self.current
        return (
            latest is not None and latest is not self._refused and latest.account == asked.account
        )

    def observe(self, callback: Callable[[], None]) -> None:
        """Call *callback* after every sign-in, sign-out and rejection."""
        self._observers.append(callback)

    def _ours(self, record: Record | None) -> Record | None:
        return record if record is not None and record.belongs_to(self._host) else None

    def _become(self, record: Record | None) -> None:
        self._record, self._refused = record, None
        self._tell()

    def _tell(self) -> None:
        for callback in self._observers:
            callback()
