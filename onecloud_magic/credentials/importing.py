"""The credential of the environment, on its way into the store."""

from __future__ import annotations

from dataclasses import replace

from ..errors import OneCloudError, RefreshUncertain, SessionRejected
from .environment import ENVIRONMENT
from .profile import Profile
from .records import Record
from .renewal import Renewal
from .signing_in import SigningIn
from .stores import Store

__all__ = ["Import"]


class Import:
    """Lets the store have what comes of the tokens that the environment has *given*.

    They are imported when they have to be renewed, and once: from then on what came of them is
    renewed. What was refused is not sent with the next call again.
    """

    def __init__(
        self, given: Record | None, store: Store, profile: Profile | None, signing_in: SigningIn
    ) -> None:
        self.given = given
        self._store, self._profile, self._signing_in = store, profile, signing_in
        self._refused: OneCloudError | None = None

    def begun(self) -> Record | None:
        """What the session begins with: what came of the tokens, else the tokens themselves."""
        trace = self._signing_in.trace(self.given) if self.given else None
        return trace.record if trace and trace.lives and not trace.pending else self.given

    def is_due(self, record: Record) -> bool:
        """Whether renewing *record* means to import: the store has nothing of it, or no more."""
        if record.source == "environment":
            return True
        given, stored = self.given, self._store.load()
        ours = given is not None and given.account == record.account
        return ours and stored is not None and stored.account != record.account

    def is_left(self, record: Record) -> bool:
        """Whether there are other tokens than those that *record* came of, not yet used."""
        given, profile = self.given, self._profile
        if given is None or profile is None or self._refused is not None:
            return False
        if given.refresh_token in (None, record.refresh_token):
            return False
        return given.account == record.account and profile.trace(given) is None

    def renewed(self, renewal: Renewal, asked: Record) -> Record:
        """A newer record than *asked*, which the service no longer takes.

        Raises:
            SessionRejected: the tokens are refused, or the profile is another's.
            RefreshUncertain: an answer was lost; the refresh token may be spent.
        """
        if self._refused is not None:
            raise self._refused.with_traceback(None)
        given = asked if asked.source == "environment" else self.given
        if given is None:
            return renewal.renew(asked)
        if self._profile is None or given.refresh_token is None:
            return self._bought(given, renewal)
        if self._is_anothers(given):
            raise SessionRejected(
                "The access token of the environment was not renewed: the profile "
                f"{self._profile.name} keeps the session of another account.",
                "Unset ONECLOUD_PROFILE, or name another profile there.",
            )
        try:
            return self._signed_in(given, renewal, asked)
        except (SessionRejected, RefreshUncertain) as error:
            self._refused = error
            raise

    def _signed_in(self, given: Record, renewal: Renewal, asked: Record) -> Record:
        def renewed(one: Record, place: str) -> Record:
            is_newer = one.generation and one.mark != asked.mark
            return one if is_newer else renewal.renew(one, pending=place)

        # The session that is stored stands until that has succeeded.
        return self._signing_in.through(given, renewed)

    def _bought(self, given: Record, renewal: Renewal) -> Record:
        if self._is_anothers(given):
            return renewal.renew(given, pending=ENVIRONMENT)  # for this process alone
        self._store.update(lambda kept: replace(given, spent=kept.spent if kept else ()))
        return renewal.renew(given)

    def _is_anothers(self, given: Record) -> bool:
        """Whether a named profile keeps the session of another, which no import may replace."""
        stored = self._store.load()
        if stored is None or self._profile is None or self._profile.name == ENVIRONMENT:
            return False
        return stored.renewable and stored.account != given.account
