"""The card of a run: when it is drawn, what it says, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.runs import ChainRun
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.widgets import RunCard, live
from onecloud_magic.widgets import run as room
from tests.account.conftest import SignIn

from .page import until
from .stand_ins import Outputs, Timers

PLACE = "Finance Close/Test/Monthly Close"


@pytest.fixture
def account(sandbox: Sandbox, sign_in: SignIn) -> OneCloud:
    return sign_in(sandbox)


@pytest.fixture
def run(account: OneCloud, sandbox: Sandbox) -> ChainRun:
    sandbox.plan_next("errored", 30.0)
    return account.start(PLACE)


@pytest.fixture
def card(
    account: OneCloud,
    run: ChainRun,
    outputs: Outputs,
    timers: Timers,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[RunCard]:
    monkeypatch.setattr(room, "kernel", lambda: object())
    card = RunCard(account, run, timer=timers)
    card.show()
    yield card
    card.end()


def fact(text: str, label: str) -> str:
    [found] = [line for line in text.splitlines() if line.strip().startswith(f"{label}  ")]
    return found.strip().removeprefix(label).strip()


def test_its_clock_moves_though_nobody_looks(
    card: RunCard, outputs: Outputs, timers: Timers, sandbox: Sandbox
) -> None:
    before = len(sandbox.requests)

    timers.advance(7)

    [drawn] = outputs.shown.values()
    assert fact(card.card.text, "so far") == "7 s"
    assert len(drawn) >= 2
    assert len(sandbox.requests) == before


def test_its_clock_moves_ever_more_slowly(card: RunCard, timers: Timers) -> None:
    for age, beat in ((1, 1.0), (130, 5.0), (4000, 60.0)):
        timers.clock.now += age
        card._ring()

        assert timers.due[-1][0] - timers.clock() == beat


def test_a_change_is_drawn_with_its_nodes(card: RunCard, run: ChainRun, timers: Timers) -> None:
    timers.advance(15)

    run.refresh()

    assert fact(card.card.text, "state") == "running"
    assert "waiting to begin" in card.card.text
    assert card.card.next == (f"%onecloud stop {run.id}",)


def test_it_ends_with_the_run_as_facts(
    card: RunCard, run: ChainRun, outputs: Outputs, timers: Timers
) -> None:
    timers.advance(31)

    run.refresh()

    [drawn] = outputs.shown.values()
    until(lambda: "failed" in drawn[-1])
    for words in ("so far", "seen at", "stop"):
        assert words not in drawn[-1]
    assert fact(drawn[-1], "took") == "30 s"
    assert fact(drawn[-1], "result").endswith(
        run.facts.nodes[-1].message if run.facts.nodes else ""
    )
    assert f"%onecloud nodes {run.id}" in drawn[-1]
    assert not timers.due


def test_one_that_is_left_says_when_the_run_was_seen_and_how_to_go_on(
    card: RunCard, run: ChainRun
) -> None:
    card.end()
    card.end()

    assert "so far" not in card.card.text
    assert fact(card.card.text, "seen at")
    assert card.card.next == (f"%onecloud watch {run.id}", f"%onecloud stop {run.id}")


def test_what_is_told_of_it_goes_with_the_run(card: RunCard, run: ChainRun, timers: Timers) -> None:
    card.tell("the service is away.")
    assert fact(card.card.text, "notice").endswith("UTC: the service is away.")

    timers.advance(31)
    run.refresh()

    assert "notice" not in card.card.text


def test_the_run_needs_no_other_card_in_its_cell(
    card: RunCard, run: ChainRun, outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run._ipython_display_()
    assert [len(each) for each in outputs.shown.values()] == [1]

    monkeypatch.setattr(room, "_cell", lambda: 99)
    run._ipython_display_()  # in another cell it is shown, and moves in both
    assert [len(each) for each in outputs.shown.values()] == [2]

    card.end()
    with pytest.raises(NotImplementedError):  # what makes IPython show its mimebundle
        run._ipython_display_()


def test_the_end_of_a_cell_sends_it_anew_until_it_was_sent_ended(
    card: RunCard, outputs: Outputs
) -> None:
    [drawn] = outputs.shown.values()
    before = len(drawn)

    card._cell_ends()
    card.end()
    card._cell_ends()

    assert len(drawn) >= before + 2
    assert "so far" in drawn[before]
    assert "so far" not in drawn[-1]


def test_in_voila_it_is_a_widget(
    account: OneCloud, run: ChainRun, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    monkeypatch.setattr(live, "display", shown.append)
    card = RunCard(account, run, timer=timers)
    card.show()
    timers.advance(31)

    run.refresh()

    until(lambda: "failed" in shown[0].value)
    card.end()


def test_html_and_text_have_the_same_facts(card: RunCard) -> None:
    made = card.card

    for label, words in made.facts:
        assert label in made.html
        assert label in made.text
        assert not isinstance(words, str) or (words in made.html and words in made.text)


# ---- in a terminal


def test_in_a_terminal_it_is_a_line_for_each_change(
    account: OneCloud, run: ChainRun, timers: Timers, capsys: pytest.CaptureFixture[str]
) -> None:
    card = RunCard(account, run, timer=timers)
    card.show()
    card.tell("the service is away.")
    for _ in range(7):
        timers.advance(5)
        run.refresh()
        run.refresh()

    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0] == f"run {run.id} of Monthly Close: waiting to begin"
    assert lines[1].endswith("UTC: the service is away.")
    assert "failed" in lines[-1]
    assert len(lines) == len(set(lines))
    with pytest.raises(NotImplementedError):
        run._ipython_display_()
