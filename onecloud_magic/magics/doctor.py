"""What may be wrong, looked at part by part: `%onecloud doctor`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

import pandas as pd

from .. import __version__
from ..account import clock_time
from ..api import certificates, is_loopback, proxies
from ..errors import OneCloudError
from ..home import Home
from .accounts import account
from .asking import can_ask

if TYPE_CHECKING:
    from ..account import OneCloud

__all__ = ["examine"]

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
        found = [finding for check in _CHECKS for finding in _told(check, oc)]
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
    else:
        yield Finding("", "look", words, "%onecloud login, or %onecloud sandbox to try it out.")


def _way(oc: OneCloud) -> Iterator[Finding]:
    host = oc.session.host
    ways = {urlsplit(each)._replace(netloc=_bare(each)).geturl() for each in proxies(host).values()}
    if is_loopback(host):
        yield Finding("proxy", "ok", "none: the host is this machine")
    else:
        yield Finding("proxy", "ok", ", ".join(sorted(ways)) or "none")
    trusted = certificates(oc.ca_bundle or None)
    yield Finding("certificates", "ok", "those of requests" if trusted is True else str(trusted))


def _bare(url: str) -> str:
    """The host of a proxy, without the password that may stand before it."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _host(oc: OneCloud) -> Iterator[Finding]:
    if oc.session.state == "signed_out":
        yield Finding("", "look", "not asked: nobody is signed in")
        return
    count = len(oc.call("getWorkspaces"))
    last = oc.last
    when = f" at {clock_time(oc, last.at)}" if last else ""
    yield Finding("", "ok", f"answered{when}: {count} workspaces")


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


_CHECKS = (_versions, _front_end, _home, _session, _way, _host, _quota)
