"""The settings: traits, each of them also a keyword, an environment variable, and `%config`."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from typing import Any

from traitlets import Bool, Enum, Float, Int, List, TraitError, Unicode, default, validate
from traitlets.config import Configurable

from ..api.words import one_line
from ..errors import UsageError
from ..show import somebody_is_there
from .given import shown

_MOST = 1_000_000_000  # calls


class _Words(List):  # type: ignore[type-arg]  # the lowest traitlets has no arguments
    """A list that the environment tells as words with commas between them."""

    def from_string(self, s: str) -> list[str]:
        """Read `prod*, live`; none is an empty text."""
        return [each.strip() for each in s.split(",") if each.strip()]


class Settings(Configurable):
    """The settings of an account.

    A keyword beats the environment (trait X reads `ONECLOUD_X`), which beats the configuration
    (`c.OneCloud.x = …`, `%config OneCloud.x = …`), which beats the default.
    """

    base_url = Unicode(
        help="The service: a URL, or one of classic, us, eu, apac; "
        "if not set, where the profile is signed in, else classic."
    ).tag(config=True)
    token_url = Unicode(
        "", help="Where tokens are renewed; empty: the place that belongs to base_url."
    ).tag(config=True)
    timeout = Float(
        30.0, min=0.1, max=86_400.0, help="Seconds to wait for an answer (5 to connect)."
    ).tag(config=True)
    ca_bundle = Unicode(
        "",
        help="A PEM file of the authorities to trust, or system: the operating system's; "
        "empty: the usual ones.",
    ).tag(config=True)
    burst_limit = Int(
        100, min=1, max=_MOST, help="Calls that the service takes in a burst window."
    ).tag(config=True)
    burst_window = Float(20.0, min=0.1, help="Seconds of a burst window.").tag(config=True)
    daily_limit = Int(
        50_000, min=1, max=_MOST, help="Calls that the service takes in 24 hours."
    ).tag(config=True)
    cache_ttl = Float(600.0, min=0.0, help="Seconds for which metadata is answered again.").tag(
        config=True
    )
    serve_stale = Enum(
        ("warn", "never"),
        help="Whether the last known answer is given, and said to be old, while the service is "
        "down or the day's quota is spent: warn, or never; if not set, warn where somebody sits "
        "before the screen, else never.",
    ).tag(config=True)
    offline = Bool(
        False, help="Answer from the cache only, whatever its age, and make no call."
    ).tag(config=True)
    token_store = Enum(
        ("file", "memory"),
        "file",
        help="Where the session is kept: file, or memory, until the kernel ends.",
    ).tag(config=True)
    timezone = Unicode(
        "", help="The zone in which 'yesterday' is read, as Europe/Berlin; empty: the machine's."
    ).tag(config=True)
    progress = Bool(True, help="Whether reads and waits that take long show how far they are.").tag(
        config=True
    )
    workspace = Unicode("", help="The workspace that reads look into where none is given.").tag(
        config=True
    )
    environment = Unicode("", help="The environment that reads look into where none is given.").tag(
        config=True
    )

    protected_environments = _Words(
        Unicode(),
        ["prod*"],
        help="Environments in which %onecloud run wants --yes: patterns of their names, * for any "
        "letters.",
    ).tag(config=True)

    def __init__(self, defaults: Mapping[str, str] | None = None, /, **settings: Any) -> None:
        known = self.class_trait_names(config=True)
        if unknown := settings.keys() - set(known):
            settings.clear()  # else a verbose traceback shows the values
            raise TypeError(
                f"{type(self).__name__} has no setting {', '.join(sorted(unknown))}; "
                f"it has {', '.join(sorted(known))}"
            )
        self._follow(running_shell())
        self._take({**_environment(known), **(defaults or {}), **settings})

    def _follow(self, shell: Any) -> None:
        """Take what the configuration of the running shell says, now and by `%config`."""
        try:
            super().__init__(**({} if shell is None else {"parent": shell}))
        except TraitError as error:
            why = one_line(str(error))
        else:
            if shell is not None:
                shell.configurables.append(self)  # where %config looks
            return
        raise UsageError("The configuration cannot be used.", why)

    @default("serve_stale")
    def _where_somebody_sees_it(self) -> str:
        # A stale figure in a scheduled report is a wrong figure.
        return "warn" if somebody_is_there() else "never"

    @validate("timeout", "burst_window", "cache_ttl")
    def _no_nan(self, proposal: Any) -> Any:
        # Neither too small nor too large for anything: a pace would wait for ever.
        if math.isnan(proposal["value"]):
            raise TraitError(f"{proposal['trait'].name} is no number.")
        return proposal["value"]

    def _take(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            try:
                text = isinstance(value, _Told)
                setattr(self, name, self.traits()[name].from_string(value) if text else value)
                continue
            except (TraitError, TypeError, ValueError, OverflowError) as error:
                why = one_line(str(error))
            where = f"ONECLOUD_{name.upper()}" if text else name
            raise UsageError(f"The setting {where} cannot be {shown(value)}.", why)


class _Told(str):
    """A value that the environment told, as text."""

    __slots__ = ()


def _environment(names: list[str]) -> dict[str, Any]:
    told = {name: os.environ.get(f"ONECLOUD_{name.upper()}", "") for name in names}
    return {name: _Told(value) for name, value in told.items() if value}


def running_shell() -> Any:
    """The IPython shell that is running, if any: the parent through which `%config` reaches us."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
