"""Schedules fire by the clock on the wall of their own zone, and have left a history."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.schedules import Schedule

from ..conftest import NOW, Clock
from .asking import Placed, Wire, chains, get, seconds
from .conftest import NO_LIMIT
from .running import runs

NEW_YORK = "America/New_York"
APRIL = datetime(2026, 4, 20, 12, tzinfo=UTC).timestamp()  # DST began in March, here and there
LATE = 5  # seconds that a scheduler may take
DAY = 86_400


@pytest.fixture(scope="module")
def spring() -> Iterator[Sandbox]:
    with Sandbox(clock=Clock(APRIL), burst_limit=NO_LIMIT, daily_limit=NO_LIMIT) as sandbox:
        yield sandbox


def plans_of(chain: Placed) -> list[Wire]:
    return [it["properties"] for it in chain.wire["schedules"] if it["enabled"]]


def fired(sandbox: Sandbox, chain: Placed) -> list[float]:
    """When schedules started this chain, oldest first."""
    found = runs(sandbox, f"{chain.path}/history")
    return sorted(seconds(run["startAt"]) for run in found if run["launchType"] == "schedule")


def only(kind: str, sandbox: Sandbox) -> Iterator[tuple[Placed, Wire]]:
    """Chains in Production whose one schedule is of that kind, and it."""
    for chain in chains(sandbox):
        plans = plans_of(chain)
        if len(plans) == 1 and plans[0]["recurring_type"] == kind and not chain.wire["disabled"]:
            yield chain, plans[0]


def local(moment: float, plan: Wire) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(plan["zone"]))


def due(plan: Wire, day: date) -> float:
    """The moment of a day at which the plan is due first, by the wall clock of its zone."""
    at = time(plan["run_at_hours"], plan["run_at_minutes"], plan["run_at_seconds"])
    return datetime.combine(day, at, ZoneInfo(plan["zone"])).timestamp()


def matched(expected: list[float], found: list[float]) -> bool:
    """Whether each came in its turn, a few seconds late at most."""
    return len(expected) == len(found) and all(
        0 <= late - moment < LATE for moment, late in zip(expected, found, strict=True)
    )


def days(sandbox_now: float) -> list[date]:
    """The last 118 whole days, whatever the zone."""
    today = datetime.fromtimestamp(sandbox_now, UTC).date()
    return [today - timedelta(days=number) for number in range(118, 1, -1)]


def within(moments: list[float], plan: Wire, wanted: list[date]) -> list[float]:
    return [moment for moment in moments if wanted[0] <= local(moment, plan).date() <= wanted[-1]]


# ---- what they have left


def test_a_daily_schedule_fires_at_its_hour_of_the_wall_clock_through_a_change_of_time(
    spring: Sandbox,
) -> None:
    shifts: dict[str, set[int]] = {}
    for chain, plan in only("daily", spring):
        found = within(fired(spring, chain), plan, days(APRIL))
        assert matched([due(plan, day) for day in days(APRIL)], found)
        hours = {datetime.fromtimestamp(moment, UTC).hour for moment in found}
        shifts.setdefault(plan["zone"], set()).add(len(hours))

    assert shifts == {
        "America/New_York": {2},
        "Europe/Berlin": {2},
        "Europe/London": {2},
        "Asia/Tokyo": {1},
        "UTC": {1},
    }


def test_an_hourly_schedule_fires_every_hour_of_its_day(company: Sandbox) -> None:
    for chain, plan in only("hourly", company):
        found = within(fired(company, chain), plan, days(NOW))
        expected = [due(plan, day) + 3600 * hour for day in days(NOW) for hour in range(15)]
        last = f"{plan['stop_at_hours']:02}:{plan['stop_at_minutes']:02}"
        wanted = [it for it in expected if f"{local(it, plan):%H:%M}" <= last]
        assert matched(wanted, found)


def test_a_schedule_by_the_minute_keeps_to_its_days_and_hours(company: Sandbox) -> None:
    for chain, plan in only("minutely", company):
        found = fired(company, chain)
        clocks = [local(moment, plan) for moment in found]
        assert {f"{it:%A}".lower() for it in clocks} == set(plan["days_of_week"])
        assert {it.minute % plan["recurring_interval"] for it in clocks} == {0}
        assert min(it.hour for it in clocks) == plan["run_at_hours"]
        assert max((it.hour, it.minute) for it in clocks) == (plan["stop_at_hours"], 0)


def test_a_weekly_schedule_fires_on_its_days_of_the_week(company: Sandbox) -> None:
    for chain, plan in only("weekly", company):
        found = within(fired(company, chain), plan, days(NOW))
        wanted = [day for day in days(NOW) if f"{day:%A}".lower() in plan["days_of_week"]]
        assert matched([due(plan, day) for day in wanted], found)


def test_a_monthly_schedule_fires_on_its_days_of_the_month(company: Sandbox) -> None:
    for chain, plan in only("monthly", company):
        found = within(fired(company, chain), plan, days(NOW))
        wanted = [day for day in days(NOW) if str(day.day) in plan["days_of_month"]]
        assert matched([due(plan, day) for day in wanted], found)


def test_a_chain_may_have_several_schedules(company: Sandbox) -> None:
    several = [chain for chain in chains(company) if len(chain.wire["schedules"]) > 1]

    assert several
    assert {it["recurring_type"] for chain in several for it in plans_of(chain)} == {
        "daily",
        "monthly",
    }


def test_a_schedule_that_is_off_has_started_nothing(company: Sandbox) -> None:
    off = [
        chain
        for chain in chains(company, "Development")
        if chain.wire["schedules"] and not plans_of(chain)
    ]

    assert off
    assert not [moment for chain in off for moment in fired(company, chain)]


def test_schedules_go_on_as_the_clock_does(clock: Clock) -> None:
    with Sandbox(clock=clock, token_ttl=60 * DAY, burst_limit=NO_LIMIT) as sandbox:
        chain, plan = next(only("daily", sandbox))
        before = fired(sandbox, chain)
        clock.advance(45 * DAY)
        after = fired(sandbox, chain)

    today = datetime.fromtimestamp(NOW, UTC).date()
    coming = [due(plan, today + timedelta(days=number)) for number in range(1, 45)]
    assert after[: len(before)] == before
    assert matched(coming, [it for it in after if coming[0] <= it < coming[-1] + LATE])


def test_what_stands_in_the_history_does_not_depend_on_who_looked_when() -> None:
    def told(*moments: float) -> list[Wire]:
        clock = Clock()
        with Sandbox(clock=clock, token_ttl=99 * DAY) as sandbox:
            chain = chains(sandbox)[0]
            for moment in moments:
                clock.now = NOW + moment
                page: Mapping[str, list[Wire]] = get(sandbox, f"{chain.path}/history", limit=50)
        return page["chainExecutors"]

    assert told(0, DAY, 9 * DAY, 11 * DAY, 40 * DAY) == told(40 * DAY) == told(90 * DAY, 40 * DAY)


# ---- the odd hours


def moments(schedule: Schedule, first: date, last: date) -> list[str]:
    """The wall-clock times at which a schedule is due in these days, with their offsets."""
    zone = ZoneInfo(schedule.zone)
    since = datetime.combine(first, time(), zone).timestamp()
    until = datetime.combine(last + timedelta(days=1), time(), zone).timestamp()
    clocks = [datetime.fromtimestamp(it, zone) for it in schedule.due(since, until)]
    return [f"{it:%d %H:%M %z}" for it in clocks]


def test_an_hour_that_does_not_exist_is_made_up_for_an_hour_later() -> None:
    schedule = Schedule("daily", NEW_YORK, 0, time(2, 30))

    assert moments(schedule, date(2026, 3, 7), date(2026, 3, 9)) == [
        "07 02:30 -0500",
        "08 03:30 -0400",
        "09 02:30 -0400",
    ]


def test_an_hour_that_comes_twice_counts_once_for_a_daily_schedule() -> None:
    schedule = Schedule("daily", NEW_YORK, 0, time(1, 30))

    assert moments(schedule, date(2026, 10, 31), date(2026, 11, 2)) == [
        "31 01:30 -0400",
        "01 01:30 -0400",
        "02 01:30 -0500",
    ]


def test_an_hour_that_comes_twice_is_served_twice_by_an_hourly_schedule() -> None:
    schedule = Schedule("hourly", NEW_YORK, 0, time(0), stop_at=time(3))

    assert moments(schedule, date(2026, 11, 1), date(2026, 11, 1)) == [
        "01 00:00 -0400",
        "01 01:00 -0400",
        "01 01:00 -0500",
        "01 02:00 -0500",
        "01 03:00 -0500",
    ]


def test_a_schedule_neither_fires_before_its_start_nor_after_its_end() -> None:
    began, ended = (datetime(2026, 6, day, 12, tzinfo=UTC).timestamp() for day in (3, 5))
    schedule = Schedule("daily", "UTC", began, time(9), end_at=ended)

    assert moments(schedule, date(2026, 6, 1), date(2026, 6, 9)) == [
        "04 09:00 +0000",
        "05 09:00 +0000",
    ]


def test_every_second_day_or_week_is_left_out_where_the_interval_says_so() -> None:
    began = datetime(2026, 6, 1, tzinfo=UTC).timestamp()  # a Monday
    daily = Schedule("daily", "UTC", began, time(9), 2)
    weekly = Schedule("weekly", "UTC", began, time(9), 2, days_of_week=("monday", "friday"))

    assert [it[:2] for it in moments(daily, date(2026, 6, 1), date(2026, 6, 7))] == [
        "01",
        "03",
        "05",
        "07",
    ]
    assert [it[:2] for it in moments(weekly, date(2026, 6, 1), date(2026, 6, 21))] == [
        "01",
        "05",
        "15",
        "19",
    ]
