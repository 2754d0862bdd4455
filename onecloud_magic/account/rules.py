"""What an account has said of its answers: how long they live, and what may be given instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ..errors import OneCloudError, QuotaExceeded, Unreachable

if TYPE_CHECKING:
    from .settings import Settings

_DOWN = 500  # the first status that says that the service is


@dataclass(frozen=True)
class Rules:
    """The settings that a read goes by from its beginning to its end."""

    ttl: float
    offline: bool
    serves_stale: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.cache_ttl, settings.offline, settings.serve_stale == "warn")

    def check(self) -> None:
        """See that a call may be made.

        Raises:
            Unreachable: offline.
        """
        if self.offline:
            raise Unreachable(
                "Offline: no call is made.",
                "The cache answers what it has, and nothing else. To ask the service: "
                "%config OneCloud.offline = False.",
                sent=False,
            )

    def may_be_stale(self, error: OneCloudError) -> bool:
        """Whether, after that failure, the last known answer may be given whatever its age."""
        if isinstance(error, Unreachable):
            down = error.status == 0 or error.status >= _DOWN
        else:  # a burst is waited out
            down = isinstance(error, QuotaExceeded) and error.remaining == 0
        return self.offline or (down and self.serves_stale)
