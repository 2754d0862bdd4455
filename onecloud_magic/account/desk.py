"""What a run is given of its account: calls on its line, its ledger, its times."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..api import Trip
from ..runs import Starts
from .line import Line
from .marks import badge, clock_time
from .reading import Reading
from .rules import Rules

if TYPE_CHECKING:
    import pandas as pd

    from .onecloud import OneCloud

__all__ = ["Desk", "account_of"]


class Desk:
    """The account of runs (`runs.Account`). It stays on the line that it was made on."""

    def __init__(self, account: OneCloud, line: Line) -> None:
        self._account, self._line = account, line

    @cached_property
    def starts(self) -> Starts:
        """The ledger of whoever is signed in when it is first asked for."""
        return Starts(self._line.place.home, account_of(self._line), self._line.clock)

    @property
    def served_at(self) -> float | None:
        # Another thread's answer will do: it too came before what is asked next.
        last = self._line.last
        return last.served_at if last else None

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        return (("profile", self._line.place.profile), ("host", self._line.place.host.base_url))

    @property
    def badge(self) -> str:
        return badge(self._account)

    def call(self, name: str, /, **parameters: object) -> Any:
        Rules.of(self._account).check()
        return self._line.transport.call(name, **parameters)

    def act(self, trip: Trip, name: str, /, **parameters: object) -> Any:
        Rules.of(self._account).check()
        return self._line.transport.act(trip, name, **parameters)

    def ask(self, name: str, /, **parameters: object) -> Any:
        return Reading(self._line, Rules.of(self._account)).ask(name, **parameters)

    def frame(self, table: str, run_id: str) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self._account, table)(run_id)
        return frame

    def now(self) -> float:
        return self._line.clock()

    def sleep(self, seconds: float) -> None:
        self._line.sleep(seconds)

    def clock_time(self, seconds: float) -> str:
        return clock_time(self._account, seconds)


def account_of(line: Line) -> str:
    """The account that is signed in on *line*; empty where none is."""
    record = line.held.current
    return record.account if record else ""
