"""Schedules: when a chain is due. Times of day are those of the schedule's own zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of a chain, in the contract's words (`ChainSchedule`)."""

    kind: str  # minutely, hourly, daily, weekly, monthly
    zone: str
    start_at: float
    at: time
    interval: int = 1
    stop_at: time | None = None
    days_of_month: tuple[int, ...] = ()
    days_of_week: tuple[str, ...] = ()
    enabled: bool = True
    end_at: float | None = None

    def due(self, since: float, until: float) -> Iterator[float]:
        """Every time between *since* and *until* (half-open) at which the chain is due."""
        zone = ZoneInfo(self.zone)
        until = min(until, self.end_at or until)
        day = datetime.fromtimestamp(since, zone).date()
        last = datetime.fromtimestamp(until, zone).date()
        while self.enabled and day <= last:
            if self._on(day):
                for moment in self._times(day, zone):
                    if max(since, self.start_at) <= moment < until:
                        yield moment
            day += timedelta(days=1)

    def _on(self, day: date) -> bool:
        age = (day - datetime.fromtimestamp(self.start_at, UTC).date()).days
        match self.kind:
            case "daily":
                return age % self.interval == 0
            case "weekly":
                return (
                    age // 7 % self.interval == 0 and WEEKDAYS[day.weekday()] in self.days_of_week
                )
            case "monthly":
                return day.day in self.days_of_month
            case _:
                return not self.days_of_week or WEEKDAYS[day.weekday()] in self.days_of_week

    def _times(self, day: date, zone: ZoneInfo) -> Iterator[float]:
        first = datetime.combine(day, self.at, zone).timestamp()
        if self.kind not in ("minutely", "hourly"):
            yield first
            return
        # Stepped in seconds, not in local time: the repeated hour of autumn is served twice.
        step = self.interval * (60 if self.kind == "minutely" else 3600)
        stop = datetime.combine(day, self.stop_at or time(23, 59, 59), zone).timestamp()
        moment = first
        while moment <= stop:
            yield moment
            moment += step

    def wire(self) -> dict[str, object]:
        """The schedule as the contract writes it; a chain without a stop has null there."""
        stop = self.stop_at
        return {
            "enabled": self.enabled,
            "start_at": _text(self.start_at),
            **({"end_at": _text(self.end_at)} if self.end_at else {}),
            "properties": {
                "days_of_month": [str(day) for day in self.days_of_month],
                "days_of_week": list(self.days_of_week) or None,
                "recurring_interval": self.interval,
                "recurring_type": self.kind,
                "run_at_hours": self.at.hour,
                "run_at_minutes": self.at.minute,
                "run_at_seconds": self.at.second,
                "stop_at_hours": stop.hour if stop else None,
                "stop_at_minutes": stop.minute if stop else None,
                "zone": self.zone,
            },
        }


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")
