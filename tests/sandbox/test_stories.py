"""What the runs of the last 120 days tell: a busy company, and the troubles that it has."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from statistics import median

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW
from .asking import Placed, Wire, ask, chains, get, seconds
from .running import RUN, SEARCH, runs

DAY = 86_400
SLOW = ("GL to Consolidation", "Product Profitability")
FLAKY = ("Bank Statement Import", "Sales Pipeline Import")


@pytest.fixture(scope="session")
def production(company: Sandbox) -> Mapping[str, Placed]:
    return {chain.wire["name"]: chain for chain in chains(company)}


@pytest.fixture(scope="session")
def every_run(company: Sandbox) -> list[Wire]:
    return runs(company, SEARCH)


def of(company: Sandbox, chain: Placed) -> list[Wire]:
    return runs(company, f"{chain.path}/history")


def took(run: Wire) -> float:
    return seconds(run["endAt"]) - seconds(run["startAt"])


def moment(run: Wire) -> datetime:
    return datetime.fromtimestamp(seconds(run["startAt"]), UTC)


def share_failed(found: list[Wire]) -> float:
    return Counter(run["state"] for run in found)["errored"] / len(found)


# ---- the whole


def test_there_are_at_least_20_000_runs_in_the_120_days_that_end_now(every_run: list[Wire]) -> None:
    starts = [seconds(run["startAt"]) for run in every_run]

    assert len({run["id"] for run in every_run}) == len(every_run) >= 20_000
    assert NOW - 3600 < starts[0] <= NOW
    assert NOW - 120 * DAY <= starts[-1] < NOW - 119 * DAY


def test_runs_were_started_by_schedules_people_and_other_systems(every_run: list[Wire]) -> None:
    ways = Counter(run["launchType"] for run in every_run)

    assert set(ways) == {"manual", "api", "schedule", "trigger", "slack", "trigger_event"}
    assert ways["schedule"] > len(every_run) / 2
    assert min(ways.values()) > 100


def test_most_runs_succeed_and_some_do_not(every_run: list[Wire]) -> None:
    states = Counter(run["state"] for run in every_run)

    assert states["all_succeeded"] > 0.8 * len(every_run)
    assert states["warned"] > 100
    assert states["errored"] > 100


def test_runs_were_started_by_users_that_exist(company: Sandbox, every_run: list[Wire]) -> None:
    users = {it["id"] for it in get(company, "/v1/security/users")}

    assert {run["userId"] for run in every_run} <= users
    assert len({run["userName"] for run in every_run}) > 30


def test_every_chain_in_production_has_runs(company: Sandbox, every_run: list[Wire]) -> None:
    silent = {chain.id for chain in chains(company)} - {run["chainId"] for run in every_run}

    assert not silent


def test_hours_are_busy_and_quiet(every_run: list[Wire]) -> None:
    hours = Counter(moment(run).hour for run in every_run)
    by_hand = Counter(moment(run).hour for run in every_run if run["launchType"] == "manual")

    assert len(hours) == 24
    assert max(hours.values()) > 4 * min(hours.values())
    assert sum(by_hand[hour] for hour in range(8, 18)) > 2 * sum(
        by_hand[hour] for hour in (*range(8), *range(18, 24))
    )


def test_the_working_days_are_busier_than_the_weekend(every_run: list[Wire]) -> None:
    days = Counter(moment(run).weekday() for run in every_run)

    assert min(days[day] for day in range(5)) > 1.5 * max(days[5], days[6])


def test_a_run_of_the_past_has_its_nodes_and_results(
    company: Sandbox, every_run: list[Wire]
) -> None:
    for run in every_run[100:30_000:6000]:
        told = get(company, f"{RUN}/{run['id']}/nodes")
        nodes = told.pop("nodes")
        assert told == run
        assert len(nodes) >= 3
        assert nodes[0]["startAt"] >= run["startAt"]
        assert max(node.get("endAt", "") for node in nodes) == run["endAt"]


# ---- the stories


@pytest.mark.parametrize("name", SLOW)
def test_some_chains_are_slow(
    company: Sandbox, production: Mapping[str, Placed], every_run: list[Wire], name: str
) -> None:
    usual = median(took(run) for run in every_run if "endAt" in run)

    its = median(took(run) for run in of(company, production[name]) if "endAt" in run)

    assert its > 30 * 60
    assert its > 20 * usual


@pytest.mark.parametrize("name", FLAKY)
def test_some_chains_are_flaky_all_the_time(
    company: Sandbox, production: Mapping[str, Placed], name: str
) -> None:
    found = of(company, production[name])

    assert 0.1 < share_failed(found[: len(found) // 2]) < 0.35
    assert 0.1 < share_failed(found[len(found) // 2 :]) < 0.35


def test_other_chains_seldom_fail(
    company: Sandbox, production: Mapping[str, Placed], every_run: list[Wire]
) -> None:
    troubled = {production[name].id for name in (*FLAKY, "Currency Rates Import")}
    homes = {chain.environment_id for chain in production.values()}

    others = [run for run in every_run if run["envId"] in homes and run["chainId"] not in troubled]

    assert share_failed(others) < 0.03


def test_one_chain_began_failing_last_week(
    company: Sandbox, production: Mapping[str, Placed]
) -> None:
    found = of(company, production["Currency Rates Import"])
    lately = [run for run in found if seconds(run["startAt"]) >= NOW - 7 * DAY]
    before = [run for run in found if seconds(run["startAt"]) < NOW - 7 * DAY]

    assert len(lately) >= 3
    assert {run["state"] for run in lately} == {"errored"}
    assert share_failed(before) < 0.1


def test_one_schedule_stopped_firing_though_it_is_on(
    company: Sandbox, production: Mapping[str, Placed]
) -> None:
    chain = production["Counterparty Limits"]

    last = seconds(of(company, chain)[0]["startAt"])

    assert not chain.wire["disabled"]
    assert any(
        it["enabled"] and it["properties"]["recurring_type"] == "daily"
        for it in chain.wire["schedules"]
    )
    assert NOW - 12 * DAY < last < NOW - 9 * DAY


def test_every_other_daily_schedule_has_fired_lately(
    company: Sandbox, production: Mapping[str, Placed], every_run: list[Wire]
) -> None:
    recent = {
        run["chainId"]
        for run in every_run
        if run["launchType"] == "schedule" and seconds(run["startAt"]) > NOW - 3 * DAY
    }
    daily = {
        name
        for name, chain in production.items()
        if any(it["properties"]["recurring_type"] == "daily" for it in chain.wire["schedules"])
        and chain.id not in recent
    }

    assert daily == {"Counterparty Limits", "Lease Accounting Roll-Forward"}


def test_one_chain_is_disabled_yet_still_scheduled(
    company: Sandbox, production: Mapping[str, Placed]
) -> None:
    disabled = {name: it for name, it in production.items() if it.wire["disabled"]}
    (chain,) = disabled.values()

    last = seconds(of(company, chain)[0]["startAt"])

    assert list(disabled) == ["Lease Accounting Roll-Forward"]
    assert any(schedule["enabled"] for schedule in chain.wire["schedules"])
    assert last < NOW - 15 * DAY
    assert ask(company, "POST", f"{chain.path}/start", {}).status == 422


@pytest.mark.parametrize("name", ["Payment File Release", "Close Package to Board"])
def test_some_runs_wait_for_an_approval(
    company: Sandbox, production: Mapping[str, Placed], name: str
) -> None:
    found = [run for run in of(company, production[name]) if run["state"] == "all_succeeded"]

    assert found
    for run in found:
        assert run["startAt"] < run["pausedAt"] < run["resumedAt"] < run["endAt"]
