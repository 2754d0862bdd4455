"""The answer to a start is lost: one run at most, and the caller is told the truth."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from onecloud_magic import OneCloud, OneCloudWarning
from onecloud_magic.errors import StartOutcomeUnknown
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.faults import Dropped, Fault
from onecloud_magic.sandbox.messages import Reply, Request, data
from tests.account.conftest import SignIn

from .conftest import asked, started, steps

INPUTS = {"period": "2026-10"}
TIMEOUT = 0.3
Work = Callable[[], Reply]
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def stall(*, work_first: bool) -> Fault:
    def late(request: Request, work: Work) -> Reply:
        reply = work() if work_first else None
        time.sleep(3 * TIMEOUT)
        if reply is None:
            raise Dropped
        return reply

    return late


def instead(body: object, status: int = 200) -> Fault:
    """Do the work, and answer with something else."""

    def other(request: Request, work: Work) -> Reply:
        return replace(work(), status=status, body=data(body).body)

    return other


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox, timeout=TIMEOUT)


def fail(sandbox: Sandbox, fault: Fault, times: int = 1) -> None:
    sandbox.faults.add(fault, path="*/start", times=times)


def start_posts(sandbox: Sandbox) -> int:
    """How often a start was sent; a stalled one is counted when the sandbox is done with it."""
    until = time.monotonic() + 20
    while "POST start" not in asked(sandbox) and time.monotonic() < until:
        time.sleep(0.02)
    return asked(sandbox).count("POST start")


AFTER_THE_WORK = {
    "dropped": faults.drop_after_work(),
    "cut off": faults.truncated_body(),
    "nothing": faults.empty_body(),
    "html": faults.html_instead(),
    "html 502": faults.html_instead(502),
    "stalled": stall(work_first=True),
    "nonsense 201": instead({"message": "created"}, 201),
    "a list": instead([], 200),
    "another chain's run": instead({"id": "1", "chainId": "1", "state": "sleeping"}),
    "no id": instead({"id": None, "state": "sleeping"}),
}
BEFORE_THE_WORK = {
    "dropped": faults.drop_before_work(),
    "502": faults.status(502),
    "503": faults.status(503),
    "408": faults.status(408),
    "redirect": faults.redirect("https://login.example.com/"),
    "stalled": stall(work_first=False),
}


@pytest.mark.parametrize("fault", AFTER_THE_WORK.values(), ids=AFTER_THE_WORK)
def test_a_run_whose_answer_was_lost_is_found_and_adopted(
    fault: Fault, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, fault)

    with pytest.warns(OneCloudWarning, match="is the only one since then: it is taken for ours"):
        run = account.start(chain.id, inputs=INPUTS)

    assert started(sandbox) == [run.id]
    assert start_posts(sandbox) == 1
    assert run.adopted
    assert steps(account) == ["run"]
    assert "taken for ours" in str(run)


@pytest.mark.parametrize("fault", BEFORE_THE_WORK.values(), ids=BEFORE_THE_WORK)
def test_where_nothing_was_started_nobody_says_that_something_was(
    fault: Fault, account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, fault)

    with pytest.raises(StartOutcomeUnknown, match="shows no run that could be it") as unknown:
        account.start(chain.id, inputs=INPUTS)

    assert not started(sandbox)
    assert start_posts(sandbox) == 1
    assert unknown.value.candidates == ()
    assert f'oc.runs(chain="{chain.id}"' in unknown.value.hint
    assert steps(account) == ["lost"]


def test_the_warning_names_who_started_it_and_when(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    fail(sandbox, faults.drop_after_work())

    with pytest.warns(OneCloudWarning) as said:
        account.start(chain.id, inputs=INPUTS)

    user = sandbox._world.user(sandbox._user_id(None)).name
    assert f"which {user} started at 2026-09-21 14:13:20 UTC" in str(said[-1].message)
    assert said[-1].filename == __file__
