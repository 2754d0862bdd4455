"""What may be wrong, looked at part by part: `%onecloud doctor`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import TYPE_CHECKING

import pandas as pd
from requests.utils import select_proxy

from .. import __version__
from ..account import clock_time
from ..api import SYSTEM, certificates, is_loopback, proxies
from ..credentials.profile import Profile
from ..errors import OneCloudError
from ..home import Home
from .accounts import account
from .asking import can_ask
from .doctor_kept import is_sound, look
from .finding import Finding, told

if TYPE_CHECKING:
    from ..account import OneCloud

__all__ = ["examine"]

_APART = 60.0  # seconds that two clocks may be apart
_LOGIN = "%onecloud login, or %onecloud sandbox to try it out."
_RENEWS = "The next call renews the access token, or says why it cannot."
_NOT_ASKED = {
    "signed_out": "nobody is signed in",
    "expired": "the access token has ended",
    "refreshing": "the access token is being renewed",
}
_PACKAGES = ("ipython", "ipykernel", "ipywidgets", "pandas", "requests", "traitlets")


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
    return Report(_findings(profile), columns=Finding._fields, dtype="string")


def _findings(profile: str | None) -> Iterator[Finding]:
    try:
        oc = account(profile)
    except OneCloudError as error:  # settings that cannot be
        yield Finding("settings", "wrong", f"{type(error).__name__}: {error}", error.hint)
        return
    for check in (_versions, _front_end, _home):
        yield from told(_name(check), check(oc))
    if oc.token_store == "memory":  # noqa: S105  # a place, no password
        words = "the session is kept in memory only: there is no journal and no lock"
        yield Finding("store", "ok", words)
    else:
        kept = Profile(Home.find(), oc.profile)
        yield from look(kept)
        if not is_sound(kept):
            yield Finding("session", "look", "not looked at: the store comes first")
            return
    for check in (_session, _way, _host, _clock, _quota):
        found = list(told(_name(check), check(oc)))
        yield from found
        if check is _session and found[-1].state == "wrong":  # then there is no way to the others
            return


def _name(check: Callable[[OneCloud], Iterator[Finding]]) -> str:
    return check.__name__.strip("_").replace("_", " ")


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
    yield Finding("", "ok" if can_ask() else "look", f"{kind}, {asks}", hint)


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
    if session.state in ("active", "refreshing"):
        yield Finding("", "ok", words)
    elif session.state == "expired" and session.renews:
        yield Finding("", "look", words, _RENEWS)
    else:
        yield Finding("", "look", words, _LOGIN)


def _way(oc: OneCloud) -> Iterator[Finding]:
    host = oc.session.host
    if is_loopback(host):
        yield Finding("proxy", "ok", "none: the host is this machine")
    else:
        yield Finding("proxy", "ok", _bare(select_proxy(host, proxies(host)) or "none"))
    trusted = certificates(oc.ca_bundle or None)
    built_in = "the operating system's" if oc.ca_bundle == SYSTEM else "those of requests"
    yield Finding("certificates", "ok", built_in if trusted is True else str(trusted))


def _bare(proxy: str) -> str:
    """A proxy without the password that may stand before its host, whatever is in it."""
    scheme, separator, rest = proxy.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2].partition("/")[0]


def _host(oc: OneCloud) -> Iterator[Finding]:
    if why := _NOT_ASKED.get(oc.session.state):
        yield Finding("", "look", f"not asked: {why}")
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
