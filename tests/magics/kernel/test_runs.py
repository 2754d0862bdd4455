"""Runs in a real kernel: one card, not waited for, interrupted and restarted."""

from __future__ import annotations

import sys

import pytest

from onecloud_magic.sandbox import Sandbox

from .cards import LOAD, RUN, cards, ended, fact, heard, started
from .commands import variables
from .conftest import NewKernel, NewPlace
from .running import PATIENCE, Kernel, Message, Place, Ran, running, wait_until

pytestmark = pytest.mark.process

ENDS, LASTS = 2.0, 3600.0  # seconds of a run


@pytest.fixture
def kernel(new_kernel: NewKernel, box: Sandbox) -> Kernel:
    kernel = new_kernel(**variables(box))
    kernel.run(LOAD).succeeded()
    return kernel


@pytest.fixture
def place(new_place: NewPlace, box: Sandbox) -> Place:
    return new_place(**variables(box))


# ---- one card


def test_a_run_is_one_card_that_moves_and_ends_as_facts(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("all_succeeded", ENDS)

    ran = kernel.run(RUN).succeeded()

    drawn = cards(ran.sent)
    assert ran.of("execute_result") == []  # the card stands already
    assert fact(drawn[0], "state") == "waiting to begin"
    assert any("so far" in each for each in drawn)
    assert fact(drawn[-1], "state") == "succeeded"
    assert fact(drawn[-1], "took") == "2 s"
    for words in ("so far", "seen at", "waiting to begin"):
        assert words not in drawn[-1]
    assert "calls left in 24 h" in drawn[-1]
    assert "SANDBOX" not in drawn[-1]
    assert ran.printed == ""


def test_shown_in_another_cell_it_is_the_card_of_its_facts(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("all_succeeded", 0.5)
    kernel.run(f"run = {RUN}").succeeded()

    assert "succeeded" in kernel.run("run").data["text/plain"]


def test_a_semicolon_shows_nothing(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("all_succeeded", 0.5)

    ran = kernel.run(f"{RUN};").succeeded()

    assert {each["msg_type"] for each in ran.sent} <= {"status", "execute_input"}
    assert started(box) == 1


def test_a_run_that_fails_fails_its_cell_and_is_kept(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("errored", ENDS)

    ran = kernel.run(f"{RUN} -o run")

    card = cards(ran.sent)[-1]
    assert fact(card, "state") == "failed"
    assert ran.error["ename"] == "ChainRunFailed"
    assert ran.error["evalue"].endswith(fact(card, "result"))
    assert "%onecloud nodes 9000001" in ran.error["traceback"][-1]
    assert kernel.value("run.state") == "errored"


# ---- not waited for


def test_without_waiting_the_cell_ends_at_once_and_the_card_while_the_kernel_is_idle(
    kernel: Kernel, box: Sandbox
) -> None:
    box.plan_next("all_succeeded", ENDS)
    kernel.client.execute(f"run = {RUN} --no-wait")

    sent = heard(kernel, ended)

    kinds = [each["content"].get("execution_state", "") for each in sent]
    assert "idle" in kinds[:-1]
    assert fact(cards(sent)[-1], "state") == "succeeded"
    assert kernel.value("run.state") == "all_succeeded"


def test_the_card_ends_while_another_cell_runs(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("warned", ENDS)
    ran = kernel.run(f"run = {RUN} --no-wait").succeeded()
    kernel.client.execute(
        "import time\nwhile not run.done: time.sleep(0.01)\ntime.sleep(1)\n'over'"
    )

    sent = heard(kernel, lambda sent: any(each["msg_type"] == "execute_result" for each in sent))

    assert fact(cards(sent)[-1], "state") == "ended with warnings"
    first = next(each for each in sent if ended([each]))
    cells = [each["parent_header"]["msg_id"] for each in (first, ran.reply)]
    assert cells[0] == cells[1]  # it is output of the cell that began it


def test_a_run_that_is_watched_already_is_not_asked_for_twice(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("all_succeeded", 5.0)
    kernel.run(f"{RUN} --no-wait").succeeded()
    before = len(box.requests)

    again = kernel.run(RUN).succeeded()

    assert "The same start is live already, as run 9000001" in again.printed
    looks = [each for each in box.requests[before:] if each.path.endswith("/nodes")]
    assert len(looks) <= 5
    [shown] = again.of("display_data")
    ends = [
        each["data"]["text/plain"]
        for each in again.of("update_display_data")
        if each["transient"] == shown["transient"]
    ]
    assert fact(ends[-1], "state") == "succeeded"
    assert started(box) == 1


def test_unloading_lets_the_card_stand(kernel: Kernel, box: Sandbox) -> None:
    box.plan_next("all_succeeded", LASTS)
    kernel.run(f"{RUN} --no-wait").succeeded()

    sent = kernel.run("%unload_ext onecloud_magic").succeeded().sent
    before = len(box.requests)
    kernel.run("import time; time.sleep(3)").succeeded()

    assert "so far" not in cards(sent)[-1]
    assert len(box.requests) <= before + 1


# ---- interrupted and restarted


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts kernels otherwise")
class TestInterrupted:
    def interrupted(self, kernel: Kernel, code: str) -> Ran:
        sent: list[Message] = []

        def interrupt(message: Message) -> None:
            seen = any("running" in str(each["content"].get("data")) for each in sent)
            sent.append(message)
            if not seen and "running" in str(message["content"].get("data")):
                kernel.manager.interrupt_kernel()

        reply = kernel.client.execute_interactive(code, output_hook=interrupt, timeout=PATIENCE)
        return Ran(reply, sent)

    def test_ctrl_c_ends_the_wait_and_not_the_run(self, kernel: Kernel, box: Sandbox) -> None:
        box.plan_next("all_succeeded", LASTS)

        ran = self.interrupted(kernel, f"{RUN} -o run")

        assert ran.error["ename"] == "RunInterrupted"
        assert "goes on; only the wait has ended." in ran.error["evalue"]
        assert "%onecloud stop 9000001 stops it" in ran.error["traceback"][-1]
        assert "so far" not in cards(ran.sent)[-1]
        assert "%onecloud watch 9000001" in cards(ran.sent)[-1]
        assert kernel.value("run.refresh().done") == "False"
        assert started(box) == 1

    def test_ctrl_c_may_stop_the_run(self, kernel: Kernel, box: Sandbox) -> None:
        box.plan_next("all_succeeded", LASTS)

        ran = self.interrupted(kernel, f"{RUN} --stop-on-interrupt -o run")

        assert ran.error["evalue"] == "Run 9000001 of Monthly Close: stopped."
        assert fact(cards(ran.sent)[-1], "state") == "stopped"
        assert kernel.value("run.state") == "stopped"


def test_after_a_restart_watch_takes_up_what_is_live(place: Place, box: Sandbox) -> None:
    box.plan_next("all_succeeded", 8.0)
    with running(place) as killed:
        killed.run(LOAD).succeeded()
        killed.client.execute(RUN)
        wait_until(lambda: any(each.path.endswith("/nodes") for each in box.requests))
        killed.kill()

    with running(place) as kernel:
        kernel.run(LOAD).succeeded()
        ran = kernel.run("run = %onecloud watch").succeeded()

        assert fact(cards(ran.sent)[-1], "state") == "succeeded"
        assert kernel.value("run.id") == "9000001"
        nothing = kernel.run("%onecloud watch").succeeded()
        assert nothing.printed == "No run that was started from here is live.\n"
    assert started(box) == 1
