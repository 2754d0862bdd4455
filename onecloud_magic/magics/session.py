"""The commands of the session: who is signed in, and which profile is meant."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from ..errors import OneCloudWarning, UsageError
from . import accounts, asking
from .command import command

if TYPE_CHECKING:
    from ..account import OneCloud
    from ..widgets import LoginForm

_GROUP = "Session"
_SIGNS_IN = "The environment variables sign in again where the extension is loaded anew."


@command(_GROUP)
def login(oc: OneCloud, *, ask: bool = False) -> OneCloud | LoginForm:
    """Sign in: a form in a notebook, questions in a terminal; no token goes into any history.

    An access token alone works until it ends; refresh token and client id keep you signed in.
    The hosts us, eu and apac take a grant's client id and secret instead. The form has the hosts
    to choose from; else the host is the setting base_url: `%config OneCloud.base_url = "us"`.

    The form is also what it returns; with --profile it is that profile's. Where the front end of a
    kernel shows no forms, as `jupyter console` does not, --ask asks instead.

    Where nobody can be asked (nbclient, papermill, scripts) the environment signs in:
    ONECLOUD_ACCESS_TOKEN, ONECLOUD_REFRESH_TOKEN and ONECLOUD_CLIENT_ID, or ONECLOUD_CLIENT_ID and
    ONECLOUD_CLIENT_SECRET.

    Example:
        %onecloud login
    """
    oc = accounts.to_sign_in(oc)
    if asking.shows_forms() and not ask:
        return accounts.form(oc)
    if asking.can_ask():
        # Nothing here holds the token in clear: a traceback would show it.
        oc.login(**asking.credential(grant=oc.takes_grants))
    elif asking.environment_signs_in():
        oc.login()
    elif not (oc.session.state == "active" or _renews_itself(oc)):
        raise UsageError(
            "Nobody can be asked for a token here, and the environment has none.",
            "Set ONECLOUD_ACCESS_TOKEN (with ONECLOUD_REFRESH_TOKEN and ONECLOUD_CLIENT_ID to stay "
            "signed in), and ONECLOUD_BASE_URL unless the host is classic.",
        )
    accounts.leave_sandbox(oc)
    return oc


def _renews_itself(oc: OneCloud) -> bool:
    return oc.session.state == "expired" and oc.session.renews


@command(_GROUP)
def logout(oc: OneCloud) -> OneCloud:
    """Forget the session and what was answered to it.

    The tokens themselves live until "Revoke API Access" is pressed on the API page.

    Example:
        %onecloud logout
    """
    from ..account import LIVE_ON

    oc.logout()
    says = f"{LIVE_ON} {_SIGNS_IN}" if asking.environment_signs_in() else LIVE_ON
    warnings.warn(OneCloudWarning(says), stacklevel=2)
    return oc


@command(_GROUP)
def status(oc: OneCloud) -> OneCloud:
    """Show who is signed in, where, and what is left of the quota; costs no call.

    Example:
        %onecloud status
    """
    return oc


@command(_GROUP, instead="Set ONECLOUD_PROFILE, ONECLOUD_WORKSPACE and ONECLOUD_ENVIRONMENT.")
def use(
    profile: str | None = None, *, workspace: str | None = None, environment: str | None = None
) -> OneCloud:
    """Choose the profile, and the workspace and environment that reads look into from now on.

    It holds until the kernel ends; * looks everywhere again.

    Example:
        %onecloud use -w "Finance Close" -e Production
        %onecloud use sandbox
    """
    oc = accounts.account(profile)
    given = {"workspace": workspace, "environment": environment}
    defaults = {kind: name for kind, name in given.items() if name is not None}
    looks = {kind: "" if name == "*" else name for kind, name in defaults.items()}
    if any(looks.values()) and oc.session.state == "active":
        # Says now what does not exist; it costs what a look at the environments costs.
        oc.variables(workspace, environment)
    for kind, name in looks.items():
        setattr(oc, kind, name)
    accounts.use(oc, looks)
    return oc


@command(_GROUP)
def sandbox() -> OneCloud:
    """Start the embedded service and sign in to it: everything can be tried without an account.

    It is a made-up company, in the profile `sandbox`; it ends with the kernel.

    Example:
        %onecloud sandbox
    """
    return accounts.sandbox()
