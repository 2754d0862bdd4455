"""A start that is asked for again, and what a start is made of before it is sent."""

from __future__ import annotations

import json
import threading
import warnings
from typing import Any

import pytest
from urllib3.util.retry import Retry

from onecloud_magic import OneCloud, OneCloudError, OneCloudWarning
from onecloud_magic.errors import (
    Unreachable,
    UsageError,
)
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from tests.account.conftest import NewSandbox, SignIn

from .conftest import chain_of, started, steps

INPUTS = {"period": "2026-10"}
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def posted(sandbox: Sandbox) -> list[Any]:
    return [json.loads(each.body) for each in sandbox.requests if each.path.endswith("/start")]


def names(chain: Chain) -> set[str]:
    return {each.name for each in chain.inputs}


def test_where_inputs_have_names_an_unknown_key_is_refused_unsent(
    new_sandbox: NewSandbox, sign_in: SignIn
) -> None:
    sandbox = new_sandbox(input_names=True)
    account, chain = sign_in(sandbox), chain_of(sandbox)

    with pytest.raises(UsageError, match="no input 'perid'"):
        account.start(chain.id, inputs={"perid": "2026-10"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = account.start(chain.id, inputs={"PERIOD": "2026-10"})

    assert run.inputs == {"period": "2026-10"}
    assert len(posted(sandbox)) == 1


@pytest.mark.filterwarnings("default:The service gives inputs no names")
def test_keys_that_nobody_can_check_are_said_once_and_not_again_once_taken(
    account: OneCloud, chain: Chain
) -> None:
    with pytest.warns(OneCloudWarning, match="period could not be checked"):
        account.start(chain.id, inputs=INPUTS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        account.start(chain.id, inputs={"Period": "2026-11"})

    assert account.starts.mine()[0].shown_inputs == {"period": "2026-11"}


def test_no_adapter_of_ours_repeats_anything(account: OneCloud) -> None:
    retries = account._line.transport._adapter.max_retries

    assert isinstance(retries, Retry)
    assert (retries.total, retries.read) == (0, False)


def test_a_connection_that_is_refused_started_nothing_and_says_so(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    sandbox.stop()
    account._line.transport.close()

    with pytest.raises(Unreachable) as failed:
        ready.send()

    assert failed.value.hint.startswith("Nothing was started.")
    assert steps(account) == ["unsent"]


def test_the_user_is_known_from_the_first_run_and_outlasts_the_process(
    account: OneCloud, sandbox: Sandbox, chain: Chain, sign_in: SignIn
) -> None:
    assert account.session.user is None
    run = account.start(chain.id, inputs=INPUTS)

    assert account.session.user == run.facts.user_name != ""
    account.logout()
    assert account.session.user is None
    assert sign_in(sandbox).session.user == run.facts.user_name


def test_what_would_be_sent_can_be_looked_at_and_is_not_sent(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs={**INPUTS, "api_token": "hunter2"})

    assert ready.target.chain == chain.name
    assert ready.inputs.shown == {**INPUTS, "api_token": "(secret)"}
    assert "hunter2" not in repr(ready)
    assert not posted(sandbox)
    assert steps(account) == []


def test_equal_starts_at_once_that_do_not_want_another_are_one(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.plan_next(seconds=10_000)
    ready = [account.prepare(chain.id, inputs=INPUTS) for _ in range(4)]
    barrier, runs = threading.Barrier(4), []

    def go(start: Any) -> None:
        barrier.wait()
        runs.append(start.send(again=False))

    threads = [threading.Thread(target=go, args=(each,)) for each in ready]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len({run.id for run in runs}) == len(started(sandbox)) == 1
    assert [run.earlier for run in runs].count(False) == 1


def test_an_equal_start_whose_run_has_ended_starts_anew(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    first = account.start(chain.id, inputs=INPUTS).wait(raise_on_failure=False)
    second = account.prepare(chain.id, inputs=INPUTS).send(again=False)

    assert started(sandbox) == [first.id, second.id]
    assert not second.earlier


def test_other_inputs_are_another_start(account: OneCloud, sandbox: Sandbox, chain: Chain) -> None:
    sandbox.plan_next(seconds=10_000)
    account.start(chain.id, inputs=INPUTS)

    account.prepare(chain.id, inputs={"period": "2026-11"}).send(again=False)

    assert len(started(sandbox)) == 2


def test_a_row_of_a_batch_is_started_once_also_where_its_run_has_ended(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    first = ready.send(again=False, batch=("twelve periods", 0)).wait(raise_on_failure=False)

    again = ready.send(again=False, batch=("twelve periods", 0))
    other = ready.send(again=False, batch=("twelve periods", 1))

    assert (again.id, again.earlier, again.done) == (first.id, True, True)
    assert started(sandbox) == [first.id, other.id]


def test_a_row_of_a_batch_that_was_refused_may_be_started_again(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    ready = account.prepare(chain.id, inputs=INPUTS)
    sandbox.faults.add(faults.status(403), path="*/start", times=1)
    with pytest.raises(OneCloudError, match="does not let this user in") as refused:
        ready.send(again=False, batch=("b", 0))

    run = ready.send(again=False, batch=("b", 0))

    assert "Nothing was started." in refused.value.hint
    assert started(sandbox) == [run.id]
