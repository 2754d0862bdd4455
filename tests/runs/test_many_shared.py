"""Rows that were started already, alone or with others: they have those runs while these live."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import OneCloudWarning
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from tests.account.conftest import NewSandbox, SignIn
from tests.conftest import Clock

from .conftest import GoOn, Interrupt, chain_of, started
from .many import SHARED, cut_short, given, periods, plan

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:The service gives inputs no names"),
]
DAY = 86_400.0


def test_rows_of_a_longer_frame_have_the_runs_that_live_already(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    plan(sandbox, *["all_succeeded"] * 3, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(2))

    with pytest.warns(OneCloudWarning, match=SHARED.format("2 of 3")):
        result = account.start_many(chain.id, periods(3))

    assert given(sandbox) == periods(3).to_dict("records")
    assert result["run_id"].tolist() == started(sandbox)


def test_a_row_has_the_run_that_was_started_by_itself_and_keeps_it(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt, go_on: GoOn
) -> None:
    plan(sandbox, *["all_succeeded"] * 2, seconds=100.0)
    alone = account.start(chain.id, inputs={"period": "2001-01"})
    interrupt(1)
    with pytest.warns(OneCloudWarning, match=SHARED.format("1 of 2")):
        cut_short(account, chain, periods(2))
    alone.wait()

    result = go_on(periods(2), 2)

    assert result["run_id"].tolist() == [started(sandbox)[1], alone.id]
    assert len(started(sandbox)) == 2


def test_a_row_that_has_its_run_takes_no_other(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    plan(sandbox, *["all_succeeded"] * 3, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(2))
    account.start(chain.id, inputs={"period": "2000-01"})

    with pytest.warns(OneCloudWarning) as said:
        result = account.start_many(chain.id, periods(2))

    assert not [each for each in said if "started already" in str(each.message)]
    assert result["run_id"].tolist() == started(sandbox)[:2]


def test_each_of_equal_rows_has_a_run_of_its_own_wherever_it_was_started(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    plan(sandbox, *["all_succeeded"] * 3, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, pd.concat([periods(1)] * 2))

    with pytest.warns(OneCloudWarning, match=SHARED.format("2 of 3")):
        result = account.start_many(chain.id, pd.concat([periods(1)] * 3))

    assert sorted(result["run_id"]) == started(sandbox)
    assert len(started(sandbox)) == 3


def test_rows_of_another_chain_are_other_rows(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    other = chain_of(sandbox, concurrency_enabled=False)
    plan(sandbox, *["all_succeeded"] * 4, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(2))

    account.start_many(other.id, periods(2))

    assert len(started(sandbox)) == 4


# ---- that lived, and do no more


def test_a_run_that_has_ended_unseen_is_shared_by_no_row(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    plan(sandbox, "errored")
    account.start(chain.id, inputs={"period": "2000-01"})
    clock.advance(3 * DAY)

    with warnings.catch_warnings():
        warnings.filterwarnings("error", "1 of 1 rows")
        result = account.start_many(chain.id, periods(1), stop_on_failure=True)

    assert result["run_id"].tolist() == started(sandbox)[1:]


def test_a_run_that_the_service_keeps_no_more_is_shared_by_no_row(
    account: OneCloud, sandbox: Sandbox, chain: Chain, clock: Clock
) -> None:
    forgotten = account.start(chain.id, inputs={"period": "2000-01"}).id
    clock.advance(40 * DAY)
    sandbox._world.started[0].chain = chain_of(sandbox, concurrency_enabled=False)
    sandbox.faults.add(faults.status(404), path=f"*/chain_run/{forgotten}*")

    result = account.start_many(chain.id, periods(2))

    assert forgotten not in set(result["run_id"])
    assert result["run_ok"].all()


def test_a_batch_ends_though_one_of_its_runs_is_kept_no_more(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt, go_on: GoOn
) -> None:
    plan(sandbox, *["all_succeeded"] * 2, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(2))
    sandbox._world.started[0].chain = chain_of(sandbox, concurrency_enabled=False)
    sandbox.faults.add(faults.status(404), path="*/chain_run/9000001*")

    result = go_on(periods(2), 2)
    again = account.start_many(chain.id, periods(2))

    assert result["run_ok"].tolist() == [False, True]
    assert again["run_ok"].all()


@pytest.fixture
def at_first_sleep(
    account: OneCloud, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], object]], None]:
    """Let something happen while a batch sleeps for the first time."""

    def set_up(happens: Callable[[], object]) -> None:
        left = [happens]

        def sleep(seconds: float) -> None:
            clock.advance(seconds)
            if left:
                left.pop()()

        monkeypatch.setattr(account._line, "sleep", sleep)

    return set_up


def test_what_is_started_while_its_row_waits_is_taken_and_said(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    at_first_sleep: Callable[[Callable[[], object]], None],
) -> None:
    plan(sandbox, "all_succeeded", seconds=20.0)
    plan(sandbox, "all_succeeded", seconds=500.0)
    at_first_sleep(lambda: account.start(chain.id, inputs={"period": "2001-01"}))

    with pytest.warns(OneCloudWarning, match="Row 1 was started already, as run 9000002; again"):
        result = account.start_many(chain.id, periods(2), max_parallel=1)

    assert result["run_id"].tolist() == started(sandbox)
    assert len(started(sandbox)) == 2


def test_a_run_that_vanishes_while_it_is_followed_is_told_and_ends_its_row(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    at_first_sleep: Callable[[Callable[[], object]], None],
) -> None:
    other = chain_of(sandbox, concurrency_enabled=False)
    plan(sandbox, *["all_succeeded"] * 2, seconds=100.0)
    sandbox.faults.add(faults.status(404), path="*/chain_run/9000001*")
    at_first_sleep(lambda: setattr(sandbox._world.started[0], "chain", other))

    result = account.start_many(chain.id, periods(2))
    again = account.start_many(chain.id, periods(2))

    assert "Run 9000001 cannot be followed" in result["run_error"][0]
    assert account.starts.live() == []
    assert again["run_ok"].all()


# ---- what is equal


def test_a_column_that_gets_a_gap_has_the_same_numbers(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    plan(sandbox, *["all_succeeded"] * 3, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, pd.DataFrame({"period": [2000, 2001]}))

    with pytest.warns(OneCloudWarning, match=SHARED.format("2 of 3")):
        account.start_many(chain.id, pd.DataFrame({"period": [2000, 2001, None]}))

    assert [each["period"] for each in given(sandbox)] == [2000, 2001, None]


def test_rows_of_another_account_in_the_same_home_are_other_rows(
    new_sandbox: NewSandbox, sign_in: SignIn, interrupt_in: Any
) -> None:
    boxes = [new_sandbox(), new_sandbox()]
    accounts = [sign_in(box, f"of-{number}") for number, box in enumerate(boxes)]
    chains = [chain_of(box) for box in boxes]
    alone = []
    for account, box, chain in zip(accounts, boxes, chains, strict=True):
        plan(box, *["all_succeeded"] * 3, seconds=100.0)
        alone.append(account.start(chain.id, inputs={"period": "2000-01"}))
        interrupt_in(account)
        with pytest.warns(OneCloudWarning, match=SHARED.format("1 of 2")):
            cut_short(account, chain, periods(2))
    alone[0].wait()

    with pytest.warns(OneCloudWarning, match="2 of 2 rows have their run"):
        accounts[0].start_many(chains[0].id, periods(2))

    assert len(started(boxes[0])) == 2


def test_of_equal_secrets_one_fingerprint_is_made(
    account: OneCloud, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, real = [], hashlib.pbkdf2_hmac

    def counted(*given: Any) -> bytes:
        made.append(given)
        return real(*given)

    monkeypatch.setattr(hashlib, "pbkdf2_hmac", counted)
    frame = periods(5).assign(db_password="the same for all")  # noqa: S106  # made up

    account.start_many(chain.id, frame)

    assert len(made) == 1
