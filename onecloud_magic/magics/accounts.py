"""The accounts that the commands work with: one a profile, kept until the extension is unloaded."""

from __future__ import annotations

import atexit
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import OneCloudError

if TYPE_CHECKING:
    from ..account import OneCloud
    from ..sandbox import Sandbox
    from ..widgets import LoginForm, QuotaGauge

_accounts: dict[str, OneCloud] = {}
_sandboxes: list[Sandbox] = []
_forms: dict[str, LoginForm] = {}
_gauges: list[QuotaGauge] = []
_SANDBOX = "sandbox"


def account(profile: str | None = None) -> OneCloud:
    """The account of *profile*, or of the current one: the same object each time."""
    from ..account import OneCloud, profiles

    name = profiles.current() if profile is None else profile
    if name not in _accounts:
        _accounts[name] = OneCloud(name)
    return _accounts[name]


def to_sign_in(oc: OneCloud) -> OneCloud:
    """The account that a login is for: a real credential has no place in the sandbox's profile."""
    from ..account import profiles

    if not (_sandboxes and oc is _accounts.get(_SANDBOX)):
        return oc
    first = profiles.first()
    return account("default" if first == _SANDBOX else first)


def leave_sandbox(oc: OneCloud) -> None:
    """Go on with *oc*, which has been signed in, where the sandbox was the current profile."""
    from ..account import profiles

    if _sandboxes and profiles.current() == _SANDBOX != oc.profile:
        profiles.use(oc.profile)


def form(oc: OneCloud) -> LoginForm:
    """The form that signs *oc* in: one a profile, however often it is shown."""
    from ..widgets import LoginForm

    kept = _forms.get(oc.profile)
    if kept is None or kept.closed or kept.oc is not oc:
        if kept is not None:
            kept.close()
        kept = _forms[oc.profile] = LoginForm(oc, signed_in=leave_sandbox)
    return kept


def gauge(oc: OneCloud, *, watch: bool) -> QuotaGauge:
    """The quota gauge of *oc*; one that is watched moves until the extension is unloaded."""
    from ..widgets import QuotaGauge

    shown = QuotaGauge(oc, watch=watch)
    if watch:
        _gauges.append(shown)
    return shown


def use(oc: OneCloud, defaults: dict[str, str]) -> None:
    """Make the profile of *oc* the current one; *defaults* hold for accounts made later, too."""
    from ..account import profiles

    profiles.use(oc.profile, **defaults)


def sandbox() -> OneCloud:
    """The account of the embedded service, which is started where none is running."""
    from ..account import profiles
    from ..sandbox import Sandbox

    if not _sandboxes:
        box = Sandbox()
        try:
            oc = _signed_in(box)
        except BaseException:
            box.stop()
            raise
        _sandboxes.append(box)
        atexit.register(_end)
        _forget(_accounts.pop(_SANDBOX, None))
        _accounts[_SANDBOX] = oc
        profiles.use(_SANDBOX, **_its_own(box))
    oc = _accounts[_SANDBOX]
    if oc.session.state != "active":
        oc.login(**_sandboxes[-1].credentials)
    profiles.use(_SANDBOX)
    return oc


def _its_own(box: Sandbox) -> dict[str, str]:
    """Settings that were made for the real service do not fit the sandbox: it has its own."""
    return {"base_url": box.url, "token_url": box.token_url, "workspace": "", "environment": ""}


def _signed_in(box: Sandbox) -> OneCloud:
    from ..account import OneCloud

    oc = OneCloud(_SANDBOX, **_its_own(box))
    oc.login(**box.credentials)

    def stay(change: Any) -> None:  # whatever %config says of the real service
        setattr(oc, change.name, _its_own(box)[change.name])

    oc.observe(stay, ["base_url", "token_url"])
    return oc


def forget() -> None:
    """Let go of everything: accounts, and the sandbox with its session."""
    from ..account import profiles
    from . import watch

    watch.forget()
    _end()
    while _forms:
        _forms.popitem()[1].close()
    while _gauges:
        _gauges.pop().close()
    for oc in _accounts.values():
        _forget(oc)
    _accounts.clear()
    profiles.forget()


def _end() -> None:
    """End the sandbox; its tokens are of no use any more."""
    atexit.unregister(_end)
    while _sandboxes:
        oc = _accounts.pop(_SANDBOX, None)
        with suppress(OneCloudError):  # the folder may be gone by now
            if oc is not None:
                oc.logout()
        _forget(oc)
        _sandboxes.pop().stop()


def _forget(oc: OneCloud | None) -> None:
    shell = oc.parent if oc is not None else None
    if shell is not None:
        shell.configurables[:] = [each for each in shell.configurables if each is not oc]
