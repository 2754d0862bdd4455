"""The nodes of a run: their states, times, results and outputs, as the run goes on."""

from typing import Literal

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW, Clock
from .asking import Placed, Wire, chains, get, seconds
from .running import RUN, begin, stop

STEP = 0.25


def nodes_at(sandbox: Sandbox, clock: Clock, run: str, age: float) -> list[Wire]:
    clock.now = NOW + age
    found: list[Wire] = get(sandbox, f"{RUN}/{run}/nodes")["nodes"]
    return found


def moment(text: str) -> float:
    """Seconds from the start of the run."""
    return seconds(text) - NOW


def results(node: Wire) -> list[Wire]:
    found: list[Wire] = node["results"]
    return found


def commands_of(sandbox: Sandbox, chain: Placed) -> list[Wire]:
    path = f"/v1/metadata/environment/{chain.environment_id}/chain/{chain.id}/command"
    found: list[Wire] = get(sandbox, path)
    return found


def test_a_run_has_the_nodes_of_its_chain(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    run = begin(sandbox, chain)

    nodes = nodes_at(sandbox, clock, run, 0)
    commands = commands_of(sandbox, chain)

    assert [node["name"] for node in nodes] == [command["name"] for command in commands]
    assert [node["nodeId"] for node in nodes] == [command["link_id"] for command in commands]
    assert {node["nodeType"] for node in nodes} == {"command", "event"}
    assert len({node["id"] for node in nodes}) == len(nodes)


def test_before_a_node_begins_it_sleeps_and_has_neither_times_nor_results(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    run = begin(sandbox, chain)

    for node in nodes_at(sandbox, clock, run, 0):
        assert node["state"] == "sleeping"
        assert not {"startAt", "endAt"} & set(node)
        assert node["results"] == []


def test_nodes_work_one_after_another_until_the_run_ends(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=30)
    run = begin(sandbox, chain)

    nodes = nodes_at(sandbox, clock, run, 30)

    begins, ends = [[moment(node[name]) for node in nodes] for name in ("startAt", "endAt")]
    assert begins == pytest.approx([1.0, *ends[:-1]])
    assert begins == sorted(begins)
    assert ends[-1] == 30
    assert {node["state"] for node in nodes} == {"succeeded"}


def test_at_every_moment_one_node_works_the_earlier_are_done_the_later_asleep(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=10)
    run = begin(sandbox, chain)

    for quarter in range(5, 40):
        nodes = nodes_at(sandbox, clock, run, quarter * STEP)
        working = [node for node in nodes if "startAt" in node and "endAt" not in node]
        assert len(working) == 1
        place = nodes.index(working[0])
        assert [node["state"] for node in nodes[:place]] == ["succeeded"] * place
        assert {node["state"] for node in nodes[place:]} == {"sleeping"}
        assert {each["state"] for each in results(nodes[place])} == {"active"}
        assert not any(node["results"] for node in nodes[place + 1 :])


def test_times_once_told_stay_as_they_are(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    sandbox.plan_next("warned", seconds=10)
    run = begin(sandbox, chain)
    end = nodes_at(sandbox, clock, run, 10)

    for quarter in range(40):
        for now, then in zip(nodes_at(sandbox, clock, run, quarter * STEP), end, strict=True):
            assert {"startAt", "endAt"} & set(now) <= {"startAt", "endAt"} & set(then)
            assert now.get("startAt", then["startAt"]) == then["startAt"]
            assert now.get("endAt", then["endAt"]) == then["endAt"]


def test_what_a_command_made_is_told_when_it_has_succeeded(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=30)
    run = begin(sandbox, chain)

    event, *commands = nodes_at(sandbox, clock, run, 30)

    assert [each["outputVariables"] for each in results(event)] == [{}]
    for node in commands:
        for each in results(node):
            assert each["state"] == "succeeded"
            assert set(each["outputVariables"]) == {"data", "path"}
            assert each["outputLogUrl"].startswith("https://")


def test_an_iterable_node_has_a_result_for_each_item(sandbox: Sandbox, clock: Clock) -> None:
    for chain in chains(sandbox, "Development"):
        if chain.wire["concurrency_enabled"] and not chain.wire["disabled"]:
            run = begin(sandbox, chain)
            nodes = nodes_at(sandbox, clock, run, 10_000)
            clock.now = NOW
            if any(node["iterable"] for node in nodes):
                break

    for node in nodes:
        items = [each["iteratorValue"] for each in node["results"]]
        assert len(items) > 1 if node["iterable"] else items == [""]
        assert len({each["id"] for each in node["results"]}) == len(set(items)) == len(items)
        paths = {each["outputVariables"].get("path") for each in node["results"]}
        assert len(paths) == len(items)


# ---- runs that do not succeed


def test_a_failing_run_fails_at_one_node_and_skips_the_later(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    for _ in range(10):
        sandbox.plan_next("errored", seconds=30)
        clock.now = NOW
        run = begin(sandbox, chain)

        nodes = nodes_at(sandbox, clock, run, 30)
        states = [node["state"] for node in nodes]
        place = states.index("errored")

        assert states[:place] == ["succeeded"] * place
        assert states[place + 1 :] == ["skipped"] * (len(nodes) - place - 1)
        assert moment(nodes[place]["endAt"]) == 30
        for node in nodes[place + 1 :]:
            assert not {"startAt", "endAt"} & set(node)
            assert node["results"] == []


def test_a_node_that_will_be_skipped_sleeps_until_the_run_has_failed(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next("errored", seconds=30)
    run = begin(sandbox, chain)

    before = [node["state"] for node in nodes_at(sandbox, clock, run, 29.75)]
    after = [node["state"] for node in nodes_at(sandbox, clock, run, 30)]

    assert not {"skipped", "errored"} & set(before)
    assert "errored" in after


@pytest.mark.parametrize("outcome", ["errored", "warned"])
def test_the_run_and_the_node_tell_the_same_reason(
    sandbox: Sandbox, clock: Clock, chain: Placed, outcome: Literal["errored", "warned"]
) -> None:
    sandbox.plan_next(outcome, seconds=30)
    run = begin(sandbox, chain)
    clock.advance(30)

    told = get(sandbox, f"{RUN}/{run}/nodes")
    (marked,) = [node for node in told["nodes"] if node["state"] == outcome]

    name, _, reason = told["resultText"].partition(": ")
    assert name == marked["name"]
    assert {each["state"] for each in marked["results"]} == {outcome}
    if marked["nodeType"] == "command" or outcome == "errored":
        assert {each["outputVariables"]["data"] for each in marked["results"]} == {reason}


def test_a_warning_stops_nothing(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    sandbox.plan_next("warned", seconds=30)
    run = begin(sandbox, chain)

    states = [node["state"] for node in nodes_at(sandbox, clock, run, 30)]

    assert sorted(states) == ["succeeded"] * (len(states) - 1) + ["warned"]


# ---- pause and stop


def test_in_a_pause_no_node_begins_or_ends(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    sandbox.plan_next(seconds=60, pause=(20, 50))
    run = begin(sandbox, chain)

    paused = [nodes_at(sandbox, clock, run, age) for age in (20.25, 30, 49.75)]
    resumed = nodes_at(sandbox, clock, run, 50.25)
    ended = nodes_at(sandbox, clock, run, 60)

    assert paused[0] == paused[1] == paused[2]
    assert [node["state"] for node in paused[0]].count("paused") == 1
    assert "paused" not in {node["state"] for node in resumed}
    told = [moment(node[name]) for node in ended for name in ("startAt", "endAt")]
    assert told == sorted(told)
    assert not [each for each in told if 20 < each < 50]


def test_a_run_stopped_in_the_middle_stops_the_node_at_work_and_skips_the_later(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next(seconds=30)
    run = begin(sandbox, chain)
    before = nodes_at(sandbox, clock, run, 15)
    place = next(at for at, node in enumerate(before) if node["state"] == "sleeping")

    stop(sandbox, run)
    after = nodes_at(sandbox, clock, run, 1000)

    assert after[:place] == before[:place]
    assert after[place]["state"] == "skipped"
    assert moment(after[place]["endAt"]) == 15
    assert {each["state"] for each in results(after[place])} == {"stopped"}
    for node in after[place + 1 :]:
        assert node["state"] == "skipped"
        assert not {"startAt", "endAt"} & set(node)
        assert node["results"] == []


def test_a_run_stopped_while_enqueued_did_nothing(
    sandbox: Sandbox, clock: Clock, chain: Placed
) -> None:
    sandbox.plan_next("errored", seconds=30)
    run = begin(sandbox, chain)

    stop(sandbox, run)

    for node in nodes_at(sandbox, clock, run, 1000):
        assert node["state"] == "skipped"
        assert not {"startAt", "endAt"} & set(node)
        assert node["results"] == []
