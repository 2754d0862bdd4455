"""Every command: the example of its help runs, and gives what DESIGN says."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.magics.line import COMMANDS
from onecloud_magic.runs import ChainRun
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.show import Text
from onecloud_magic.widgets import QuotaGauge
from tests.account.reads import A_RUN

from .shell import Shell

READS = (
    *("workspaces", "environments", "chains", "commands", "variables", "schedules", "inputs"),
    *("runs", "nodes", "outputs", "users", "groups", "permissions", "logins", "authorizations"),
)
GIVES: dict[str, type] = {
    **dict.fromkeys(READS, pd.DataFrame),
    **dict.fromkeys(("login", "logout", "status", "use", "sandbox"), OneCloud),
    **dict.fromkeys(("cache", "doctor"), pd.DataFrame),
    **dict.fromkeys(("last", "help"), Text),
    "quota": QuotaGauge,
    **dict.fromkeys(("run", "stop", "watch"), ChainRun),
}


def examples() -> Iterator[tuple[str, str]]:
    for name, command in COMMANDS.items():
        if GIVES[name] is ChainRun:  # they change the service: see test_runs
            continue
        _, _, lines = command.doc.partition("Example:\n")
        yield from ((name, line.strip()) for line in lines.strip().splitlines())


def test_the_commands_are_those_of_the_design() -> None:
    assert set(COMMANDS) == set(GIVES)


@pytest.mark.parametrize(("name", "line"), list(examples()))
def test_the_example_of_the_help_gives_what_is_promised(
    signed_in: Shell, name: str, line: str
) -> None:
    signed_in.run("%onecloud workspaces;")  # there is a last call

    result = signed_in.run(re.sub(r"\bRUN\b", A_RUN, line))

    assert isinstance(result, GIVES[name])


@pytest.mark.parametrize("name", READS)
def test_a_read_gives_rows(signed_in: Shell, name: str) -> None:
    words = {"commands": '"Monthly Close"', "nodes": A_RUN, "outputs": A_RUN}

    assert len(signed_in.run(f"%onecloud {name} {words.get(name, '')}"))


def test_alone_it_gives_the_account_and_shows_its_card(signed_in: Shell, account: OneCloud) -> None:
    result = signed_in.run("%onecloud")

    assert isinstance(result, OneCloud)
    assert result.session is account.session
    assert "profile" in signed_in.out
    assert account.session.host in signed_in.out
    assert set(signed_in.shown(result)) == {"text/plain", "text/html"}


def test_the_account_that_it_gives_is_the_same_each_time(signed_in: Shell) -> None:
    assert signed_in.run("%onecloud") is signed_in.run("%onecloud status")


def test_the_cache_is_told_and_cleared(signed_in: Shell) -> None:
    signed_in.run("%onecloud workspaces;")
    signed_in.run("%onecloud users;")

    told = signed_in.run("%onecloud cache")
    left = signed_in.run("%onecloud cache clear metadata")
    nothing = signed_in.run("%onecloud cache clear")

    assert list(told["kind"]) == ["metadata", "security"]
    assert list(left["kind"]) == ["security"]
    assert nothing.empty


def test_quota_and_status_cost_no_call(signed_in: Shell, account: OneCloud) -> None:
    done = account.activity.calls_done

    for line in ("%onecloud", "%onecloud status", "%onecloud quota", "%onecloud cache"):
        signed_in.run(line)

    assert account.activity.calls_done == done


def test_the_gauge_has_the_figures_of_the_last_answer(signed_in: Shell, sandbox: Sandbox) -> None:
    sandbox.faults.add(faults.quota_nearly_spent(burst=12, daily=3456))
    signed_in.run("%onecloud workspaces;")

    gauge = signed_in.run("%onecloud quota")

    assert "12 of 100, ok" in gauge.card.text
    assert "3,456 of 50,000, low" in gauge.card.text


def test_where_the_environment_would_sign_in_again_logout_says_so(
    signed_in: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_ACCESS_TOKEN", secrets.token_hex(20))

    signed_in.run("%onecloud logout")

    assert "environment variables sign in again" in " ".join(signed_in.out.split())


def test_logout_forgets_the_session(signed_in: Shell, account: OneCloud) -> None:
    signed_in.run("%onecloud logout")

    assert account.session.state == "signed_out"
    assert "signed out" in signed_in.out
    assert "%onecloud login" in signed_in.out
