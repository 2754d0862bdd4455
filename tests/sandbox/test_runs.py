"""A run's state is a function of its plan and the clock: asking advances nothing."""

from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.plans import Plan

from ..conftest import NOW, Clock
from .asking import Placed, Wire, ask, get, one_chain
from .pure import Pure
from .running import RUN, SEARCH, begin, look, start, state_at, written_at

Outcome = Literal["all_succeeded", "warned", "errored"]
OUTCOMES: list[Outcome] = ["all_succeeded", "warned", "errored"]


# ---- over time


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_run_is_enqueued_works_and_ends_as_planned(
    sandbox: Sandbox, clock: Clock, chain: Placed, outcome: Outcome
) -> None:
    sandbox.plan_next(outcome, seconds=30)
    run = begin(sandbox, chain)

    states = [state_at(sandbox, clock, run, age) for age in (0, 0.75, 1, 29.75, 30, 10_000)]

    assert states == ["enqueueing", "enqueueing", "sleeping", "sleeping", outcome, outcome]


def test_a_live_run_has_a_start_and_no_end(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    sandbox.plan_next(seconds=30)
    run = begin(sandbox, chain)
    clock.advance(20)

    live = look(sandbox, run)

    assert live["startAt"] == written_at(0)
    assert "endAt" not in live
    assert live["resultText"] == ""


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_ended_run_says_when_and_how(
    sandbox: Sandbox, clock: Clock, chain: Placed, outcome: Outcome
) -> None:
    sandbox.plan_next(outcome, seconds=30)
    run = begin(sandbox, chain)
    clock.advance(500)

    ended = look(sandbox, run)

    assert (ended["startAt"], ended["endAt"]) == (written_at(0), written_at(30))
    assert (
        ended["resultText"] == "success"
        if outcome == "all_succeeded"
        else ": " in ended["resultText"]
    )


def test_times_are_written_without_a_zone_with_a_fraction_where_there_is_one(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    whole = start(sandbox, chain).body["data"]
    clock.advance(0.25)
    broken = start(sandbox, chain).body["data"]

    assert whole["startAt"] == "2026-09-21 14:13:20"
    assert broken["startAt"] == "2026-09-21 14:13:20.250000"


def test_a_run_without_length_has_ended_when_it_starts(sandbox: Sandbox, chain: Placed) -> None:
    sandbox.plan_next(seconds=0)

    run = start(sandbox, chain).body["data"]
    nodes = get(sandbox, f"{RUN}/{run['id']}/nodes")["nodes"]

    assert (run["state"], run["endAt"]) == ("all_succeeded", run["startAt"])
    assert {node["state"] for node in nodes} == {"succeeded"}


# ---- asking changes nothing


def test_asking_often_or_never_comes_to_the_same() -> None:
    asked, unasked = Clock(), Clock()
    with Sandbox(clock=asked) as curious, Sandbox(clock=unasked) as patient:
        runs = [
            begin(it, one_chain(it, lambda chain: chain["concurrency_enabled"]))
            for it in (curious, patient)
        ]
        for _ in range(60):
            asked.advance(0.5)
            get(curious, f"{RUN}/{runs[0]}")
            get(curious, f"{RUN}/{runs[0]}/nodes")
            if asked() % 20 == 0:
                unasked.now = asked()
        unasked.now = asked()

        assert get(curious, f"{RUN}/{runs[0]}/nodes") == get(patient, f"{RUN}/{runs[1]}/nodes")


def test_two_sandboxes_that_see_the_same_clock_tell_the_same_story() -> None:
    def story() -> list[Wire]:
        clock = Clock()
        with Sandbox(clock=clock) as sandbox:
            told, chain = [], one_chain(sandbox, lambda it: it["concurrency_enabled"])
            for seconds in (0, 3, 0.5, 40, 1, 200, 0.25):
                clock.advance(seconds)
                begin(sandbox, chain)
                told += get(sandbox, f"{chain.path}/history")["chainExecutors"]
        return told

    assert story() == story()


PURE = Pure()
MOMENTS = st.lists(st.integers(-8, 160).map(lambda quarters: quarters / 4), min_size=1, max_size=20)


def started(plan: Plan) -> str:
    """The path of a run that goes as planned, started in the world without a socket."""
    PURE.world.plans.append(plan)
    chain = next(it for it in PURE.world.company.chains.values() if it.concurrency_enabled)
    path = f"/v1/execute/environment/{chain.environment_id}/chain/{chain.id}/start"
    return f"{RUN}/{PURE.ask('POST', path, NOW, b'{}')[1]['data']['id']}"


@given(MOMENTS, st.sampled_from(OUTCOMES), st.none() | st.just((10.0, 20.0)))
def test_what_is_answered_depends_on_the_moment_and_not_on_the_questions_before(
    moments: list[float], outcome: Outcome, pause: tuple[float, float] | None
) -> None:
    run, other = started(Plan(30, outcome, pause)), started(Plan(30, outcome, pause))

    def states(path: str, order: list[float]) -> dict[float, tuple[Any, ...]]:
        told = {age: PURE.ask("GET", f"{path}/nodes", NOW + age)[1]["data"] for age in order}
        return {age: (it["state"], it.get("endAt"), shape(it["nodes"])) for age, it in told.items()}

    def shape(nodes: list[Wire]) -> list[str]:
        return [node["state"] for node in nodes]

    assert states(run, moments) == states(run, sorted(moments)) == states(run, moments[::-1])
    assert states(other, moments[:1]).items() <= states(other, moments).items()


# ---- pauses


def test_a_pause_shows_while_it_lasts_and_is_told_afterwards(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=60, pause=(20, 50))
    run = begin(sandbox, chain)

    states = [state_at(sandbox, clock, run, age) for age in (19.75, 20, 49.75, 50, 60)]
    told = look(sandbox, run)

    assert states == ["sleeping", "paused", "paused", "sleeping", "all_succeeded"]
    assert (told["pausedAt"], told["resumedAt"]) == (written_at(20), written_at(50))


@pytest.mark.parametrize(
    ("age", "told"),
    [(19, set()), (30, {"pausedAt"}), (50, {"pausedAt", "resumedAt"})],
)
def test_a_pause_is_not_told_before_it_comes(
    sandbox: Sandbox, clock: Clock, chain: Placed, age: float, told: set[str]
) -> None:
    sandbox.plan_next(seconds=60, pause=(20, 50))
    run = begin(sandbox, chain)
    clock.advance(age)

    assert {"pausedAt", "resumedAt"} & set(look(sandbox, run)) == told


def test_a_run_may_be_paused_from_its_first_moment(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=60, pause=(0, 10))
    run = begin(sandbox, chain)

    assert [state_at(sandbox, clock, run, age) for age in (0, 9.75, 10, 60)] == [
        "paused",
        "paused",
        "sleeping",
        "all_succeeded",
    ]


def test_a_run_that_ends_in_its_pause_is_never_resumed(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next("errored", seconds=60, pause=(20, 500))
    run = begin(sandbox, chain)

    assert state_at(sandbox, clock, run, 59) == "paused"
    assert state_at(sandbox, clock, run, 60) == "errored"
    assert "resumedAt" not in look(sandbox, run)


# ---- which run


@pytest.mark.parametrize("run", ["9999999", "0", "abc", "%2F", "9" * 400])
@pytest.mark.parametrize("method_and_end", ["GET ", "GET /nodes", "POST /stop"])
def test_a_run_that_does_not_exist_is_not_found(
    company: Sandbox, run: str, method_and_end: str
) -> None:
    method, end = method_and_end.split(" ")

    assert ask(company, method, f"{RUN}/{run}{end}").status == 404


def test_a_run_that_a_schedule_will_start_is_not_there_before(
    sandbox: Sandbox, clock: Clock
) -> None:
    clock.advance(7200)
    coming = get(sandbox, SEARCH)["chainExecutors"][0]["id"]
    clock.now = NOW  # as if nobody had looked

    before = ask(sandbox, "GET", f"{RUN}/{coming}").status
    clock.advance(7200)

    assert before == 404
    assert look(sandbox, coming)["id"] == coming
