"""The same rows go on with a batch that was cut short: no row is started twice, none is lost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.runs import Starts
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from tests.conftest import Clock

from .conftest import GoOn, Interrupt, asked, started
from .many import cut_short, given, most_at_once, periods, plan

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:The service gives inputs no names"),
]


def test_ctrl_c_starts_nothing_more_and_says_how_many_run_on(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    interrupt: Interrupt,
    go_on: GoOn,
) -> None:
    plan(sandbox, *["all_succeeded"] * 5, seconds=100.0)
    interrupt(2)

    said = cut_short(account, chain, periods(5), max_parallel=2)

    assert said == "Interrupted. Of 5 rows 0 have ended, 2 run on, 3 have no run."
    assert len(started(sandbox)) == 2
    result = go_on(periods(5), 2, max_parallel=2)
    assert given(sandbox) == periods(5).to_dict("records")
    assert result["run_id"].tolist() == started(sandbox)
    assert result["run_ok"].all()
    assert most_at_once(sandbox) == 2


def test_ctrl_c_while_a_start_is_under_way_loses_nothing(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    go_on: GoOn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    became, calls = Starts.became, []

    def pressed(*told: Any) -> None:
        calls.append(told)
        if len(calls) == 2:
            raise KeyboardInterrupt
        became(*told)

    monkeypatch.setattr(Starts, "became", pressed)
    plan(sandbox, *["all_succeeded"] * 4, seconds=100.0)

    said = cut_short(account, chain, periods(4))

    assert f"run {started(sandbox)[1]} was started" in said
    assert "0 have ended, 2 run on, 2 have no run" in said
    result = go_on(periods(4), 2)
    assert result["run_id"].tolist() == started(sandbox)
    assert len(started(sandbox)) == 4


def test_runs_that_ended_meanwhile_are_not_asked_for_one_by_one(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    interrupt: Interrupt,
    go_on: GoOn,
    clock: Clock,
) -> None:
    plan(sandbox, *["all_succeeded"] * 4, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(4), max_parallel=4)
    clock.advance(300.0)
    before = len(sandbox.requests)

    result = go_on(periods(4), 4)

    assert result["run_ok"].all()
    assert sorted(set(asked(sandbox, since=before))) == [
        f"GET {chain.environment_id}",
        f"GET {chain.id}",
        "GET history",
        "GET nodes",
    ]
    assert asked(sandbox, since=before).count("GET history") == 1


def test_the_same_rows_start_anew_once_a_batch_is_over(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    first = account.start_many(chain.id, periods(2))
    second = account.start_many(chain.id, periods(2))

    assert not set(first["run_id"]) & set(second["run_id"])
    assert len(started(sandbox)) == 4


def test_again_starts_all_anew_whatever_lives(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    plan(sandbox, *["all_succeeded"] * 4, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(2))

    result = account.start_many(chain.id, periods(2), again=True)

    assert result["run_id"].tolist() == started(sandbox)[2:]
    assert len(started(sandbox)) == 4


def test_a_call_with_again_goes_on_without_it(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt, go_on: GoOn
) -> None:
    plan(sandbox, *["all_succeeded"] * 2, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(2), again=True)  # which looks at what is said of it

    assert go_on(periods(2), 2)["run_id"].tolist() == started(sandbox)


def test_rows_in_another_order_are_the_same_rows(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    interrupt: Interrupt,
    go_on: GoOn,
) -> None:
    plan(sandbox, *["all_succeeded"] * 4, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, periods(4), max_parallel=2)

    result = go_on(periods(4).iloc[::-1], 2)

    assert len(started(sandbox)) == 4
    told = dict(zip(result["period"], result["run_id"], strict=True))
    assert [told[str(each["period"])] for each in given(sandbox)] == started(sandbox)


def test_equal_rows_are_started_as_often_as_they_are_there(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    interrupt: Interrupt,
    go_on: GoOn,
) -> None:
    frame = pd.concat([periods(1)] * 3)
    plan(sandbox, *["all_succeeded"] * 3, seconds=100.0)
    interrupt(1)
    cut_short(account, chain, frame, max_parallel=2)

    result = go_on(frame, 2)

    assert sorted(result["run_id"]) == started(sandbox)
    assert len(started(sandbox)) == 3


def test_a_refused_row_is_tried_again_and_no_other(
    account: OneCloud, sandbox: Sandbox, chain: Chain, go_on: GoOn
) -> None:
    sandbox.faults.add(faults.status(403), path="*/start", times=1, after=1)
    account.start_many(chain.id, periods(3))

    result = go_on(periods(3), 2)

    assert result["run_id"].notna().all()
    assert len(started(sandbox)) == 3
