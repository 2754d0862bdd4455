"""Stopping a run, and saying truly what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import Unreachable
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply, Request
from tests.conftest import Clock

from .conftest import Begin, asked

pytestmark = pytest.mark.filterwarnings("ignore:The service gives inputs no names")


def test_stopping_says_that_it_is_stopped(begin: Begin) -> None:
    run = begin(500.0)

    said = run.stop()

    assert said.outcome == "stopped"
    assert (run.done, run.state) == (True, "stopped")


def test_stopping_says_that_it_is_requested_while_the_run_lives_yet(
    begin: Begin, sandbox: Sandbox
) -> None:
    def slow(request: Request, work: Callable[[], Reply]) -> Reply:
        return replace(
            work(), body=b'{"data": {"id": "%s", "state": "sleeping"}}' % run.id.encode()
        )

    run = begin(500.0)
    sandbox.faults.add(slow, path="*/stop")

    assert str(run.stop()) == "stop requested"
    assert not run.done


def test_stopping_a_run_that_has_ended_says_that_it_could_not(begin: Begin, clock: Clock) -> None:
    run = begin(5.0)
    clock.advance(10.0)

    said = run.stop()

    assert said.outcome == "could not stop"
    assert "it ended before that (succeeded)" in said.why
    assert run.stop().outcome == "could not stop"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (faults.drop_after_work(), "stopped"),
        (faults.html_instead(), "stopped"),
        (faults.drop_before_work(), "could not stop"),
        (faults.status(502), "could not stop"),
    ],
)
def test_after_a_lost_answer_the_run_itself_tells_whether_it_is_stopped(
    fault: Any, outcome: str, begin: Begin, sandbox: Sandbox
) -> None:
    run = begin(500.0)
    sandbox.faults.add(fault, path="*/stop")

    assert run.stop().outcome == outcome
    assert asked(sandbox).count("POST stop") == 1


def test_a_stop_that_was_not_sent_says_so_and_nothing_else(
    begin: Begin, account: OneCloud, sandbox: Sandbox
) -> None:
    run = begin(500.0)
    before = len(sandbox.requests)
    account.offline = True

    with pytest.raises(Unreachable, match="Offline"):
        run.stop()

    assert asked(sandbox, since=before) == []
    assert not run.done
