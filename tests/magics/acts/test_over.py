"""`--over FRAME`: a run for each row, and a cell that fails where a row does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import ChainRunFailed, UsageError
from onecloud_magic.magics.over import inputs_over, run_over
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.company import Chain
from tests.runs.conftest import chain_of, started

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
NAMES: dict[str, Any] = {"months": pd.DataFrame({"period": ["2026-10", "2026-11"]}), "one": 1}


@pytest.fixture
def chain(sandbox: Sandbox) -> Chain:
    return chain_of(sandbox)


def test_it_gives_the_frame_with_its_runs(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    for _ in range(2):
        sandbox.plan_next()

    result = run_over(
        account, account.prepare(str(chain.id)).target, "months", NAMES, max_parallel="2"
    )

    assert result["run_id"].tolist() == started(sandbox)
    assert result["period"].tolist() == ["2026-10", "2026-11"]


def test_a_row_that_fails_fails_the_cell_and_the_result_is_on_the_error(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.plan_next("all_succeeded")
    sandbox.plan_next("errored")

    with pytest.raises(
        ChainRunFailed, match="1 of 2 rows did not end well: row 1: failed: "
    ) as bad:
        run_over(account, account.prepare(str(chain.id)).target, "months", NAMES)

    assert bad.value.run["run_id"].tolist() == started(sandbox)
    assert [label for label, _ in bad.value.nodes] == ["1"]


def test_what_would_be_sent_is_told_without_secrets_and_nothing_is_sent(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    days = pd.DataFrame({"day": [pd.Timestamp("2026-10-31"), pd.NaT]}, index=["a", "b"])
    frame = days.assign(password="swordfish")  # noqa: S106  # made up

    told = inputs_over(account, account.prepare(str(chain.id)).target, "days", {"days": frame})

    assert told["day"].tolist() == ["2026-10-31T00:00:00", None]
    assert told["password"].tolist() == ["(secret)"] * 2
    assert told.index.tolist() == ["a", "b"]
    assert started(sandbox) == []


def test_what_the_chain_declares_to_be_secret_is_not_shown_either(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    chain.inputs = tuple(replace(each, data_type="password") for each in chain.inputs)
    [name] = [each.name for each in chain.inputs]
    frame = pd.DataFrame({name: ["swordfish"]})
    target = account.prepare(str(chain.id)).target

    told = inputs_over(account, target, "frame", {"frame": frame})

    assert "swordfish" not in told.to_string()


@pytest.mark.parametrize(
    ("frame", "most", "said"),
    [
        ("weeks", None, "no variable 'weeks'"),
        ("one", None, "frame cannot be this int"),
        ("months", "many", "--max-parallel cannot be 'many'"),
        ("months", "0", "max_parallel cannot be 0"),
    ],
)
def test_what_cannot_be_started_is_said_and_nothing_sent(
    frame: str, most: str | None, said: str, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    target = account.prepare(str(chain.id)).target
    sandbox.requests.clear()

    with pytest.raises(UsageError, match=said):
        run_over(account, target, frame, NAMES, max_parallel=most)

    assert not sandbox.requests
