"""Many runs at once where something goes wrong: refusals, failures, turns, a service away."""

from __future__ import annotations

from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.api import Transport
from onecloud_magic.errors import QuotaExceeded, Unreachable
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Reply, Request, json_reply
from tests.account.conftest import NewSandbox, SignIn
from tests.conftest import Clock

from .conftest import asked, chain_of, started, steps
from .many import given, most_at_once, periods, plan

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:The service gives inputs no names"),
]


def test_a_chain_that_runs_once_at_a_time_is_waited_for(
    account: OneCloud, sandbox: Sandbox
) -> None:
    chain = chain_of(sandbox, concurrency_enabled=False)
    plan(sandbox, *["all_succeeded"] * 5)

    result = account.start_many(chain.id, periods(5), max_parallel=3)

    assert result["run_ok"].all()
    assert len(started(sandbox)) == 5
    assert most_at_once(sandbox) == 1
    assert asked(sandbox).count("POST start") == 6  # one was refused, and then it was known


def test_somebody_elses_run_of_such_a_chain_is_waited_for_politely(
    account: OneCloud, sandbox: Sandbox, sign_in: SignIn
) -> None:
    chain = chain_of(sandbox, concurrency_enabled=False)
    plan(sandbox, "all_succeeded", seconds=600.0)
    world = sandbox._world
    world.start(chain, world.user(7), {}, sandbox.clock())
    sandbox.requests.clear()

    result = account.start_many(chain.id, periods(2))

    assert result["run_ok"].all()
    calls = asked(sandbox)
    assert calls.count("POST start") == 3 + 1 * (calls.count("POST start") == 4)
    assert calls.count("GET history") < 80


def test_a_refusal_is_the_error_of_its_row_alone(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.faults.add(faults.status(403), path="*/start", times=1, after=1)

    result = account.start_many(chain.id, periods(3))

    assert result["run_ok"].fillna(False).tolist()[1] is False
    assert result["run_id"].isna().tolist() == [False, True, False]
    assert "does not let this user in" in result["run_error"][1]
    assert len(started(sandbox)) == 2


def test_a_failure_stops_nothing(account: OneCloud, sandbox: Sandbox, chain: Chain) -> None:
    plan(sandbox, *["errored"] * 4)

    result = account.start_many(chain.id, periods(4), max_parallel=1)

    assert len(started(sandbox)) == 4
    assert not result["run_ok"].any()


def test_with_stop_on_failure_rows_not_begun_stay_without_a_run(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    plan(sandbox, "errored", "all_succeeded", seconds=30.0)

    result = account.start_many(chain.id, periods(5), max_parallel=2, stop_on_failure=True)

    assert len(started(sandbox)) == 2
    assert result["run_ok"].tolist() == [False, True, False, False, False]
    assert result["run_error"][4] == "Not begun: row 0 failed, and stop_on_failure was asked."
    assert result["run_state"].isna().tolist() == [False, False, True, True, True]


def test_a_refusal_stops_what_is_not_begun_where_that_is_asked(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.faults.add(faults.status(403), path="*/start", times=1)

    result = account.start_many(chain.id, periods(3), stop_on_failure=True)

    assert not started(sandbox)
    assert result["run_error"].str.startswith("Not begun: row 0 failed").tolist() == [
        False,
        True,
        True,
    ]


def test_a_quota_that_is_spent_ends_it_and_says_what_goes_on(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox(daily_limit=30)
    account, chain = sign_in(sandbox, daily_limit=30), chain_of(sandbox)
    plan(sandbox, *["all_succeeded"] * 9)

    with pytest.raises(QuotaExceeded) as spent:
        account.start_many(chain.id, periods(9))

    begun = len(started(sandbox))
    assert 0 < begun < 9
    assert f"{9 - begun} have no run." in spent.value.hint


def test_after_such_a_stop_the_same_rows_go_on_with_those_not_begun(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    plan(sandbox, "errored", *["all_succeeded"] * 3)
    frame = periods(4)
    account.start_many(chain.id, frame, max_parallel=1, stop_on_failure=True)

    with pytest.warns(OneCloudWarning, match="1 of 4 rows have their run"):
        result = account.start_many(chain.id, frame, max_parallel=1, stop_on_failure=True)

    assert given(sandbox) == frame.to_dict("records")
    assert result["run_ok"].tolist() == [False, True, True, True]


def test_a_service_that_is_away_for_a_while_is_survived(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    plan(sandbox, *["all_succeeded"] * 3, seconds=60.0)
    sandbox.faults.add(faults.status(502), path="*/history", times=6, after=2)

    with pytest.warns(OneCloudWarning, match="goes on as soon as the service answers"):
        result = account.start_many(chain.id, periods(3))

    assert result["run_ok"].all()


def test_a_start_that_cannot_even_be_sent_is_tried_again(
    account: OneCloud, sandbox: Sandbox, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, left = Transport._exchange, [3]

    def away(transport: Transport, asked: Any, trip: Any) -> Any:
        if asked.operation.id == "startChain" and left[0]:
            left[0] -= 1
            return Unreachable("There is no network.", sent=False)
        return exchange(transport, asked, trip)

    monkeypatch.setattr(Transport, "_exchange", away)
    plan(sandbox, *["all_succeeded"] * 2, seconds=60.0)

    with pytest.warns(OneCloudWarning, match="There is no network"):
        result = account.start_many(chain.id, periods(2))

    assert result["run_ok"].all()
    assert given(sandbox) == periods(2).to_dict("records")
    assert steps(account) == ["unsent"] * 3 + ["run"] * 2


def test_a_service_that_stays_away_ends_the_wait_and_loses_nothing(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    plan(sandbox, *["all_succeeded"] * 3, seconds=60.0)
    sandbox.faults.add(faults.status(502), path="*/history", after=2)

    with (
        pytest.warns(OneCloudWarning, match="goes on as soon as the service answers"),
        pytest.raises(Unreachable) as away,
    ):
        account.start_many(chain.id, periods(3))

    assert "The same call goes on" in away.value.hint
    sandbox.faults.clear()
    with pytest.warns(OneCloudWarning, match="3 of 3 rows have their run"):
        result = account.start_many(chain.id, periods(3))
    assert result["run_ok"].all()
    assert len(started(sandbox)) == 3


def test_a_run_that_its_history_does_not_show_is_looked_at_alone(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    def hidden(request: Request, work: faults.Work) -> Reply:
        return json_reply({"data": {"cursor": "", "chainExecutors": []}})

    plan(sandbox, *["all_succeeded"] * 2)
    sandbox.faults.add(hidden, path="*/history")

    result = account.start_many(chain.id, periods(2))

    assert result["run_ok"].all()
