"""A start of which nobody knows is looked for before an equal one is sent, also in rows."""

from __future__ import annotations

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import OneCloudWarning, StartOutcomeUnknown
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from tests.conftest import Clock

from .conftest import Interrupt, fail, started, steps
from .many import SHARED, cut_short, periods, plan

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")
DAY = 86_400.0


@pytest.fixture
def lost(account: OneCloud, sandbox: Sandbox, chain: Chain) -> str:
    """The run of a start that went astray, as its history could not be read either."""
    plan(sandbox, "all_succeeded", seconds=9 * DAY)
    fail(sandbox, faults.drop_after_work())
    sandbox.faults.add(faults.status(503), path="*/history", after=1)
    with pytest.raises(StartOutcomeUnknown):
        account.start(chain.id, inputs={"period": "2000-01"})
    sandbox.faults.clear()
    return started(sandbox)[0]


@pytest.mark.parametrize("later", [0.0, 2 * DAY], ids=["at once", "two days later"])
@pytest.mark.parametrize("others", [0, 60])
def test_it_is_looked_up_before_the_same_is_started(
    account: OneCloud,
    sandbox: Sandbox,
    chain: Chain,
    clock: Clock,
    lost: str,
    later: float,
    others: int,
) -> None:
    world = sandbox._world
    owner = next(each for each in world.company.users.values() if each.name)
    for number in range(others):
        world.start(chain, owner, {"period": f"19{number:02}-01"}, clock() + number / 10)
    clock.advance(later + 60.0)
    ready = account.prepare(chain.id, inputs={"period": "2000-01"})

    with pytest.warns(OneCloudWarning, match=f"Run {lost}, which .+ is taken for ours"):
        run = ready.send(again=False)

    assert run.id == lost
    assert len(started(sandbox)) == 1 + others


def test_a_row_that_may_have_been_started_is_counted_as_that_and_says_how_to_look(
    account: OneCloud, sandbox: Sandbox, chain: Chain, interrupt: Interrupt
) -> None:
    fail(sandbox, faults.drop_before_work())
    plan(sandbox, "all_succeeded", seconds=100.0)
    interrupt(4)  # it is looked for three times

    said = cut_short(account, chain, periods(2))
    result = account.start_many(chain.id, periods(2))

    assert "0 have ended, 1 run on, 0 have no run, 1 may have been started." in said
    assert "oc.runs(chain=" in result["run_error"][0]
    assert result["run_ok"].tolist() == [False, True]


def test_of_equal_rows_none_waits_for_a_lost_start_that_was_made_good(
    account: OneCloud, sandbox: Sandbox, chain: Chain, lost: str
) -> None:
    plan(sandbox, *["all_succeeded"] * 2, seconds=50.0)
    by_hand = account.start(chain.id, inputs={"period": "2000-01"})

    with pytest.warns(OneCloudWarning, match=SHARED.format("1 of 2")):
        result = account.start_many(chain.id, pd.concat([periods(1)] * 2))

    assert sorted(result["run_id"]) == sorted([by_hand.id, started(sandbox)[-1]])
    assert steps(account) == ["lost", "run", "run"]
