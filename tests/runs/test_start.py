"""A start: what is asked before it, what is sent, and what comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onecloud_magic import OneCloud, OneCloudError, OneCloudWarning
from onecloud_magic.errors import (
    Ambiguous,
    ChainStartRefused,
    NotFound,
    Unreachable,
    UsageError,
)
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Request, json_reply

from .conftest import asked, started, steps

INPUTS = {"period": "2026-10"}
pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def posted(sandbox: Sandbox) -> list[Any]:
    return [json.loads(each.body) for each in sandbox.requests if each.path.endswith("/start")]


def names(chain: Chain) -> set[str]:
    return {each.name for each in chain.inputs}


def rate_limit(request: Request, work: object) -> Any:
    told = {"oc-api-burst-remaining": "0", "oc-api-daily-remaining": "900"}
    return json_reply({"error": "Rate limit exceeded"}, 422, **told)


def test_a_start_gives_a_run_that_knows_what_and_where_it_is(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    run = account.start(chain.id, inputs=INPUTS)

    assert started(sandbox) == [run.id]
    assert (run.chain, run.chain_id) == (chain.name, str(chain.id))
    assert run.environment_id == str(chain.environment_id)
    assert run.environment == sandbox._world.company.environments[chain.environment_id].name
    assert run.inputs == INPUTS
    assert not run.adopted
    assert not run.done


def test_before_it_chain_and_environment_are_read_anew_once_whatever_the_cache_knows(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.chains()
    before = len(sandbox.requests)

    account.start(chain.id, inputs=INPUTS)

    read = [f"GET {chain.id}", f"GET {chain.environment_id}"]
    assert asked(sandbox, since=before) == [*read, "GET history", "POST start"]


def test_an_environment_that_got_another_name_is_not_taken_for_the_one_that_is_meant(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.chains()
    home = sandbox._world.company.environments[chain.environment_id]
    name = home.name
    home.name = "Renamed"

    with pytest.raises(NotFound):
        account.start(f"Finance Close/{name}/{chain.name}", inputs=INPUTS)

    assert started(sandbox) == []
    assert account.start(chain.id, inputs=INPUTS).environment == "Renamed"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_that_cannot_be_read_proves_nothing(
    account: OneCloud, sandbox: Sandbox, chain: Chain, status: int
) -> None:
    sandbox.faults.add(faults.html_instead(status), path="*/start", times=1)

    with pytest.warns(OneCloudWarning, match="adopted|taken"):
        run = account.start(chain.id, inputs=INPUTS)

    assert started(sandbox) == [run.id]
    assert run.adopted


def test_a_run_of_ours_is_taken_wherever_one_is_asked_for(account: OneCloud, chain: Chain) -> None:
    run = account.start(chain.id, inputs=INPUTS)

    assert account.get_run(run).id == run.id
    assert account.nodes(run).equals(run.nodes())


def test_values_are_sent_with_their_json_types_and_no_input_is_an_empty_object(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.start(chain.id)
    values = {"period": 1, "entity": True, "threshold": 1.5, "scenario": None}
    known = {name: value for name, value in values.items() if name in names(chain)}
    account.start(chain.id, inputs=known)

    assert posted(sandbox) == [{"runtimeVariables": {}}, {"runtimeVariables": known}]


def test_a_name_that_several_chains_have_is_refused_with_their_paths(
    account: OneCloud, sandbox: Sandbox
) -> None:
    every = [each.name for each in sandbox._world.company.chains.values()]
    name = next(each for each in every if every.count(each) > 1)

    with pytest.raises(Ambiguous) as several:
        account.start(name)

    assert len(several.value.paths) == every.count(name)
    assert not started(sandbox)


def test_the_default_environment_applies_as_in_reads(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    home = sandbox._world.company.environments[chain.environment_id]
    account.workspace = sandbox._world.company.workspaces[home.workspace_id].name
    account.environment = home.name

    run = account.start(chain.name, inputs=INPUTS)

    assert run.environment_id == str(home.id)


@pytest.mark.parametrize("given", ["*", None, "", "no such chain"])
def test_what_is_no_one_chain_starts_nothing(
    given: str | None, account: OneCloud, sandbox: Sandbox
) -> None:
    with pytest.raises(UsageError):
        account.start(given)

    assert not posted(sandbox)


def test_a_disabled_chain_is_refused_without_being_sent(
    account: OneCloud, sandbox: Sandbox
) -> None:
    every = sandbox._world.company.chains.values()
    chain = next(each for each in every if each.disabled)

    with pytest.raises(ChainStartRefused, match="disabled"):
        account.start(chain.id)

    assert not posted(sandbox)


def test_a_chain_that_was_disabled_since_the_cache_knew_it_is_refused_unsent(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.chains()
    chain.disabled = True

    with pytest.raises(ChainStartRefused, match="disabled"):
        account.start(chain.id)

    assert not posted(sandbox)


def test_a_chain_that_has_another_name_by_now_is_not_started_by_its_old_one(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    home = sandbox._world.company.environments[chain.environment_id]
    account.chains()
    old, chain.name = chain.name, "Something else"
    try:
        with pytest.raises(NotFound):
            account.start(old, environment=home.id)
    finally:
        chain.name = old

    assert not posted(sandbox)


def test_the_services_refusal_is_told_in_its_words_and_written_down(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    with pytest.raises(ChainStartRefused, match="no runtime variable 'nonsense'") as refused:
        account.start(chain.id, inputs={"nonsense": 1})

    assert "Nothing was started." in refused.value.lines
    assert steps(account) == ["refused"]
    assert len(posted(sandbox)) == 1


def test_a_rate_limit_is_waited_out_and_the_start_sent_again(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.faults.add(rate_limit, path="*/start", times=2)

    run = account.start(chain.id, inputs=INPUTS)

    assert started(sandbox) == [run.id]
    assert len(posted(sandbox)) == 3
    assert steps(account) == ["run"]


@pytest.mark.process
def test_a_401_is_sent_again_once_after_the_renewal(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.faults.add(faults.status(401), path="*/start", times=1)

    run = account.start(chain.id, inputs=INPUTS)

    assert started(sandbox) == [run.id]
    assert len(posted(sandbox)) == 2


@pytest.mark.process
def test_a_renewal_that_fails_after_a_401_is_no_lost_start(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    sandbox.faults.add(faults.status(401), path="*/start", times=1)
    sandbox.faults.add(faults.drop_before_work(), path="/oauth/token")

    with pytest.raises(OneCloudError) as failed:
        account.start(chain.id, inputs=INPUTS)

    assert "Nothing was started." in failed.value.hint
    assert steps(account) == ["unsent"]
    assert not started(sandbox)


def test_an_act_of_which_everything_is_in_the_cache_needs_the_service_all_the_same(
    account: OneCloud, sandbox: Sandbox, chain: Chain
) -> None:
    account.chains()
    sandbox.faults.add(faults.drop_before_work(), method="GET")

    with pytest.raises(Unreachable):
        account.start(chain.id, inputs=INPUTS)

    assert not posted(sandbox)
    assert steps(account) == []
