"""The door for `since` and `until`."""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import pytest
import tzlocal
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.account.when import moment, span, zone
from onecloud_magic.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
# A Tuesday in winter, an hour after UTC in Berlin.
NOW = datetime(2026, 11, 24, 15, 27, 35, tzinfo=UTC)


def both(value: object, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> tuple[str, str]:
    """What *value* means as since and as until, on the user's clock."""
    start = moment(value, zone=zone, now=now)
    end = moment(value, zone=zone, now=now, until=True)
    assert start is not None
    assert end is not None
    assert str(start.tz) == str(end.tz) == "UTC"
    assert start.unit == end.unit == "us"
    return (
        f"{start.tz_convert(zone):%Y-%m-%d %H:%M:%S}",
        f"{end.tz_convert(zone):%Y-%m-%d %H:%M:%S}",
    )


def day(text: str) -> str:
    return f"{text} 00:00:00"


def test_none_is_no_bound() -> None:
    assert moment(None, zone=BERLIN, now=NOW) is None
    assert span(None, None, zone=BERLIN, now=NOW) == (None, None)


@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026Q3", "2026-07-01", "2026-10-01"),
        ("2026-q4", "2026-10-01", "2027-01-01"),
        ("2026-11-03", "2026-11-03", "2026-11-04"),
        (date(2026, 11, 3), "2026-11-03", "2026-11-04"),
        (pd.Period("2026-02", "M"), "2026-02-01", "2026-03-01"),
        (pd.Period("2026-11-03", "W"), "2026-11-02", "2026-11-09"),
        ("today", "2026-11-24", "2026-11-25"),
        ("yesterday", "2026-11-23", "2026-11-24"),
        ("tomorrow", "2026-11-25", "2026-11-26"),
        ("monday", "2026-11-23", "2026-11-24"),
        ("last monday", "2026-11-23", "2026-11-24"),
        ("tuesday", "2026-11-17", "2026-11-18"),
        ("Last Tue", "2026-11-17", "2026-11-18"),
        ("3 nov", "2026-11-03", "2026-11-04"),
        ("Nov 3rd", "2026-11-03", "2026-11-04"),
        ("03 nov", "2026-11-03", "2026-11-04"),
        ("28 november", "2025-11-28", "2025-11-29"),
        ("November 3, 2025", "2025-11-03", "2025-11-04"),
        ("29 feb", "2024-02-29", "2024-03-01"),
        ("november", "2026-11-01", "2026-12-01"),
        ("december", "2025-12-01", "2026-01-01"),
        ("march 2025", "2025-03-01", "2025-04-01"),
        ("this week", "2026-11-23", "2026-11-30"),
        ("last week", "2026-11-16", "2026-11-23"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("next year", "2027-01-01", "2028-01-01"),
    ],
)
def test_a_day_or_a_period_begins_at_since_and_is_over_at_until(
    value: object, since: str, until: str
) -> None:
    assert both(value) == (day(since), day(until))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("now", "2026-11-24 16:27:35"),
        ("90 seconds", "2026-11-24 16:26:05"),
        ("7 days", "2026-11-17 16:27:35"),
        ("since 7 days", "2026-11-17 16:27:35"),
        ("last 7 days", "2026-11-17 16:27:35"),
        ("2 Weeks ago", "2026-11-10 16:27:35"),
        ("1 month", "2026-10-24 16:27:35"),
        ("2 years ago", "2024-11-24 16:27:35"),
        (timedelta(days=1, hours=2), "2026-11-23 14:27:35"),
        (pd.Timedelta("90min"), "2026-11-24 14:57:35"),
        ("last monday 06:00", "2026-11-23 06:00:00"),
        ("yesterday at 6:30 pm", "2026-11-23 18:30:00"),
        ("today 6am", "2026-11-24 06:00:00"),
        ("3 nov 2025 23:59:59", "2025-11-03 23:59:59"),
        ("2026-11-03 06:00", "2026-11-03 06:00:00"),
        ("2026-11-03T06:00:30.5", "2026-11-03 06:00:30"),
        ("2026-11-03T06:00Z", "2026-11-03 07:00:00"),
        ("2026-11-03 06:00-05:00", "2026-11-03 12:00:00"),
        (datetime(2026, 11, 3, 6), "2026-11-03 06:00:00"),
        (datetime(2026, 11, 3, 6, tzinfo=UTC), "2026-11-03 07:00:00"),
        (datetime(2026, 11, 3, 6, tzinfo=timezone(timedelta(hours=9))), "2026-11-02 22:00:00"),
        (pd.Timestamp("2026-11-03 06:00:00.123456789"), "2026-11-03 06:00:00"),
        (pd.Timestamp("2026-11-03 06:00", tz="Asia/Tokyo"), "2026-11-02 22:00:00"),
    ],
)
def test_a_time_is_the_same_moment_at_both_ends(value: object, expected: str) -> None:
    assert both(value) == (expected, expected)


