"""`run`, `stop` and `watch` as they are typed, against a service that starts what it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import (
    ChainRunFailed,
    NotFound,
    NotSignedIn,
    OneCloudError,
    RunInterrupted,
    UsageError,
    WaitTimeout,
)
from onecloud_magic.magics.line import COMMANDS
from onecloud_magic.runs import ChainRun, Stopped
from onecloud_magic.sandbox import Sandbox, faults
from tests.account.conftest import PLENTY
from tests.conftest import Clock

from .acting import CHAIN, RUN, sent
from .shell import Shell

LASTS = 10.0**9  # seconds


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, token_ttl=PLENTY, burst_limit=PLENTY) as sandbox:
        yield sandbox


# ---- run


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


# ---- protected environments, and what would be sent


def test_a_protected_environment_asks_for_yes(signed_in: Shell, sandbox: Sandbox) -> None:
    line = '%onecloud run "Finance Close/Production/Monthly Close"'

    with pytest.raises(UsageError) as told:
        signed_in.run(line)

    assert str(told.value) == "Finance Close/Production is protected: nothing was started."
    assert "Add --yes" in told.value.hint
    assert sent(sandbox) == []
    sandbox.plan_next("all_succeeded", 1.0)
    assert signed_in.run(f"{line} --yes").ok


@pytest.mark.parametrize(
    ("patterns", "asks"),
    [
        (["TEST"], True),
        (["te*"], True),
        (["Finance Close/T*"], True),
        ([], False),
        (["prod"], False),
    ],
)
def test_what_is_protected_is_a_setting(
    signed_in: Shell, sandbox: Sandbox, patterns: list[str], asks: bool
) -> None:
    signed_in.run(f"%config OneCloud.protected_environments = {patterns}")
    sandbox.plan_next("all_succeeded", 1.0)

    with suppress(UsageError):
        signed_in.run(RUN)

    assert len(sent(sandbox)) == (0 if asks else 1)


def test_in_python_nothing_is_asked(account: OneCloud, sandbox: Sandbox) -> None:
    account.start("Finance Close/Production/Monthly Close")

    assert len(sent(sandbox)) == 1


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    told = signed_in.run(f"%%onecloud run {CHAIN} --dry-run\nperiod: 2026-10\nlimit: 5")

    assert "Finance Close/Test/Monthly Close, as the profile default" in told
    assert re.search(
        r"POST http://127\.0\.0\.1:\d+/v1/execute/environment/\d+/chain/\d+/start", told
    )
    assert '"period": "2026-10"' in told
    assert '"limit": 5' in told
    assert sent(sandbox) == []
    assert signed_in.run("%onecloud runs --mine").empty


def test_a_dry_run_tells_what_a_start_would_meet(signed_in: Shell, sandbox: Sandbox) -> None:
    line = '%onecloud run "Finance Close/Production/Monthly Close"'
    sandbox.plan_next("all_succeeded", LASTS)
    signed_in.run(f"{line} --yes --no-wait;")

    told = signed_in.run(f"{line} --dry-run")

    assert "not known to have ended: run 9000001." in told
    assert "Finance Close/Production is protected: --yes is needed." in told


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


# ---- Ctrl-C


def interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    from onecloud_magic.runs import Following

    def interrupted(*_: Any) -> None:
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
