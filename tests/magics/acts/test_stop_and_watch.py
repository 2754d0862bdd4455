"""`stop`, `watch`, Ctrl-C, and what was started from here."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import (
    ChainRunFailed,
    NotSignedIn,
    OneCloudError,
    RunInterrupted,
    UsageError,
    WaitTimeout,
)
from onecloud_magic.magics import watch
from onecloud_magic.magics.line import COMMANDS
from onecloud_magic.runs import ChainRun, Following, Stopped
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from ..shell import Shell
from .acting import CHAIN, RUN, sent

LASTS = 10.0**9  # seconds


# ---- stop


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (Stopped("stopped"), "stopped."),
        (Stopped("stop requested"), "stop requested."),
        (Stopped("could not stop", "it has ended already (succeeded)"), "could not stop: it has"),
    ],
)
def test_a_stop_says_which_of_three_things_it_was(
    signed_in: Shell,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    told: Stopped,
    says: str,
) -> None:
    sandbox.plan_next("all_succeeded", 1.0)
    run = signed_in.run(f"{RUN}")
    monkeypatch.setattr(ChainRun, "stop", lambda _: told)

    given = signed_in.run(f"given = %onecloud stop {run.id}") or signed_in.names["given"]

    assert given.id == run.id
    assert f"Run {run.id} of Monthly Close: {says}" in signed_in.out


def test_a_run_is_stopped(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", LASTS)
    signed_in.run(f"{RUN} --no-wait;")

    run = signed_in.run("%onecloud stop 9000001")

    assert run.state == "stopped"
    assert "Run 9000001 of Monthly Close: stopped." in signed_in.out


def test_a_run_that_cannot_be_stopped_is_an_error(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", LASTS)
    signed_in.run(f"{RUN} --no-wait;")
    sandbox.faults.add(faults.status(502), path="*/stop")

    with pytest.raises(OneCloudError, match="could not stop"):
        signed_in.run("%onecloud stop 9000001")


# ---- watch


def test_the_time_of_a_watch_is_that_of_all_its_runs(
    signed_in: Shell, sandbox: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        sandbox.plan_next("all_succeeded", LASTS)
        signed_in.run(f"{RUN} --no-wait --again;")
    wait, waits = Following.wait, []

    def waited(following: Following, timeout: float, *, since: float) -> None:
        waits.append(since)
        if len(waits) == 2:  # the first is taken to have ended in time
            clock.advance(40)
            wait(following, timeout, since=since)

    monkeypatch.setattr(Following, "wait", waited)

    with pytest.raises(WaitTimeout, match="still live after 40 s"):
        signed_in.run("%onecloud watch --timeout 40")

    assert waits[0] == waits[1]


def test_watch_waits_for_a_run(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("errored", 60.0)
    signed_in.run(f"{RUN} --no-wait;")

    with pytest.raises(ChainRunFailed):
        signed_in.run("%onecloud watch 9000001")


def test_alone_it_takes_up_all_that_is_live_and_gives_the_latest(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    for seconds in (60.0, 30.0, 90.0):
        sandbox.plan_next("all_succeeded", seconds)
        signed_in.run(f"{RUN} --no-wait --again;")

    run = signed_in.run("%onecloud watch")

    assert run.id == "9000003"
    assert all(f"run 900000{each} of Monthly Close" in signed_in.err for each in (1, 2, 3))
    assert set(signed_in.run("%onecloud runs --mine")["outcome"]) == {"ended"}


def test_one_that_has_failed_since_fails_the_watch(signed_in: Shell, sandbox: Sandbox) -> None:
    for outcome in ("errored", "all_succeeded"):
        sandbox.plan_next(outcome, 60.0)
        signed_in.run(f"{RUN} --no-wait --again;")

    with pytest.raises(ChainRunFailed, match="run 9000001"):
        signed_in.run("%onecloud watch")


def test_where_nothing_is_live_it_says_so(signed_in: Shell) -> None:
    assert signed_in.run("%onecloud watch") is None
    assert signed_in.out == "No run that was started from here is live.\n"


@pytest.mark.parametrize("line", ["watch", "runs --mine", "run x", "stop 5"])
def test_signed_out_it_says_how_to_sign_in(shell: Shell, line: str) -> None:
    with pytest.raises(NotSignedIn):
        shell.run(f"%onecloud {line}")


def test_a_run_of_another_service_with_the_same_number_is_another_run(
    account: OneCloud, sandbox: Sandbox, clock: Clock
) -> None:
    with Sandbox(clock=clock) as elsewhere:
        other = OneCloud("other", base_url=elsewhere.url)
        other.login(**elsewhere.credentials)
        runs = []
        for oc, box in ((account, sandbox), (other, elsewhere)):
            box.plan_next("all_succeeded", LASTS)
            runs.append(oc.start(CHAIN.strip('"')))
        how = watch.How(shown=False)
        watch.keep(account, runs[0], how)

        assert [run.id for run in runs] == ["9000001"] * 2
        assert watch._watch(account, runs[0], how).run is runs[0]
        assert watch._watch(other, runs[1], how).run is runs[1]
        watch.forget()


def test_one_that_the_service_no_longer_keeps_hides_no_other(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    for _ in range(2):
        sandbox.plan_next("all_succeeded", 60.0)
        signed_in.run(f"{RUN} --no-wait --again;")
    sandbox.faults.add(faults.status(404), path="*/chain_run/9000001")

    assert signed_in.run("%onecloud watch").id == "9000002"
    assert signed_in.run("%onecloud watch") is None


# ---- Ctrl-C


def interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Following, "wait", interrupted)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (Stopped("stopped"), "stopped."),
        (Stopped("stop requested"), "stop requested."),
        (Stopped("could not stop", "nobody answers"), "could not stop: nobody answers."),
        (None, "interrupted again, it is not known whether it stops."),
    ],
)
def test_an_interrupt_that_stops_says_which_of_three_things_it_was(
    signed_in: Shell,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    told: Stopped | None,
    says: str,
) -> None:
    def stop(_: ChainRun) -> Stopped:
        if told is None:
            raise KeyboardInterrupt
        return told

    interrupt(monkeypatch)
    monkeypatch.setattr(ChainRun, "stop", stop)
    sandbox.plan_next("all_succeeded", LASTS)

    with pytest.raises(RunInterrupted) as raised:
        signed_in.run(f"{RUN} --stop-on-interrupt -o run")

    assert str(raised.value) == f"Run 9000001 of Monthly Close: {says}"
    assert signed_in.names["run"].id == "9000001"


def test_a_stop_that_is_refused_is_said_and_hides_no_interrupt(
    signed_in: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(monkeypatch)
    sandbox.plan_next("all_succeeded", LASTS)
    sandbox.faults.add(faults.status(403), path="*/stop")

    with pytest.raises(RunInterrupted, match="could not stop"):
        signed_in.run(f"{RUN} --stop-on-interrupt")


def test_an_interrupt_alone_stops_nothing(
    signed_in: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(monkeypatch)
    sandbox.plan_next("all_succeeded", LASTS)

    with pytest.raises(RunInterrupted, match="goes on; only the wait has ended"):
        signed_in.run(RUN)

    assert not [each for each in sandbox.requests if each.path.endswith("/stop")]


# ---- what was started from here


def test_what_was_started_here_is_a_frame(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", 1.0)
    signed_in.run(f"{RUN};")
    before = len(sandbox.requests)

    frame = signed_in.run("%onecloud runs --mine")

    assert list(frame["run_id"]) == ["9000001"]
    assert list(frame["outcome"]) == ["ended"]
    assert len(sandbox.requests) == before


@pytest.mark.parametrize("flag", ["-e Test", "--state failed", '--since "1 hour"', "x"])
def test_mine_goes_alone(signed_in: Shell, flag: str) -> None:
    with pytest.raises(UsageError, match="--mine goes alone"):
        signed_in.run(f"%onecloud runs --mine {flag}")


def test_the_examples_of_the_help_do_what_they_say(signed_in: Shell, sandbox: Sandbox) -> None:
    signed_in.ipython.user_ns["periods"] = pd.DataFrame(index=[1])  # the chain takes nothing
    for name in ("run", "watch", "stop"):
        _, _, lines = COMMANDS[name].doc.partition("Example:\n")
        for line in lines.strip().splitlines():
            sandbox.plan_next("all_succeeded", 1.0)
            signed_in.run(line.strip().replace("RUN", "9000001"))

    assert len(sent(sandbox)) == 2
