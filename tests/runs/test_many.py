"""Many runs at once: a run for each row, so many at a time, and what came of each."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError
from onecloud_magic.frames import TABLES, Rows
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from tests.account.conftest import NewSandbox, SignIn
from tests.conftest import Clock

from .conftest import asked, chain_of, started
from .many import given, most_at_once, periods, plan

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
STATES = Rows("runs").frame()["state"].cat.categories
DTYPES = {
    "run_id": "string",
    "run_state": TABLES["runs"].dtypes["state"],
    "run_ok": "boolean",
    "run_start_at": "datetime64[us, UTC]",
    "run_end_at": "datetime64[us, UTC]",
    "run_duration": "timedelta64[us]",
    "run_error": "string",
}


@pytest.fixture
def limited(new_sandbox: NewSandbox) -> Sandbox:
    """One whose quota is that of the real service."""
    return new_sandbox(burst_limit=100)


@pytest.mark.parametrize("seconds", [0.2, 5.0, 30.0])
def test_forty_rows_end_with_forty_results_inside_the_quota(
    seconds: float, limited: Sandbox, sign_in: SignIn, clock: Clock
) -> None:
    account, chain = sign_in(limited, burst_limit=100), chain_of(limited)
    plan(limited, *["all_succeeded"] * 40, seconds=seconds)
    began = clock()

    result = account.start_many(chain.id, periods(40), max_parallel=5)

    assert result["run_ok"].all()
    assert result["run_id"].nunique() == len(started(limited)) == 40
    assert most_at_once(limited) == 5
    assert not [each for each in limited.requests if each.status == 422]
    assert asked(limited).count("POST start") == asked(limited).count("GET nodes") == 40
    assert asked(limited).count("GET history") <= 2 * 40
    assert clock() - began < 8 * max(seconds, 2.0) + 8 * 15


def test_the_result_is_the_frame_with_its_runs_beside_it(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    plan(sandbox, "all_succeeded", "errored", "warned")
    frame = periods(3).set_index(pd.Index(["a", "b", "c"], name="key"))
    before = frame.copy()

    result = account.start_many(chain.id, frame)

    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(result[["period"]], before)
    assert list(result.columns[1:8]) == list(DTYPES)
    assert all(name.startswith("output.") for name in result.columns[8:])
    assert result["run_ok"].tolist() == [True, False, True]
    assert result["run_state"].tolist() == ["all_succeeded", "errored", "warned"]
    assert (result["run_duration"] == pd.Timedelta(seconds=30)).all()
    assert result["run_error"].isna().tolist() == [True, False, True]
    assert str(result.loc["b", "run_error"]).startswith("failed: ")


def test_a_row_has_what_the_nodes_of_its_run_brought_forth(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    plan(sandbox, "all_succeeded", "all_succeeded")

    result = account.start_many(chain.id, periods(2))

    for _, row in result.iterrows():
        told = account.outputs(row["run_id"]).dropna(subset="name")
        last = dict(zip(told["name"], told["value"], strict=True))
        assert last
        assert {name: row[f"output.{name}"] for name in last} == last


@pytest.mark.parametrize("rows", [0, 2])
def test_dtypes_are_the_same_with_rows_and_without(
    rows: int, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    result = account.start_many(chain.id, periods(2).iloc[:rows])

    assert {name: str(result[name].dtype) for name in DTYPES} == DTYPES
    assert all(str(result[name].dtype) == "string" for name in result.filter(like="output."))
    assert list(result["run_state"].cat.categories) == list(STATES)
    assert len(started(sandbox)) == rows


def test_no_more_than_asked_are_live_at_once(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    plan(sandbox, *["all_succeeded"] * 7)

    account.start_many(chain.id, periods(7), max_parallel=2)

    assert most_at_once(sandbox) == 2
    assert given(sandbox) == periods(7).to_dict("records")


def test_one_look_tells_of_all_live_runs(account: OneCloud, sandbox: Sandbox, chain: Chain) -> None:
    plan(sandbox, *["all_succeeded"] * 10, seconds=60.0)

    account.start_many(chain.id, periods(10), max_parallel=10)

    calls = asked(sandbox)
    assert calls.count("POST start") == calls.count("GET nodes") == 10
    assert calls.count("GET history") <= 13
    assert not [each for each in calls if each.startswith("GET 9")]


def test_looks_are_never_less_than_two_seconds_apart(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds)

    monkeypatch.setattr(account._line, "sleep", sleep)
    for number in range(8):
        plan(sandbox, "all_succeeded", seconds=5.0 + 7 * number)

    account.start_many(chain.id, periods(8), max_parallel=4)

    assert min(slept) == 2.0
    assert max(slept) <= 15.0


def test_the_chain_is_confirmed_once_and_not_for_each_row(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.start_many(chain.id, periods(5))

    assert asked(sandbox).count(f"GET {chain.id}") == 1


@pytest.mark.parametrize("most", [0, -1, 1.5, None, "3", True])
def test_a_number_at_once_that_cannot_be_is_refused(
    most: Any, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    with pytest.raises(UsageError, match="max_parallel"):
        account.start_many(chain.id, periods(1), max_parallel=most)

    assert not sandbox.requests
