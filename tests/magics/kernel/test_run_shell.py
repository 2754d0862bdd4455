"""`python -m onecloud_magic run …`, as cron runs it: what it prints, and its exit codes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from onecloud_magic.sandbox import Sandbox

from .commands import PLENTY, Shell, token_of
from .running import PATIENCE, wait_until

pytestmark = pytest.mark.process

CHAIN = "Finance Close/Test/Monthly Close"
LASTS = 3600.0  # seconds


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(token_ttl=PLENTY, burst_limit=PLENTY) as box:
        yield box


@pytest.fixture
def shell(box: Sandbox, tmp_path: Path) -> Shell:
    return Shell.at(
        tmp_path,
        ONECLOUD_BASE_URL=box.url,
        ONECLOUD_ACCESS_TOKEN=token_of(box),
        ONECLOUD_PROGRESS="True",
    )


def test_a_run_that_succeeds_ends_with_0_its_card_and_a_line_for_each_change(
    shell: Shell, box: Sandbox
) -> None:
    box.plan_next("all_succeeded", 1.5)

    ended = shell.run("run", CHAIN)

    assert ended.code == 0
    assert ended.out.startswith("Chain run\n")
    assert "state                      succeeded" in ended.out
    first, *_, last = ended.err.splitlines()
    assert first == "run 9000001 of Monthly Close: waiting to begin"
    assert "succeeded" in last


def test_a_run_that_fails_ends_with_1_and_its_own_words(shell: Shell, box: Sandbox) -> None:
    box.plan_next("errored", 1.0)

    ended = shell.run("run", CHAIN)

    assert (ended.code, ended.out) == (1, "")
    says, hint = ended.err.splitlines()[-2:]
    assert says.startswith("ChainRunFailed: Monthly Close (run 9000001) failed: ")
    assert "python -m onecloud_magic nodes 9000001" in hint


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "no such chain"),
        ("run", CHAIN.replace("Test", "Production")),
        ("run", CHAIN, "--no-wait", "--timeout", "5"),
        ("run", CHAIN, "-i", "password=hunter2hunter2"),
    ],
)
def test_what_makes_no_sense_ends_with_2_and_starts_nothing(
    shell: Shell, box: Sandbox, words: tuple[str, ...]
) -> None:
    ended = shell.run(*words)

    assert (ended.code, ended.out) == (2, "")
    assert "hunter2" not in ended.err
    assert not box._world.started


def test_time_that_is_up_ends_with_1(shell: Shell, box: Sandbox) -> None:
    box.plan_next("all_succeeded", LASTS)

    ended = shell.run("run", CHAIN, "--timeout", "1")

    assert ended.code == 1
    assert "WaitTimeout: Run 9000001 of Monthly Close is still live" in ended.err
    assert "python -m onecloud_magic watch 9000001 waits again." in ended.err


def test_without_waiting_it_prints_the_id_with_which_others_go_on(
    shell: Shell, box: Sandbox
) -> None:
    box.plan_next("all_succeeded", LASTS)

    assert shell.well("run", CHAIN, "--no-wait") == "9000001\n"

    again = shell.run("run", CHAIN, "--no-wait")
    assert again.out == "9000001\n"
    assert "live already, as run 9000001" in again.err
    stopped = shell.run("stop", "9000001")
    assert stopped.code == 0
    assert stopped.err == "Run 9000001 of Monthly Close: stopped.\n"
    watched = shell.run("watch", "9000001")
    assert watched.code == 1
    assert "was stopped" in watched.err
    assert "9000001" in shell.well("runs", "--mine", "--csv")
    nothing = shell.run("watch")
    assert (nothing.code, nothing.out) == (0, "")


def test_a_dry_run_sends_nothing(shell: Shell, box: Sandbox) -> None:
    assert "Nothing was sent." in shell.well("run", CHAIN, "--dry-run")
    assert not box._world.started


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts programs otherwise")
@pytest.mark.parametrize("flags", [(), ("--stop-on-interrupt",)])
def test_an_interrupt_ends_with_130_and_says_what_became_of_the_run(
    shell: Shell, box: Sandbox, flags: tuple[str, ...]
) -> None:
    box.plan_next("all_succeeded", LASTS)

    with shell.start("run", CHAIN, *flags) as process:
        wait_until(lambda: any(each.path.endswith("/nodes") for each in box.requests))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (130, "")
    says = "stopped." if flags else "goes on; only the wait has ended."
    assert f"RunInterrupted: Run 9000001 of Monthly Close{':' if flags else ''} {says}" in err
    assert ("python -m onecloud_magic stop 9000001" in err) is not bool(flags)
    [run] = box._world.started
    assert run.live(box.clock()) is not bool(flags)
