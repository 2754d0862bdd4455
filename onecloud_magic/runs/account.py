"""What a run is given: the account that it belongs to, as far as a run needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from ..api import Trip
    from .ledger import Starts

__all__ = ["Account"]


class Account(Protocol):
    """The account of a run."""

    @property
    def starts(self) -> Starts:
        """The ledger of its starts."""

    @property
    def served_at(self) -> float | None:
        """What the service's clock said in the last answer, in seconds since 1970."""

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What every card of it shows: profile and host."""

    @property
    def badge(self) -> str:
        """A word that every card of it shows, as SANDBOX."""

    def call(self, name: str, /, **parameters: object) -> Any:
        """Make one call, by its operationId."""

    def act(self, trip: Trip, name: str, /, **parameters: object) -> Any:
        """Make one call that acts, and tell *trip* of its way."""

    def ask(self, name: str, /, **parameters: object) -> Any:
        """Give what a call gives; of a run that has ended from the cache, where it is known."""

    def frame(self, table: str, run_id: str) -> pd.DataFrame:
        """The read *table* (nodes or outputs) of a run."""

    def now(self) -> float:
        """The time, in seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def clock_time(self, seconds: float) -> str:
        """A time as people read it."""
