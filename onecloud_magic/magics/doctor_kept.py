"""What is kept of a profile, looked at by the doctor: store, journal and lock.

Files are read and left as they are, also those that whoever needs them would mend.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from filelock import FileLock, Timeout

from ..credentials.profile import Profile, Trace
from ..credentials.records import Record
from ..credentials.recovery import Again, Finish, Stop, tokens_of, verdict
from ..errors import OneCloudError
from .finding import Finding, told

__all__ = ["is_sound", "look"]

_UPGRADE = "Upgrade onecloud-magic, or use another profile."
_SAME_TOKENS = "Sign in again with the same tokens: what came of them is used."
_ONCE_MORE = "Sign in again with the same tokens, unless its journal tells otherwise."
_NEW_TOKENS = "Get new tokens on the page Admin > API, then %onecloud login."
_DRIVE = "Set ONECLOUD_HOME to a folder on a drive with locks."
_NO_LOCKS = (None, errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)


def look(profile: Profile) -> Iterator[Finding]:
    """Store and journal of the session and of each sign-in that is not yet current; the lock."""
    places = [""]
    with suppress(OSError):  # of a folder that may not be seen the store tells
        places += profile.home.pending(profile.name)
    checks: dict[str, Callable[[Profile, str], Iterator[Finding]]]
    checks = {"store": _store, "journal": _journal}
    for name, check in checks.items():
        for place in places:
            yield from told(name, check(profile, place))
    yield from told("lock", _lock(profile))


def is_sound(profile: Profile) -> bool:
    """Whether the session can be loaded, and nothing is set aside or mended by that."""
    path = profile.home.record(profile.name)
    with suppress(OneCloudError):
        data = profile.home.read(path)
        readable = data is None or isinstance(Record.from_json(data), Record)
        return readable and (data is None or not profile.home.is_open_to_others(path))
    return False


def _store(profile: Profile, place: str) -> Iterator[Finding]:
    path = profile.home.record(profile.name, place)
    data = profile.home.read(path)
    if data is None:
        if not place:
            yield Finding("", "ok", f"no session is kept in {path}")
        return
    record = Record.from_json(data)
    if not isinstance(record, Record):
        if record.newer:
            yield Finding("", "wrong", f"{path} was written by a newer version", _UPGRADE)
        else:
            hint = f"{_who(place)} sets it aside; then %onecloud login."
            yield Finding("", "wrong", f"{path} is damaged", hint)
        return
    if place and record.signed_out:  # only a note of what was spent
        return
    name = "sign-in that is not yet current" if place else "session"
    words = f"{name} in {path}: {_held(record)}, renewals so far: {record.generation}"
    hint = _SAME_TOKENS if record.generation else _ONCE_MORE
    yield Finding("", "look", words, hint) if place else Finding("", "ok", words)
    if profile.home.is_open_to_others(path):
        hint = f"{_who(place)} mends it; then get new tokens, if somebody may have read it."
        yield Finding("", "wrong", f"{path} can be read by other users of this machine", hint)


def _held(record: Record) -> str:
    kinds = {
        "access token": record.access_token,
        "refresh token": record.refresh_token,
        "client secret": record.client_secret,
    }
    return ", ".join(kind for kind, secret in kinds.items() if secret) or "signed out"


def _journal(profile: Profile, place: str) -> Iterator[Finding]:
    """Where the refresh token stands: the order is that of `credentials.refresh`."""
    record = profile.store(place).peek()
    trace = profile.trace(record, but=place) if record else None
    finding = _spent(profile, place, trace) if trace else _under_way(profile, place, record)
    if finding is not None:
        name = f"sign-in {place}: " if place else ""
        yield finding._replace(detail=name + finding.detail)


def _spent(profile: Profile, place: str, trace: Trace) -> Finding:
    """Somebody here knows that the refresh token was spent."""
    if not trace.lives:
        words = "the refresh token was spent, and what came of it was given up"
        return Finding("", "look" if place else "wrong", words, _NEW_TOKENS)
    if (there := trace.profile) != profile.name:
        words = f"the refresh token was spent in the profile {there}, which has its successor"
        hint = f"Go on there: %onecloud use {there}."
        return Finding("", "look" if place else "wrong", words, hint)
    if place:
        return Finding("", "ok", "the refresh token was spent, and what came of it is kept")
    words = f"the refresh token was spent by the sign-in {trace.pending}, which has its successor"
    return Finding("", "look", words, f"{_who(place)} goes on with it.")


def _under_way(profile: Profile, place: str, record: Record | None) -> Finding | None:
    """What the journals tell of the refresh token."""
    entries = profile.journal(place).read()
    match verdict(record, [*profile.beside(place), *entries], time.time()):
        case Finish():
            words = "a new token came and is not stored yet"
            return Finding("", "look", words, f"{_who(place)} goes on with it.")
        case Again():
            words = "a renewal was begun and no answer has come"
            return Finding("", "look", words, f"{_who(place)} goes on with it.")
        case Stop(rejected):
            words = "an answer was lost; the token may be spent"
            if rejected:
                words = "the service no longer takes the refresh token"
            # A sign-in that cannot go on is no harm to the session.
            return Finding("", "look" if place else "wrong", words, _NEW_TOKENS)
    if not entries:
        return None if place else Finding("", "ok", "no renewal is under way")
    if (record is None or record.refresh_token is None) and any(map(tokens_of, entries)):
        return Finding("", "look", "a new token came, and its session is gone", _SAME_TOKENS)
    return Finding("", "ok", "a renewal is settled; its journal goes with the next one")


def _who(place: str) -> str:
    """Who touches it next."""
    return "The next sign-in with its tokens" if place else "The next call"


def _lock(profile: Profile) -> Iterator[Finding]:
    path = profile.home.lock(profile.name)
    if not path.exists():
        yield Finding("", "ok", "no renewal was ever made here")
        return
    try:
        with FileLock(path, timeout=0, mode=0o600, fallback_to_soft=False):
            yield Finding("", "ok", "free")
    except Timeout:
        hint = "That is well while it lasts some seconds; then end the process that holds it."
        yield Finding("", "look", f"{path} is held: a renewal is under way", hint)
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "errno", None)
        if why in _NO_LOCKS:
            words = f"{path} cannot be locked: its drive has no locks"
            yield Finding("", "wrong", words, _DRIVE)
        else:
            words = f"{path} cannot be locked: {os.strerror(why or 0)}"
            yield Finding("", "wrong", words, "It must be an empty file of yours: see what it is.")
