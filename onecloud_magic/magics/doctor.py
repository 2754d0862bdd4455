"""What may be wrong, looked at part by part: `%onecloud doctor`."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

import pandas as pd
from filelock import FileLock, Timeout

from .. import __version__
from ..account import clock_time
from ..api import SYSTEM, certificates, is_loopback, proxies
from ..credentials.journal import Journal
from ..credentials.records import Record
from ..credentials.recovery import Again, Finish, Stop, verdict
from ..errors import OneCloudError
from ..home import Home
from .accounts import account
from .asking import can_ask

if TYPE_CHECKING:
    from ..account import OneCloud

__all__ = ["examine"]

_APART = 60.0  # seconds that two clocks may be apart
_UPGRADE = "Upgrade onecloud-magic, or use another profile."
_DAMAGED = "The next call sets it aside; then %onecloud login."
_OPEN = "The next call mends it; then get new tokens, if somebody may have read it."
_PENDING = "Sign in again with the same tokens: what came of them is used."
_NEXT_RENEWS = "The next call renews the access token."
_NEXT_CALL = "The next call goes on with it."
_NEW_TOKENS = "Get new tokens on the page Admin > API, then %onecloud login."
_DRIVE = "Set ONECLOUD_HOME to a folder on a drive with locks."
_PACKAGES = ("ipython", "ipykernel", "ipywidgets", "pandas", "requests", "traitlets")


class Finding(NamedTuple):
    """One line of the report."""

    check: str
    state: Literal["ok", "look", "wrong"]
    detail: str
    next: str = ""


class Report(pd.DataFrame):
    """A frame that shows its texts whole, where pandas would cut them at 50 characters."""

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            return self.to_html(notebook=True)

    def __repr__(self) -> str:
        return self.to_string()


def examine(profile: str | None = None) -> pd.DataFrame:
    """Look at every part of what *profile* needs.

    Columns: `check state detail next`, all string; state is ok, look or wrong.
    Makes one call (`getWorkspaces`) where a session is there. Changes nothing, shows no secret.
    """
    try:
        oc = account(profile)
    except OneCloudError as error:  # settings that cannot be
        found = [Finding("settings", "wrong", f"{type(error).__name__}: {error}", error.hint)]
    else:
        found = [finding for check in _OF_THE_PLACE for finding in _told(check, oc)]
        if not any(each.check == "store" and each.state == "wrong" for each in found):
            # Else the session would set aside what cannot be read.
            found += [finding for check in _OF_THE_SESSION for finding in _told(check, oc)]
    return Report(found, columns=Finding._fields, dtype="string")


def _told(check: Callable[[OneCloud], Iterator[Finding]], oc: OneCloud) -> list[Finding]:
    """What a check finds; an error of ours is a finding too."""
    name = check.__name__.strip("_")
    try:
        return [each._replace(check=each.check or name) for each in check(oc)]
    except OneCloudError as error:
        return [Finding(name, "wrong", f"{type(error).__name__}: {error}", error.hint)]


def _versions(oc: OneCloud) -> Iterator[Finding]:
    yield Finding(
        "",
        "ok",
        f"onecloud-magic {__version__}, Python {platform.python_version()}, {sys.platform}",
    )
    yield Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in _PACKAGES))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _front_end(oc: OneCloud) -> Iterator[Finding]:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kind = type(shell).__name__ if shell else "no IPython"
    asks = "can be asked" if can_ask() else "nobody can be asked"
    hint = "" if can_ask() else "login takes the token from ONECLOUD_ACCESS_TOKEN here."
    yield Finding("front end", "ok" if can_ask() else "look", f"{kind}, {asks}", hint)


def _home(oc: OneCloud) -> Iterator[Finding]:
    root = Home.find().root
    place = next(each for each in (root, *root.parents) if each.exists())
    if not (place.is_dir() and os.access(place, os.W_OK)):
        hint = "Set ONECLOUD_HOME to a folder of yours."
        yield Finding("", "wrong", f"{place} is no folder that can be written to", hint)
        return
    named = "named by ONECLOUD_HOME" if os.getenv("ONECLOUD_HOME") else "the usual place"
    yield Finding("", "ok", f"{root}, {named}")


def _session(oc: OneCloud) -> Iterator[Finding]:
    session = oc.session
    words = f"{session.state}, profile {session.profile}, {session.host}"
    if session.state == "active":
        yield Finding("", "ok", words)
    elif session.state == "expired" and session.renews:
        yield Finding("", "look", words, _NEXT_RENEWS)
    else:
        yield Finding("", "look", words, "%onecloud login, or %onecloud sandbox to try it out.")


def _store(oc: OneCloud) -> Iterator[Finding]:
    """What is kept of the session; a file that is damaged is left where it is."""
    if oc.token_store == "memory":  # noqa: S105  # a place, no password
        yield Finding("", "ok", "the session is kept in memory only")
        return
    home = Home.find()
    for pending in ("", *home.pending(oc.profile)):
        path = home.record(oc.profile, pending)
        data = home.read(path)
        name = "sign-in that is not yet current" if pending else "session"
        if data is None:
            if not pending:
                yield Finding("", "ok", f"no session is kept in {path}")
            continue
        record = Record.from_json(data)
        if isinstance(record, Record):
            if pending and record.signed_out:  # only a note of what was spent
                continue
            yield _kept(record, path, name, pending=bool(pending))
            if home.is_open_to_others(path):
                words = f"{path} can be read by other users of this machine"
                yield Finding("", "wrong", words, _OPEN)
        elif record.newer:
            yield Finding("", "wrong", f"{path} was written by a newer version", _UPGRADE)
        else:
            yield Finding("", "wrong", f"{path} is damaged", _DAMAGED)


def _kept(record: Record, path: Path, name: str, *, pending: bool) -> Finding:
    held = [
        words
        for words, secret in (
            ("access token", record.access_token),
            ("refresh token", record.refresh_token),
            ("client secret", record.client_secret),
        )
        if secret
    ]
    spent = f", renewals so far: {record.generation}"
    words = f"{name} in {path}: {', '.join(held) or 'signed out'}{spent}"
    return Finding("", "look" if pending else "ok", words, _PENDING if pending else "")


def _journal(oc: OneCloud) -> Iterator[Finding]:
    """Where a renewal stands that was begun; nothing is asked and nothing changed."""
    home = Home.find()
    data = home.read(home.record(oc.profile))
    record = Record.from_json(data) if data is not None else None
    entries = Journal(home, home.journal(oc.profile)).read()
    if not entries:
        yield Finding("", "ok", "no renewal is under way")
        return
    match verdict(record if isinstance(record, Record) else None, entries, time.time()):
        case Finish():
            yield Finding("", "look", "a new token came and is not stored yet", _NEXT_CALL)
        case Again():
            yield Finding("", "look", "a renewal was begun and no answer has come", _NEXT_CALL)
        case Stop(rejected) if rejected:
            yield Finding("", "wrong", "the service no longer takes the refresh token", _NEW_TOKENS)
        case Stop():
            yield Finding("", "wrong", "an answer was lost; the token may be spent", _NEW_TOKENS)
        case _:
            yield Finding("", "ok", "a renewal is settled; its journal goes with the next one")


def _lock(oc: OneCloud) -> Iterator[Finding]:
    path = Home.find().lock(oc.profile)
    if not path.exists():
        yield Finding("", "ok", "no renewal was ever made here")
        return
    try:
        with FileLock(path, timeout=0, mode=0o600, fallback_to_soft=False):
            yield Finding("", "ok", "free")
    except Timeout:
        hint = "That is well while it lasts some seconds; then end the process that holds it."
        yield Finding("", "look", f"{path} is held: a renewal is under way", hint)
    except (OSError, NotImplementedError):
        yield Finding("", "wrong", f"{path} cannot be locked", _DRIVE)


def _way(oc: OneCloud) -> Iterator[Finding]:
    host = oc.session.host
    ways = {urlsplit(each)._replace(netloc=_bare(each)).geturl() for each in proxies(host).values()}
    if is_loopback(host):
        yield Finding("proxy", "ok", "none: the host is this machine")
    else:
        yield Finding("proxy", "ok", ", ".join(sorted(ways)) or "none")
    trusted = certificates(oc.ca_bundle or None)
    built_in = "the operating system's" if oc.ca_bundle == SYSTEM else "those of requests"
    yield Finding("certificates", "ok", built_in if trusted is True else str(trusted))


def _bare(url: str) -> str:
    """The host of a proxy, without the password that may stand before it."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _host(oc: OneCloud) -> Iterator[Finding]:
    if oc.session.state == "signed_out":
        yield Finding("", "look", "not asked: nobody is signed in")
        return
    if oc.session.state == "expired":
        yield Finding("", "look", "not asked: the access token has ended")
        return
    count = oc.reach()
    last = oc.last
    when = f" at {clock_time(oc, last.at)}" if last else ""
    yield Finding("", "ok", f"answered{when}: {count} workspaces")


