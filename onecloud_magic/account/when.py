"""The door for `since` and `until`: what they take, and the moment that it means.

    moment("2026Q3", zone=zone("Europe/Berlin"), now=now, until=True)   # 2026-09-30 22:00 UTC

Everything is read as a stretch of time, a point being one without length: `since` takes its
beginning, `until` its end, so that `until="2026-11"` has November in it. What people read in two
ways (01/11/2026, a bare number) is refused, and so is what nobody reads.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ..errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["moment", "span", "zone"]

Stretch = tuple[datetime, datetime]

_LONGEST = 64
_HINT = (
    "Understood are dates, year first (2026-11-03), times (2026-11-03 06:00, "
    "2026-11-03T06:00+01:00), periods (2026, 2026-11, 2026Q3)\n"
    "and words ('7 days', 'yesterday', 'last monday 06:00', '3 nov', 'last month'); "
    "in Python also a date, datetime, timedelta or Period."
)

_WEEKDAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_DAY = (
    rf"(?:yesterday|today|tomorrow|(?:last )?{_WEEKDAY}"
    rf"|(?:{_MONTH} {_DATE}|{_DATE} {_MONTH})(?: \d{{4}})?)"
)
_TIME = r"(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|(?:1[0-2]|0?[1-9])(?::[0-5]\d)? ?[ap]m)"

_PERIOD = re.compile(r"\d{4}(?:-?q[1-4]|-\d\d(?:-\d\d)?)?", re.ASCII)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d.*", re.ASCII)
_AGO = re.compile(
    r"(?:last |past )?(\d{1,6}) (second|minute|hour|day|week|month|year)s?(?: ago)?", re.ASCII
)
# dateparser makes something of nearly everything ("32 nov" is November 1932): it gets only this.
_NAMED = re.compile(
    rf"(?:last|this|next) (?:week|month|year)|{_MONTH}(?: \d{{4}})?|{_DAY}(?: (?:at )?{_TIME})?",
    re.ASCII,
)


def zone(name: str | None = None) -> tzinfo:
    """The time zone called *name*, such as "Europe/Berlin"; None is the machine's own.

    Raises:
        UsageError: there is no such zone, or the machine does not tell its own.
    """
    with suppress(LookupError, ValueError, OSError):
        if name is not None:
            return ZoneInfo(name)
        from tzlocal import get_localzone

        return get_localzone()
    raise UsageError(
        "The machine does not tell its time zone."
        if name is None
        else f"There is no time zone {name[:_LONGEST]!r:.64}.",
        "Set timezone to a name such as 'Europe/Berlin', 'America/New_York' or 'UTC'.",
    )


def span(
    since: object, until: object, *, zone: tzinfo, now: datetime
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """The two moments of a range, the end not in it; None leaves that side open.

    Raises:
        UsageError: one of them means nothing, or the range does not hold a moment.
    """
    start = moment(since, zone=zone, now=now)
    end = moment(until, zone=zone, now=now, until=True)
    if start is not None and end is not None and start >= end:
        shown = [f"{one.tz_convert(zone):%Y-%m-%d %H:%M:%S %Z}" for one in (start, end)]
        raise UsageError(
            "Nothing lies between since ({}) and until ({}).".format(*shown),
            "Give a since that comes before until.",
        )
    return start, end


def moment(
    value: object, *, zone: tzinfo, now: datetime, until: bool = False
) -> pd.Timestamp | None:
    """The moment, in UTC, that *value* means as `since`, or as *until*.

    Args:
        value: text, a date, datetime, timedelta (that long ago) or Period; None stays None.
        zone: where a day begins, and a time without an offset belongs.
        now: the present moment, with an offset.
        until: take the end of a day or period, not its beginning.

    Raises:
        UsageError: it is nothing of that, or lies beyond the calendar.
    """
    if value is None:
        return None
    import pandas as pd

    with suppress(ValueError, OverflowError):  # no such day, no such year
        point = _stretch(value, zone, now)[until]
        plain = point.to_pydatetime(warn=False) if isinstance(point, pd.Timestamp) else point
        # Python's own rule for the hours that a change of clocks skips or repeats; it never fails.
        aware = plain.replace(tzinfo=zone) if plain.utcoffset() is None else plain
        found = pd.Timestamp(aware.astimezone(UTC)).tz_convert("UTC")
        return found.as_unit("ns").as_unit("us")  # years 1678 to 2261, whatever the pandas
    shown = (
        f"{value[:_LONGEST]!r:.64}" if isinstance(value, str) else f"this {type(value).__name__}"
    )
    raise UsageError(f"{'until' if until else 'since'} cannot be read from {shown}.", _HINT)


def _stretch(value: object, zone: tzinfo, now: datetime) -> Stretch:
    """The first moment of what *value* means, and the first one after it."""
    import pandas as pd

    if isinstance(value, str) and len(value) <= _LONGEST:
        return _text(value, zone, now)
    if isinstance(value, pd.Period):
        return _whole(value)
    if isinstance(value, datetime):  # NaT too, which has no offset to ask for: a ValueError
        return value, value
    if isinstance(value, date):
        return _whole(pd.Period(value, "D"))
    if isinstance(value, timedelta) and value >= timedelta(0):
        return now - value, now - value
    raise ValueError


def _text(text: str, zone: tzinfo, now: datetime) -> Stretch:
    import pandas as pd

    words = " ".join(text.lower().replace(",", " ").split()).removeprefix("since ")
    if _PERIOD.fullmatch(words):
        return _whole(pd.Period(words))
    if _NAMED.fullmatch(words):
        return _named(words, zone, now)
    if _STAMP.fullmatch(words):
        point = datetime.fromisoformat(words.upper())
    elif ago := _AGO.fullmatch(words):
        point = _ago(int(ago[1]), ago[2], zone, now)
    elif words == "now":
        point = now
    else:
        raise ValueError
    return point, point


def _whole(period: pd.Period) -> Stretch:
    return period.start_time, (period + 1).start_time


def _ago(count: int, unit: str, zone: tzinfo, now: datetime) -> datetime:
    """*count* units before *now*: hours by the clock that runs, days by the one on the wall."""
    import pandas as pd

    wall = now.astimezone(zone).replace(tzinfo=None)
    start = now if unit in {"second", "minute", "hour"} else wall
    step: dict[str, Any] = {f"{unit}s": count}
    return pd.Timestamp(start) - pd.DateOffset(**step)


def _named(words: str, zone: tzinfo, now: datetime) -> Stretch:
    """A day or a period that has a name, or a time on such a day, in *zone*'s wall time."""
    import pandas as pd
    from dateparser.date import DateDataParser  # type: ignore[import-untyped]  # ships no types

    reader = DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime.combine(now.astimezone(zone), time()),
            "PREFER_DATES_FROM": "past",
            "PREFER_DAY_OF_MONTH": "first",
            "RETURN_TIME_AS_PERIOD": True,
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    # The past is preferred anyway, and dateparser < 1.5 does not know "last monday".
    found = reader.get_date_data(re.sub(rf"^last (?={_WEEKDAY}\b)", "", words))
    if found.date_obj is None:
        raise ValueError
    if found.period == "time":
        return found.date_obj, found.date_obj
    return _whole(pd.Period(found.date_obj, found.period[0].upper()))  # D, W, M or Y
