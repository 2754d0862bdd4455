"""`%onecloud` in plain `ipython`, as somebody types it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest

from onecloud_magic.sandbox import Sandbox

from .conftest import NewPlace
from .expected import FAILURES, PREPARE, Failure
from .running import Place

if sys.platform == "win32":
    pytest.skip("Windows has no terminals of this kind", allow_module_level=True)

from .terminal import PROMPT, Terminal, command, ipython

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Terminal, str]]:
    """A terminal with a company in it, and the port of a service that has ended."""
    with ipython(Place.made(tmp_path_factory.mktemp("terminal"))) as terminal:
        told = [terminal.type(line) for line in PREPARE]
        port = re.search(r"Out\[\d+\]: (\d+)", told[-1])
        assert port, told
        yield terminal, port[1]


def test_without_a_session_the_card_says_what_to_type(new_place: NewPlace) -> None:
    with ipython(new_place()) as terminal:
        assert terminal.type("%load_ext onecloud_magic") == ""

        card = terminal.type("%onecloud")
        started = terminal.type("%onecloud sandbox")

    assert card.splitlines()[1:] == [
        "OneCloud",
        "  profile  default",
        "  host     https://api.onecloud.io",
        "  session  signed out",
        "  next     %onecloud login · %onecloud sandbox",
    ]
    assert started.splitlines()[1] == "OneCloud [SANDBOX]"
    assert "%onecloud chains" in started


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: each.name + each.line[-5:])
def test_a_failure_is_the_two_lines_that_a_notebook_shows(
    shared: tuple[Terminal, str], failure: Failure
) -> None:
    terminal, port = shared

    assert terminal.type(failure.line).splitlines() == failure.lines(port)


def test_the_full_traceback_is_there_for_who_asks(shared: tuple[Terminal, str]) -> None:
    terminal, _ = shared
    terminal.type("%xmode Verbose")

    told = terminal.type(FAILURES[0].line)

    terminal.type("%xmode Context")
    assert "line.py" in told
    assert told.splitlines()[-1] == FAILURES[0].hint


def test_frames_and_help_are_text(shared: tuple[Terminal, str]) -> None:
    terminal, _ = shared

    frame = terminal.type("%onecloud workspaces")
    kept = terminal.type("df = %onecloud chains -e Production")
    silent = terminal.type("%onecloud chains;")
    page = terminal.type("%onecloud help runs")

    assert "Treasury and Tax" in frame
    assert kept == silent == ""
    assert "%onecloud runs [CHAIN]" in page
    assert "<" not in frame + page


def test_login_asks_without_showing_what_is_typed(new_place: NewPlace, service: Sandbox) -> None:
    token = service.enable_access()["access_token"]
    place = new_place(ONECLOUD_BASE_URL=service.url)

    with ipython(place) as terminal:
        terminal.type("%load_ext onecloud_magic")
        asked = terminal.type("%onecloud login", until="Access token.*: ")
        terminal.type(token, until="Refresh token.*: ")
        card = terminal.type("")
        terminal.type("%onecloud login", until="Access token.*: ")
        terminal.type("not-a-token", until="Refresh token.*: ")
        refused = terminal.type("")
        frame = terminal.type("%onecloud workspaces")
        history = terminal.type("%history -g")

    assert asked == ""
    assert "active" in card
    assert refused.lstrip().startswith("SessionRejected: ")
    assert len(refused.strip().splitlines()) <= 3
    assert "Finance Close" in frame
    assert "%onecloud login" in history
    assert token not in terminal.seen
    assert "not-a-token" not in terminal.seen
    assert token.encode() not in place.history


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_login_can_be_left_without_a_traceback(new_place: NewPlace, key: str) -> None:
    with ipython(new_place()) as terminal:
        terminal.type("%load_ext onecloud_magic")
        terminal.type("%onecloud login", until="Access token.*: ")

        terminal.press(key)

        told = terminal.until(PROMPT)
        assert "signed out" in terminal.type("%onecloud")
        assert 1 <= len(told.strip().splitlines()) <= 3


def test_the_sandbox_ends_with_the_terminal(new_place: NewPlace) -> None:
    place = new_place()

    with ipython(place) as terminal:
        for line in PREPARE[:2]:
            terminal.type(line)
        assert place.records == ["sandbox"]

    assert terminal.process.returncode == 0
    assert place.records == []


# ---- the same in a shell


def test_login_in_a_shell_asks_without_showing_what_is_typed(
    new_place: NewPlace, service: Sandbox
) -> None:
    token = service.enable_access()["access_token"]
    place = new_place(ONECLOUD_BASE_URL=service.url)

    with command(place, "login") as terminal:
        terminal.until("Access token.*: ")
        terminal.type(token, until="Refresh token.*: ")
        card = terminal.type("", until="help\n")

    assert "active" in card
    assert token not in terminal.seen
    assert terminal.process.returncode == 0
    assert place.records == ["default"]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("\x03", 130),
        ("\x04", 2),
    ],
    ids=["Ctrl-C", "Ctrl-D"],
)
def test_login_in_a_shell_can_be_left_in_a_line(new_place: NewPlace, key: str, code: int) -> None:
    with command(new_place(), "login") as terminal:
        terminal.until("Access token.*: ")

        terminal.press(key)

        told = terminal.rest()
    assert terminal.process.returncode == code
    assert 1 <= len(told.strip().splitlines()) <= 3
