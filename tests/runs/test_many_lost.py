"""Many runs at once whose answers are lost: nothing is started twice, claimed or given away."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.home import Home
from onecloud_magic.runs import Inputs, Starts, named
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Reply, Request, json_reply
from tests.conftest import Clock

from .conftest import GoOn, asked, ledger_bytes, started, steps
from .many import most_at_once, periods, plan

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def test_a_run_that_another_program_began_meanwhile_is_not_taken_for_a_row(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, until = sandbox._world, clock() + 30.0

    def sleep(seconds: float) -> None:
        clock.advance(seconds)
        if clock() >= until and len(world.started) == 1:
            world.start(chain, world.started[0].user, {}, clock())

    monkeypatch.setattr(account._line, "sleep", sleep)
    plan(sandbox, "all_succeeded", "all_succeeded")
    sandbox.faults.add(faults.drop_before_work(), path="*/start", times=1, after=1)

    result = account.start_many(chain.id, periods(2), max_parallel=1)

    assert len(started(sandbox)) == 2
    assert result["run_id"].isna().tolist() == [False, True]


@pytest.mark.parametrize("arrives", [True, False])
def test_a_lost_answer_is_looked_up_and_its_row_never_started_twice(
    arrives: bool, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fault = faults.drop_after_work() if arrives else faults.drop_before_work()
    plan(sandbox, *["all_succeeded"] * 3, seconds=100.0)
    sandbox.faults.add(fault, path="*/start", times=1, after=1)

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = account.start_many(chain.id, periods(3))

    assert len(started(sandbox)) == 2 + arrives
    assert any("is taken for ours" in str(each.message) for each in said) is arrives
    assert result["run_id"].notna().tolist() == [True, arrives, True]
    if not arrives:
        assert "shows no run that could be it" in result["run_error"][1]


def test_a_row_of_which_nobody_knows_is_looked_up_again_and_not_started(
    account: OneCloud, sandbox: Sandbox, chain: Chain, go_on: GoOn
) -> None:
    sandbox.faults.add(faults.drop_before_work(), path="*/start", times=1)
    account.start_many(chain.id, periods(2))
    before = len(sandbox.requests)

    result = go_on(periods(2), 1)

    assert "POST start" not in asked(sandbox, since=before)
    assert result["run_error"][0].startswith("The answer to an earlier, equal start")
    assert not result["run_ok"][0]
    assert len(started(sandbox)) == 1


def test_a_run_that_shows_up_late_is_found_by_the_same_call(
    account: OneCloud, sandbox: Sandbox, chain: Chain, go_on: GoOn
) -> None:
    hidden = faults.html_instead()
    sandbox.faults.add(faults.drop_after_work(), path="*/start", times=1)
    sandbox.faults.add(hidden, path="*/history", times=12, after=1)
    first = account.start_many(chain.id, periods(1))
    sandbox.faults.clear()

    with pytest.warns(OneCloudWarning, match="goes on"):
        second = account.start_many(chain.id, periods(1))

    assert first["run_id"].isna().all()
    assert second["run_id"].tolist() == started(sandbox)
    assert len(started(sandbox)) == 1


def test_what_is_not_known_is_settled_before_anything_is_started(
    account: OneCloud, sandbox: Sandbox, chain: Chain, go_on: GoOn
) -> None:
    plan(sandbox, "all_succeeded", "all_succeeded", seconds=600.0)
    sandbox.faults.add(faults.status(403), path="*/start", times=1)
    sandbox.faults.add(faults.drop_after_work(), path="*/start", times=1, after=1)
    sandbox.faults.add(faults.html_instead(), path="*/history", times=12, after=1)
    first = account.start_many(chain.id, periods(2))
    sandbox.faults.clear()

    second = go_on(periods(2), 0, max_parallel=1)

    assert first["run_id"].isna().all()
    assert second["run_ok"].all()
    assert most_at_once(sandbox) == 1


def test_several_runs_that_may_be_it_are_named_in_the_error_of_the_row(
    account: OneCloud, sandbox: Sandbox, chain: Chain, go_on: GoOn
) -> None:
    def doubled(request: Any, work: faults.Work) -> Any:
        work()
        work()
        raise faults.Dropped

    sandbox.faults.add(doubled, path="*/start", times=1)

    result = account.start_many(chain.id, periods(1))

    again = go_on(periods(1), 0)

    assert all(run in result["run_error"][0] for run in started(sandbox))
    assert all(run in again["run_error"][0] for run in started(sandbox))
    assert len(started(sandbox)) == 2


def test_outputs_that_could_not_be_read_are_read_by_the_same_call(
    account: OneCloud, sandbox: Sandbox, chain: Chain, go_on: GoOn
) -> None:
    plan(sandbox, "all_succeeded", seconds=10.0)
    plan(sandbox, "all_succeeded", seconds=100.0)
    sandbox.faults.add(faults.status(502), path="*/nodes")

    with pytest.warns(OneCloudWarning, match="What 2 of the runs brought forth is missing"):
        first = account.start_many(chain.id, periods(2))
    sandbox.faults.clear()
    tried = asked(sandbox).count("GET nodes")
    second = go_on(periods(2), 2)

    assert tried == 2 * 2 * 3  # rows, times, and what any read is repeated
    assert first["run_ok"].all()
    assert first.filter(like="output.").empty
    assert second.filter(like="output.").notna().any(axis=1).all()
    assert len(started(sandbox)) == 2


def test_the_name_of_a_batch_tells_nobody_who_lacks_the_ledger_a_secret(
    account: OneCloud, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = account.prepare(chain.id).target

    def name(**inputs: str) -> str:
        starts = Starts(Home.find(), "the same account")
        desk: Any = SimpleNamespace(starts=starts)
        return named(desk, target, [Inputs(inputs)], ["0"]).name

    here = [name(period="2026-10"), name(password="1234")]  # noqa: S106  # to be guessed
    ledger = Home.find().starts
    ledger.rename(ledger.with_name("another"))
    there = [name(period="2026-10"), name(password="1234")]  # noqa: S106  # to be guessed

    assert here[0] == there[0]
    assert here[1] != there[1]


@pytest.mark.parametrize("told", [{"id": "1", "state": "errored"}, {"state": "sleeping"}])
def test_an_answer_of_another_run_or_moment_is_not_taken_for_its_outputs(
    told: dict[str, str], account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def wrong(request: Request, work: faults.Work) -> Reply:
        return json_reply({"data": {"id": request.path.split("/")[-2], **told}})

    plan(sandbox, "all_succeeded")
    sandbox.faults.add(wrong, path="*/nodes", times=1)

    result = account.start_many(chain.id, periods(1))

    assert result["run_id"].tolist() == started(sandbox)
    assert result["run_ok"].all()
    # What is said of another run that has ended is kept as an answer, and is not asked for again.
    assert result.filter(like="output.").empty is ("id" in told)


def test_no_secret_of_a_row_is_in_the_ledger(
    account: OneCloud, sandbox: Sandbox, chain: Chain, home: Any
) -> None:
    frame = periods(2).assign(db_password=["swordfish-1", "swordfish-2"])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = account.start_many(chain.id, frame)

    assert b"swordfish" not in ledger_bytes(Home(home))
    assert [each.batch is not None for each in account.starts.mine()] == [True, True]
    assert result["run_error"].str.contains("no runtime variable").all()
    assert steps(account) == ["refused", "refused"]
