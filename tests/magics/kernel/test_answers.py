"""What a front end gets from a kernel: results, Tab, and the help beside the line."""

from __future__ import annotations

import json
import re

import pytest

from .running import Kernel

pytestmark = pytest.mark.process

# ---- results


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%onecloud", "SANDBOX"),
        ("%onecloud status", "access token ends"),
        ("%onecloud sandbox", "%onecloud runs --state failed"),
        ("%onecloud quota", "calls left in 24 h"),
        ("%onecloud workspaces", "Finance Close"),
        ("%onecloud doctor", "certificates"),
        ("%onecloud cache", "metadata"),
    ],
)
def test_frames_and_cards_come_as_html_and_as_text(kernel: Kernel, line: str, says: str) -> None:
    data = kernel.run(line).data

    assert set(data) == {"text/html", "text/plain"}
    assert says in data["text/plain"]
    assert says in re.sub(r"<[^>]+>", "", data["text/html"])


def test_help_and_the_last_call_come_as_they_are_written(kernel: Kernel) -> None:
    kernel.run("%onecloud users --refresh;").succeeded()

    assert kernel.run("%onecloud help").data["text/plain"].startswith("OneCloud in IPython")
    assert kernel.run("%onecloud last").data["text/plain"].startswith("GET http://127.0.0.1:")


def test_a_frame_that_is_kept_is_not_shown(kernel: Kernel) -> None:
    ran = kernel.run("kept = %onecloud chains -e Production")

    assert ran.succeeded().of("execute_result") == []
    assert ran.printed == ""
    assert kernel.value("(type(kept).__name__, len(kept))") == "('DataFrame', 60)"


def test_a_semicolon_shows_nothing_and_gives_none(kernel: Kernel) -> None:
    shown = kernel.run("%onecloud chains;")
    kept = kernel.run("nothing = %onecloud chains;")

    for ran in (shown, kept):
        assert ran.succeeded().of("execute_result") == []
        assert ran.printed == ""
    assert kernel.value("nothing") == "None"


def test_o_stores_what_is_shown_and_what_a_semicolon_silences(kernel: Kernel) -> None:
    shown = kernel.run("%onecloud workspaces -o stored")
    silent = kernel.run("%onecloud environments -o silent;")

    assert "Finance Close" in shown.data["text/plain"]
    assert silent.succeeded().of("execute_result") == []
    assert kernel.value("(len(stored), len(silent))") == "(3, 12)"


def test_the_account_can_be_taken_and_asked_in_python(kernel: Kernel) -> None:
    kernel.run("oc = %onecloud").succeeded()

    assert kernel.value("(oc.session.state, len(oc.workspaces()))") == "('active', 3)"


def test_a_read_that_stopped_at_its_limit_says_so_in_a_line_beside_the_frame(
    kernel: Kernel,
) -> None:
    ran = kernel.run("%onecloud runs --limit 3")

    assert "text/html" in ran.data
    assert len(ran.printed.splitlines()) == 1
    assert "--limit all" in ran.printed
    assert {each["name"] for each in ran.of("stream")} == {"stdout"}


def test_a_line_goes_on_in_loops_and_with_any_letter(kernel: Kernel) -> None:
    ran = kernel.run(
        "sizes = []\n"
        "for _ in range(2):\n"
        "    part = %onecloud chains 'Größe {x} $y #z' -w \"Finance Close\"\n"
        "    sizes.append(len(part))\n"
        "sizes"
    )

    assert ran.data["text/plain"] == "[0, 0]"


# ---- Tab and Shift-Tab


@pytest.mark.parametrize(
    ("line", "cursor", "offers", "replaced"),
    [
        ("%onecloud ch", None, ["chains"], "ch"),
        ("df = %onecloud runs --st", None, ["--state"], "--st"),
        ("x = 1\ndf = %onecloud doc", None, ["doctor"], "doc"),
        ("%onecloud quo --refresh", 13, ["quota"], "quo"),
        ("%onecloud runs --st failed --limit 3", 19, ["--state"], "--st"),
        ("%onecloud runs --state pau", None, ["paused"], "pau"),
        ("%onecloud cache cl", None, ["clear"], "cl"),
        ("%onecloud help aut", None, ["authorizations"], "aut"),
        ("größe = %onecloud wo", None, ["workspaces"], "wo"),
    ],
)
def test_tab_completes_what_stands_before_the_cursor(
    kernel: Kernel, line: str, cursor: int | None, offers: list[str], replaced: str
) -> None:
    told = kernel.offered(line, cursor)

    assert told["matches"] == offers
    start, end = told["cursor_start"], told["cursor_end"]
    assert line[start:end] == replaced
    assert end == (len(line) if cursor is None else cursor)


def test_tab_offers_every_command_and_nothing_of_python(kernel: Kernel) -> None:
    offers = kernel.offered("%onecloud ")["matches"]

    assert {"login", "sandbox", "chains", "runs", "help"} <= set(offers)
    assert "print" not in offers


def test_tab_in_other_lines_is_as_it_was(kernel: Kernel) -> None:
    assert "import" in kernel.offered("impo")["matches"]
    assert "%onecloud" in kernel.offered("%onec")["matches"]
    assert not any(each.startswith("chains") for each in kernel.offered("ch")["matches"])


@pytest.mark.parametrize("line", ["%onecloud", "df = %onecloud"])
def test_the_help_beside_the_line_is_the_overview(kernel: Kernel, line: str) -> None:
    shown = kernel.inspected(line)

    assert "OneCloud in IPython and Jupyter" in shown
    assert "authorizations" in shown


def test_a_question_mark_shows_the_overview(kernel: Kernel) -> None:
    ran = kernel.run("%onecloud?").succeeded()

    assert "authorizations" in json.dumps(ran.reply["content"]["payload"])
