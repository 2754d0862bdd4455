"""`run` as it is typed: it starts once, waits, and tells how it ended."""

from __future__ import annotations

import pytest

from onecloud_magic.errors import (
    ChainRunFailed,
    NotFound,
    UsageError,
    WaitTimeout,
)
from onecloud_magic.runs import ChainRun
from onecloud_magic.sandbox import Sandbox, faults

from ..shell import Shell
from .acting import RUN, sent

LASTS = 10.0**9  # seconds


def test_a_run_is_waited_for_and_given(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", 30.0)

    run = signed_in.run(RUN)

    assert isinstance(run, ChainRun)
    assert (run.state, run.chain, run.environment) == ("all_succeeded", "Monthly Close", "Test")
    assert sent(sandbox) == [{}]


def test_in_a_terminal_each_change_is_a_line(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", 30.0)

    signed_in.run(f"run = {RUN}")

    lines = signed_in.err.splitlines()
    assert lines[0] == "run 9000001 of Monthly Close: waiting to begin"
    assert "succeeded" in lines[-1]
    assert len(lines) == len(set(lines))
    assert not signed_in.out


@pytest.mark.parametrize("seconds", [0.5, 30.0, 60.0])
def test_a_run_of_a_minute_costs_twelve_looks_at_most(
    signed_in: Shell, sandbox: Sandbox, seconds: float
) -> None:
    sandbox.plan_next("errored", seconds)

    with pytest.raises(ChainRunFailed):
        signed_in.run(f"{RUN};")

    looks = [each for each in sandbox.requests if "/chain_run/" in each.path]
    assert len(looks) <= 12


def test_a_run_that_fails_is_an_error_in_its_own_words(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("errored", 30.0)

    with pytest.raises(ChainRunFailed) as failed:
        signed_in.run(f"{RUN} -o run")

    run = signed_in.names["run"]
    assert failed.value.run is run
    assert str(failed.value).endswith(run.facts.result_text)
    assert f"%onecloud nodes {run.id} and %onecloud outputs {run.id}" in failed.value.hint


def test_a_semicolon_gives_and_shows_nothing(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", 5.0)

    assert signed_in.run(f"{RUN} -o run;") is None
    assert (signed_in.out, signed_in.err) == ("", "")
    assert signed_in.names["run"].ok


def test_progress_that_is_not_wanted_is_not_shown(
    signed_in: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.run("%config OneCloud.progress = False")
    sandbox.plan_next("all_succeeded", 5.0)

    signed_in.run(RUN)

    assert signed_in.err == ""
    assert "succeeded" in signed_in.out


def test_workspace_and_environment_are_flags(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", 1.0)

    run = signed_in.run('%onecloud run "Monthly Close" -w "Finance Close" -e Test')

    assert run.environment == "Test"


def test_an_environment_that_has_no_such_chain_starts_nothing(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    with pytest.raises(NotFound):
        signed_in.run('%onecloud run "Monthly Close" -w "Treasury and Tax" -e Test')

    assert sent(sandbox) == []


def test_the_same_cell_again_shows_the_run_that_is_live(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.plan_next("all_succeeded", LASTS)
    signed_in.run(f"{RUN} --no-wait;")

    with pytest.raises(WaitTimeout) as told:
        signed_in.run(f"{RUN} --timeout 20")

    assert told.value.run.id == "9000001"
    assert "live already, as run 9000001; --again starts another." in signed_in.out
    assert len(sent(sandbox)) == 1


def test_again_starts_another(signed_in: Shell, sandbox: Sandbox) -> None:
    for _ in range(2):
        sandbox.plan_next("all_succeeded", LASTS)
        signed_in.run(f"{RUN} --no-wait --again;")

    assert len(sent(sandbox)) == 2


def test_time_that_is_up_ends_the_wait_and_says_what_to_type(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    sandbox.plan_next("all_succeeded", LASTS)

    with pytest.raises(WaitTimeout) as told:
        signed_in.run(f"{RUN} --timeout 40 -o run")

    assert "still live after 40 s" in str(told.value)
    assert (
        "%onecloud stop 9000001 stops it, %onecloud watch 9000001 waits again." in told.value.hint
    )
    assert not signed_in.names["run"].done


@pytest.mark.parametrize("seconds", ["soon", "-1", "inf", "nan"])
def test_a_timeout_is_a_number_of_seconds(signed_in: Shell, sandbox: Sandbox, seconds: str) -> None:
    with pytest.raises(UsageError, match="--timeout cannot be"):
        signed_in.run(f"{RUN} --timeout {seconds}")

    assert sent(sandbox) == []


def test_a_notice_is_said_before_the_wait(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.drop_after_work(), path="*/start", times=1)
    sandbox.plan_next("all_succeeded", 30.0)

    signed_in.run(f"run = {RUN}")

    assert signed_in.names["run"].adopted
    assert "is the only one since then: it is taken for ours." in signed_in.out
    assert len(sandbox._world.started) == 1
