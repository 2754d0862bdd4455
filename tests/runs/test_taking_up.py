"""Runs that are taken up by their id or after a restart, and how they look."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import BadAnswer, NotFound
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.company import Chain
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock

from .conftest import Begin

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def clean(html: str) -> str:
    return " ".join(html.replace("&#39;", "'").split())


def test_a_run_is_taken_up_by_its_id_with_its_names(
    account: OneCloud, begin: Begin, chain: Chain
) -> None:
    run = account.get_run(begin(30.0).id)

    assert (run.chain, run.inputs) == (chain.name, {"period": "2026-10"})
    assert run.wait().ok


def test_a_run_of_others_has_names_and_no_inputs(account: OneCloud) -> None:
    row = account.runs(limit=1).iloc[0]

    run = account.get_run(row)

    assert (run.id, run.chain, run.environment) == (row.id, row.chain, row.environment)
    assert run.inputs is None
    assert (run.start_at, run.state) == (row.start_at, row.state)


def test_a_run_whose_names_cannot_be_had_is_given_all_the_same(
    account: OneCloud, sandbox: Sandbox
) -> None:
    number = account.runs(limit=1).iloc[0].id
    account.cache.clear()
    sandbox.faults.add(faults.status(502), path="/v1/metadata/*")

    run = account.get_run(number)

    assert (run.id, run.chain) == (number, "")
    assert run.chain_id in str(run)


@pytest.mark.parametrize("given", ["9999999", 9999998])
def test_a_run_that_there_is_not_is_not_found(given: object, account: OneCloud) -> None:
    with pytest.raises(NotFound):
        account.get_run(given)


def test_its_nodes_and_outputs_are_those_of_the_reads(account: OneCloud, begin: Begin) -> None:
    run = begin(30.0).wait()

    assert run.nodes().equals(account.nodes(run.id))
    assert run.outputs().equals(account.outputs(run.id))
    assert run.nodes().attrs["onecloud"]["table"] == "nodes"


def test_html_and_text_have_the_same_facts(begin: Begin, account: OneCloud) -> None:
    for run in (begin(500.0), begin(5.0, "errored").wait(raise_on_failure=False)):
        shown = run._repr_mimebundle_()
        words = re.sub(r"<[^>]+>", " ", shown["text/html"])
        facts = [" ".join(line.split()) for line in shown["text/plain"].splitlines()[1:]]

        assert [fact for fact in facts if fact.replace("&#39;", "'") not in clean(words)] == []
        assert account.session.host in shown["text/plain"]
        assert run.facts.words in shown["text/plain"]


def test_an_answer_about_another_run_is_not_taken(
    account: OneCloud, begin: Begin, sandbox: Sandbox
) -> None:
    first, second = begin(), begin()

    def another(request: Request, work: faults.Work) -> Reply:
        reply = work()
        return replace(reply, body=reply.body.replace(first.id.encode(), second.id.encode()))

    sandbox.faults.add(another, path=f"*/{first.id}")

    with pytest.raises(BadAnswer, match="another run"):
        account.get_run(first.id)


def test_a_run_that_the_service_no_longer_keeps_is_asked_for_once(
    account: OneCloud, begin: Begin, sandbox: Sandbox
) -> None:
    begin()
    sandbox.faults.add(faults.status(404), path="*/chain_run/*")
    assert account.live_runs() == []
    before = len(sandbox.requests)

    assert account.live_runs() == []

    assert len(sandbox.requests) == before


def test_what_still_lives_is_taken_up_after_a_restart(
    begin: Begin, account: OneCloud, clock: Clock
) -> None:
    first, second = begin(20.0), begin(500.0)
    clock.advance(100.0)

    assert [run.id for run in account.live_runs()] == [second.id]
    assert [each.ended for each in account.starts.mine()] == [0, 1]
    assert account.starts.of_run(first.id) is not None