def test_days_are_those_of_the_users_zone() -> None:
    before_midnight_in_utc = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

    assert both("today", before_midnight_in_utc)[0] == day("2026-11-25")
    assert both("today", before_midnight_in_utc, ZoneInfo("UTC"))[0] == day("2026-11-24")


@pytest.mark.parametrize("name", ["Pacific/Auckland", "America/Los_Angeles"])
def test_the_machines_zone_has_no_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no tzset")
    monkeypatch.setenv("TZ", name)
    time.tzset()
    try:
        assert both("yesterday 06:00")[0] == "2026-11-23 06:00:00"
        assert both("7 days")[0] == "2026-11-17 16:27:35"
        assert both(datetime(2026, 11, 3, 6))[0] == "2026-11-03 06:00:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_time_that_the_clocks_skip_is_as_long_after_midnight_as_it_says() -> None:
    for value in (
        "2026-03-29 02:30",
        datetime(2026, 3, 29, 2, 30),
        pd.Timestamp(2026, 3, 29, 2, 30),
    ):
        assert both(value) == ("2026-03-29 03:30:00", "2026-03-29 03:30:00")


def test_a_time_that_the_clocks_repeat_is_the_first_unless_it_says_otherwise() -> None:
    for value in (
        "2026-10-25 02:30",
        datetime(2026, 10, 25, 2, 30),
        pd.Timestamp(2026, 10, 25, 2, 30),
    ):
        assert moment(value, zone=BERLIN, now=NOW) == pd.Timestamp("2026-10-25 00:30Z")

    second = datetime(2026, 10, 25, 2, 30, fold=1)
    assert moment(second, zone=BERLIN, now=NOW) == pd.Timestamp("2026-10-25 01:30Z")
    assert moment(pd.Timestamp(second), zone=BERLIN, now=NOW) == pd.Timestamp("2026-10-25 01:30Z")


def test_a_day_without_a_midnight_begins_when_the_clocks_have_gone_on() -> None:
    santiago = ZoneInfo("America/Santiago")

    assert both("2025-09-07", zone=santiago) == ("2025-09-07 01:00:00", day("2025-09-08"))


def test_across_a_change_of_clocks_hours_are_hours_and_days_are_days() -> None:
    monday_after = datetime(2026, 10, 26, 12, tzinfo=BERLIN)

    assert both("48 hours", monday_after)[0] == "2026-10-24 13:00:00"
    assert both("2 days", monday_after)[0] == "2026-10-24 12:00:00"


@given(st.dates(date(1700, 1, 1), date(2200, 1, 1)), st.sampled_from(["Asia/Beirut", "UTC"]))
def test_the_end_of_a_day_is_the_beginning_of_the_next(first: date, name: str) -> None:
    end = moment(first, zone=ZoneInfo(name), now=NOW, until=True)

    assert end == moment(str(first + timedelta(days=1)), zone=ZoneInfo(name), now=NOW)


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)), st.sampled_from([0, 1]))
def test_a_datetime_is_read_as_python_reads_it(value: datetime, fold: int) -> None:
    value = value.replace(fold=fold)

    assert moment(value, zone=BERLIN, now=NOW) == pd.Timestamp(
        value.replace(tzinfo=BERLIN).astimezone(UTC)
    )


def test_a_span_holds_one_day_when_both_ends_name_it() -> None:
    assert span("2026-11-03", "2026-11-03", zone=BERLIN, now=NOW) == (
        pd.Timestamp("2026-11-02 23:00Z"),
        pd.Timestamp("2026-11-03 23:00Z"),
    )


def test_a_span_may_be_open() -> None:
    assert span("2026", None, zone=BERLIN, now=NOW)[1] is None
    assert span(None, "2026", zone=BERLIN, now=NOW)[0] is None


@pytest.mark.parametrize(
    ("since", "until"), [("today", "yesterday"), ("2026-11-04", "2026-11-03"), ("now", "now")]
)
def test_a_span_that_holds_nothing_is_refused_with_both_ends_in_the_users_zone(
    since: str, until: str
) -> None:
    with pytest.raises(UsageError, match=r"since \(2026-11-\d\d .* CET\).*until .* CET"):
        span(since, until, zone=BERLIN, now=NOW)


def test_a_zone_has_a_name_and_the_machine_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    tzlocal.reload_localzone()

    assert zone("Europe/Berlin") == BERLIN
    assert str(zone(None)) == "Asia/Tokyo"

    monkeypatch.undo()
    tzlocal.reload_localzone()


@pytest.mark.parametrize(
    "name", ["", "Nowhere", "Europe", "../UTC", "/etc/localtime", "\0", "\ud800", "x" * 1_000_000]
)
def test_a_zone_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="There is no time zone"):
        zone(name)


def test_a_machine_that_does_not_tell_its_zone_is_told_of_the_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def untold() -> None:
        raise ZoneInfoNotFoundError

    monkeypatch.setattr(tzlocal, "get_localzone", untold)

    with pytest.raises(UsageError) as caught:
        zone(None)

    assert "timezone" in caught.value.hint