def _clock(oc: OneCloud) -> Iterator[Finding]:
    last = oc.last
    if last is None or last.served_at is None:
        yield Finding("", "look", "not compared: the service has told no time")
        return
    apart = last.at - last.served_at
    if abs(apart) <= _APART:
        yield Finding("", "ok", "agrees with the clock of the service")
        return
    side = "ahead of" if apart > 0 else "behind"
    words = f"{abs(apart):,.0f} s {side} the clock of the service"
    yield Finding("", "wrong", words, "Set the clock: it decides when tokens are renewed.")


def _quota(oc: OneCloud) -> Iterator[Finding]:
    quota = oc.quota
    if quota.burst_remaining is None or quota.daily_remaining is None:
        yield Finding("", "look", "not told yet")
        return
    low = quota.daily_remaining < quota.daily_limit / 10
    hint = "Other tools use the same quota; it is counted over 24 hours." if low else ""
    words = (
        f"{quota.burst_remaining} left in {oc.burst_window:g} s, {quota.daily_remaining:,} in 24 h"
    )
    yield Finding("", "look" if low else "ok", words, hint)


_OF_THE_PLACE = (_versions, _front_end, _home, _store, _journal, _lock)
_OF_THE_SESSION = (_session, _way, _host, _clock, _quota)
