"""Signing in: from what is given to what the store has of it, with nothing lost on the way."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from ..errors import (
    NotSignedIn,
    OneCloudError,
    OneCloudWarning,
    RefreshBusy,
    RefreshUncertain,
    SessionRejected,
)
from .hosts import Host
from .profile import Profile, Trace
from .records import Record
from .renewal import Renewal, spent
from .stores import Store

__all__ = ["SigningIn"]

Check = Callable[[Record], object]
_ALONE = "The access token is used until it ends; to stay signed in, give a refresh token too."


@dataclass(frozen=True)
class SigningIn:
    """Makes a credential the session that *store* has.

    Until that is done, a refresh token is kept in the *profile* as a pending sign-in, in a place of
    its own: what is got for it outlasts a crash, an interrupt, and another sign-in.
    """

    store: Store
    host: Host
    profile: Profile | None
    renewal: Renewal | None

    def session(self, record: Record, check: Check) -> Record:
        """The session that comes of *record* once *check*, a call made with it, has not raised.

        An access token that is missing, or that the service does not take, is renewed first; what
        is got so is kept, whatever the check says. A refresh token that was spent before stands
        for its successor.
        """
        trace = self.trace(record)
        if trace is not None and trace.lives and not trace.pending:
            return self._checked(trace.record, check, "")
        return self.through(record, lambda one, place: self._checked(one, check, place))

    def through(
        self,
        record: Record,
        renewed: Callable[[Record, str], Record],
        *,
        yields: bool = False,
    ) -> Record:
        """Let the store have what *renewed* makes of the record, and only if it does not raise.

        It is given the record and the name of the pending sign-in. The session of another account
        that was there is found again by who signs in as before. With *yields* a session that is
        there stays.
        """
        given = record
        place, record = self._begun(self._unspent(given))
        try:
            sound = renewed(record, place)
        except (RefreshUncertain, RefreshBusy):
            raise  # the token may be spent: both sign-ins are kept
        except KeyboardInterrupt:
            if self.profile and place and not self.profile.journal(place).read():
                self._done(place, record)  # nothing was asked
            raise
        except OneCloudError as error:
            if record.generation:  # what was got for a spent token: kept
                raise
            self._done(place, record)
            if isinstance(error, SessionRejected) and record.refresh_token != given.refresh_token:
                raise spent("") from None
            raise
        if not yields:
            self._set_aside(sound)
        session = self._current(sound, given, yields=yields)
        self._done(place, record, sound)
        return session

    def trace(self, record: Record) -> Trace | None:
        """What has become of the refresh token of *record*, in this profile."""
        found = self.profile.trace(record) if self.profile and record.refresh_token else None
        ours = found is not None and found.profile == (self.profile and self.profile.name)
        return found if found and ours and found.record.belongs_to(self.host) else None

    def _unspent(self, record: Record) -> Record:
        """The record without a refresh token of which nothing but the fingerprint is left."""
        trace = self.profile.trace(record) if self.profile else None
        if trace is None or trace.lives:
            return record
        if record.access_token is None:
            raise spent("")
        return replace(record, refresh_token=None)

    def _begun(self, record: Record) -> tuple[str, Record]:
        """The place of the sign-in, and the record to go on with: what another got there."""
        if self.profile is None or record.refresh_token is None:
            # A grant is bought, not spent: it needs no place, but is not the session's yet.
            return record.client_secret.fingerprint if record.client_secret else "", record
        trace = self.trace(record)
        if trace is not None and trace.lives and trace.pending:
            return trace.pending, trace.record
        place = record.refresh_token.fingerprint

        def begin(kept: Record | None) -> Record:
            # The same sign-in in another kernel: it is renewed by both or by neither.
            ours = kept is not None and (kept.came_of(record) or kept.has_token_of(record))
            return kept if kept is not None and ours else record

        kept = self.profile.store(place).update(begin)
        return place, kept if kept is not None and kept.generation else record

    def _checked(self, record: Record, check: Check, place: str) -> Record:
        """The record that the check has let in, with the tokens that it then has."""
        if record.access_token is not None:
            try:
                check(record)
            except SessionRejected:
                if self.renewal is None or not record.renewable:
                    raise
            else:
                return record
        if self.renewal is None:
            raise NotSignedIn(
                "An access token is needed to sign in.",
                "Give the access token that stands beside the refresh token on the API page.",
            )
        renewed = self.renewal.renew(self._begun_by_any(record, place), pending=place)
        check(renewed)
        return renewed

    def _begun_by_any(self, record: Record, place: str) -> Record:
        """What the place has of the same sign-in: it may have begun with another access token."""
        kept = self.profile.store(place).load() if self.profile and place else None
        return kept if kept is not None and kept.has_token_of(record) else record

    def _current(self, sound: Record, given: Record, *, yields: bool) -> Record:
        """Make it the session, unless another process has signed in so, and has renewed since."""
        seen: list[Record] = []
        trace = self.profile.trace(sound) if self.profile else None

        def change(kept: Record | None) -> Record:
            seen.extend([kept] if kept else [])
            if kept is not None and yields and not kept.signed_out:
                return kept
            return self._joined(kept, sound, keeps_refresh=trace is None)

        session = self.store.update(change) or sound
        if not session.renewable and (says := _lost_with(given, trace, seen)):
            warnings.warn(OneCloudWarning(says), stacklevel=2)
        return session

    def _joined(self, kept: Record | None, given: Record, *, keeps_refresh: bool) -> Record:
        """What the session is when *given* comes where *kept* was."""
        sound = given if keeps_refresh else replace(given, refresh_token=None)
        if kept is None:
            return sound
        if kept.belongs_to(self.host) and not kept.signed_out:
            if kept.came_of(given):
                return kept
            if kept.renewable and not sound.renewable:
                if kept.mark == sound.mark:  # its own access token, given again without the rest
                    return kept
                if sound.client_id and kept.account == sound.account:
                    return kept.with_access_of(sound)
        # What was spent here is known for good, whoever is signed in.
        return replace(sound, spent=tuple(dict.fromkeys((*kept.spent, *sound.spent))))

    def _done(self, place: str, *records: Record) -> None:
        """The sign-in is over; another one may have begun there since."""
        if self.profile is None or not place:
            return
        with suppress(OneCloudError):  # what stays there is taken up by the next sign-in
            self.profile.store(place).update(
                lambda kept: None if kept and any(map(kept.has_token_of, records)) else kept
            )

    def _set_aside(self, sound: Record) -> None:
        """Keep as a sign-in what is about to be replaced: nobody else may have its token."""
        kept = self.store.load() if self.profile else None
        if self.profile is None or kept is None or kept.account == sound.account:
            return
        may_differ = kept.generation or self.profile.journal().read()  # from what the user has
        if kept.refresh_token is not None and may_differ:
            self.profile.store(kept.refresh_token.fingerprint).save(kept)


def _lost_with(given: Record, trace: Trace | None, seen: list[Record]) -> str | None:
    """What a user has to know who now has a session that is not renewed."""
    if trace is not None and trace.lives:
        return (
            f"The refresh token was spent in the profile {trace.profile}, which goes on with its "
            f"successor (%onecloud use {trace.profile}). Here the access token is used until it "
            "ends."
        )
    if given.renewable or trace is not None:
        return f"The refresh token was spent before, and what came of it is not kept here. {_ALONE}"
    if any(each.renewable for each in seen):
        return f"The access token took the place of a session that renewed itself. {_ALONE}"
    return None
