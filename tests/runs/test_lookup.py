"""Which run of the history is the one whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.errors import StartOutcomeUnknown
from onecloud_magic.runs import ChainRun
from onecloud_magic.runs.claims import Claim
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.faults import Dropped
from onecloud_magic.sandbox.messages import Reply, Request, data
from tests.account.conftest import SignIn
from tests.conftest import Clock

from .conftest import fail, somebody_starts, started, steps

INPUTS = {"period": "2026-10"}
TIMEOUT = 0.3
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
Work = Callable[[], Reply]
TOLD = b'"runtimeVariables":{"period":"1999-01"}'


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox, timeout=TIMEOUT)


@pytest.mark.parametrize("how", ["schedule", "trigger", "trigger_event", "slack"])
def test_what_others_launched_is_never_ours(
    how: str, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def drop(request: Request, work: Work) -> Reply:
        somebody_starts(sandbox, chain, how)
        raise Dropped

    fail(sandbox, drop)

    with pytest.raises(StartOutcomeUnknown, match="no run that could be it"):
        account.start(chain.id, inputs=INPUTS)


def test_a_run_of_the_same_second_that_was_there_before_is_never_ours(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    somebody_starts(sandbox, chain)
    fail(sandbox, faults.drop_before_work())

    with pytest.raises(StartOutcomeUnknown, match="no run that could be it"):
        account.start(chain.id, inputs=INPUTS)


def test_a_run_of_another_user_is_not_ours_once_we_know_who_we_are(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.start(chain.id)

    def drop(request: Request, work: Work) -> Reply:
        somebody_starts(sandbox, chain, other_user=True)
        raise Dropped

    fail(sandbox, drop)

    with pytest.raises(StartOutcomeUnknown, match="no run that could be it"):
        account.start(chain.id, inputs=INPUTS)


def test_two_runs_that_could_be_it_are_both_told_and_none_is_chosen(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def drop(request: Request, work: Work) -> Reply:
        work()
        somebody_starts(sandbox, chain)
        raise Dropped

    fail(sandbox, drop)

    with pytest.raises(StartOutcomeUnknown, match="does not tell which run is it") as unknown:
        account.start(chain.id, inputs=INPUTS)

    assert sorted(run.id for run in unknown.value.candidates) == sorted(started(sandbox))
    assert all(isinstance(run, ChainRun) for run in unknown.value.candidates)


def test_of_two_runs_the_one_with_our_inputs_is_ours(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def drop(request: Request, work: Work) -> Reply:
        work()
        somebody_starts(sandbox, chain)
        raise Dropped

    fail(sandbox, drop)

    with pytest.warns(OneCloudWarning, match="taken for ours"):
        run = account.start(chain.id, inputs={"period": "2031-01"})

    assert run.id == started(sandbox)[0]


def test_inputs_that_the_history_tells_are_compared(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def telling(request: Request, work: Work) -> Reply:
        reply = work()
        return replace(reply, body=reply.body.replace(b'"launchType"', TOLD + b',"launchType"'))

    sandbox.faults.add(telling, path="*/history")
    fail(sandbox, faults.drop_after_work())

    with pytest.raises(StartOutcomeUnknown, match="no run that could be it"):
        account.start(chain.id, inputs=INPUTS)


def test_a_run_that_shows_up_late_is_found(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def empty(request: Request, work: Work) -> Reply:
        return replace(work(), body=data({"cursor": "", "chainExecutors": []}).body)

    fail(sandbox, faults.drop_after_work())
    sandbox.faults.add(empty, path="*/history", times=2, after=1)

    with pytest.warns(OneCloudWarning, match="taken for ours"):
        run = account.start(chain.id, inputs=INPUTS)

    assert started(sandbox) == [run.id]


def test_a_history_that_cannot_be_read_is_said_and_nothing_is_claimed(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, faults.drop_after_work())
    sandbox.faults.add(faults.status(502), path="*/history", after=1)

    with pytest.raises(StartOutcomeUnknown, match=r"history cannot be read: .* answered 502"):
        account.start(chain.id, inputs=INPUTS)

    assert len(started(sandbox)) == 1


def test_a_service_that_tells_no_time_is_looked_at_by_our_own(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.faults.add(faults.header_missing("Date"))
    somebody_starts(sandbox, chain)
    fail(sandbox, faults.drop_after_work())

    with pytest.warns(OneCloudWarning, match="taken for ours"):
        run = account.start(chain.id, inputs=INPUTS)

    assert run.id == started(sandbox)[-1]


def test_clocks_that_are_an_hour_apart_do_not_matter(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    sandbox.clock = lambda: clock() + 3600.0
    fail(sandbox, faults.drop_after_work())

    with pytest.warns(OneCloudWarning, match="taken for ours"):
        account.start(chain.id, inputs=INPUTS)


def test_a_run_that_another_start_of_ours_became_is_not_adopted(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    """Another kernel's start is answered while ours is lost before the work."""
    other = account.prepare(chain.id, inputs=INPUTS)

    def drop(request: Request, work: Work) -> Reply:
        other.send()
        raise Dropped

    ready = account.prepare(chain.id, inputs=INPUTS)
    fail(sandbox, drop)

    with pytest.raises(StartOutcomeUnknown, match="no run that could be it"):
        ready.send()

    assert len(started(sandbox)) == 1
    assert sorted(steps(account)) == ["lost", "run"]


def test_while_an_equal_start_is_under_way_its_run_is_not_taken(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = [account.prepare(chain.id, inputs=INPUTS) for _ in range(2)]
    first, _ = account.starts.ask(ready[0].target, ready[0].inputs, claim=Claim())
    account.starts.sending(first, sandbox.clock(), [])

    def drop(request: Request, work: Work) -> Reply:
        somebody_starts(sandbox, chain)  # the one under way
        raise Dropped

    fail(sandbox, drop)

    with pytest.raises(StartOutcomeUnknown, match="does not tell") as unknown:
        ready[1].send()

    assert len(unknown.value.candidates) == 1
