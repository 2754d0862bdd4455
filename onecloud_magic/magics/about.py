"""The commands about the work itself: its cost, what is kept, what may be wrong, what to type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError
from . import accounts, manual
from .command import command

if TYPE_CHECKING:
    import pandas as pd

    from ..account import OneCloud
    from ..show import Text
    from ..widgets import QuotaGauge

_GROUP = "About"


@command(_GROUP)
def quota(oc: OneCloud, *, watch: bool = False) -> QuotaGauge:
    """Show how many calls are left, as the last answer told; costs no call.

    With --watch the gauge moves with every answer, also while a cell runs.

    Example:
        %onecloud quota
        %onecloud quota --watch
    """
    return accounts.gauge(oc, watch=watch)


@command(_GROUP)
def cache(oc: OneCloud, act: str | None = None, kind: str | None = None, /) -> pd.DataFrame:
    """Show what is kept of earlier answers; `cache clear` forgets it, or one kind of it.

    Example:
        %onecloud cache
        %onecloud cache clear metadata
    """
    if act not in (None, "clear"):
        raise UsageError(f"The cache knows no {act!r:.40}.", "%onecloud cache clear forgets it.")
    if act == "clear":
        oc.cache.clear(kind)
    return oc.cache.info()


@command(_GROUP)
def doctor(*, profile: str | None = None) -> pd.DataFrame:
    """Look for what may be wrong: versions, folders, session, host, proxies, quota.

    Makes one call where a session is there, changes nothing, and shows no secret: the table can
    go into a report as it is.

    Example:
        %onecloud doctor
    """
    from .doctor import examine

    return examine(profile)


@command(_GROUP, instead="In a shell each command is a process of its own.")
def last(
    oc: OneCloud, shell: str | None = None, /, *, curl: bool = False, python: bool = False
) -> Text:
    """Show the last call that was made, without its token; --curl and --python to repeat it.

    Both take the token from the variable ONECLOUD_ACCESS_TOKEN. SHELL is bash, cmd or powershell.

    Example:
        %onecloud last
        %onecloud last --curl powershell
    """
    from .recipe import recipe

    if shell is not None and not curl:
        raise UsageError(f"{shell!r:.40} goes with --curl only.", "As in: last --curl bash.")
    if curl and python:
        raise UsageError("--curl and --python cannot both be.", "Give one of them.")
    return recipe(oc, curl=(shell or "bash") if curl else "", python=python)


@command(_GROUP)
def help(command: str | None = None, /, *, common: Sequence[str] = ()) -> Text:
    """Show what can be typed, or how COMMAND is used.

    Example:
        %onecloud help runs
    """
    return manual.page(command, common)
