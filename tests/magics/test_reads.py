"""The commands that read give the frames of `OneCloud`, by the same words and flags."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import NotSignedIn
from onecloud_magic.sandbox import Sandbox
from tests.account.conftest import PLENTY
from tests.account.reads import A_RUN

from .shell import Shell

pytestmark = pytest.mark.filterwarnings("ignore::onecloud_magic.OneCloudWarning")

W, E, C = "Finance Close", "Production", "Monthly Close"
PATH = f"{W}/{E}/{C}"

ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("workspaces", "workspaces", {}),
    ("environments", "environments", {}),
    (f"environments -w '{W}'", "environments", {"workspace": W}),
    ("environments -w *", "environments", {"workspace": "*"}),
    ("chains", "chains", {}),
    (f"chains --environment {E}", "chains", {"environment": E}),
    (f"chains -e='{W}/{E}'", "chains", {"environment": f"{W}/{E}"}),
    (f"chains close -w '{W}'", "chains", {"workspace": W, "name": "close"}),
    (f"commands '{PATH}'", "commands", {"chain": PATH}),
    (f"commands -c '{C}' -e {E}", "commands", {"chain": C, "environment": E}),
    ("variables", "variables", {}),
    (f"variables -e {E}", "variables", {"environment": E}),
    (f"variables --workspace '{W}'", "variables", {"workspace": W}),
    (f"schedules -e {E}", "schedules", {"environment": E}),
    (f"schedules '{PATH}'", "schedules", {"chain": PATH}),
    (f"inputs --chain '{C}'", "inputs", {"chain": C}),
    (f"inputs '{C}' -w '{W}' -e {E}", "inputs", {"chain": C, "workspace": W, "environment": E}),
    ("runs --limit 5", "runs", {"limit": 5}),
    (f"runs '{C}' -e {E} --limit 5", "runs", {"chain": C, "environment": E, "limit": 5}),
    ("runs --state failed --limit 5", "runs", {"state": "failed", "limit": 5}),
    (
        "runs --state warned --state errored --since '1 day'",
        "runs",
        {"state": ["warned", "errored"], "since": "1 day"},
    ),
    (
        "runs --since 2026-09-19 --until 2026-09-19 --limit all",
        "runs",
        {"since": "2026-09-19", "until": "2026-09-19", "limit": None},
    ),
    ("runs --since yesterday", "runs", {"since": "yesterday"}),
    (f"nodes {A_RUN}", "nodes", {"run": A_RUN}),
    (f"outputs {A_RUN}", "outputs", {"run": A_RUN}),
    ("users", "users", {}),
    ("groups", "groups", {}),
    ("permissions", "permissions", {}),
    ("logins --limit 7", "logins", {"limit": 7}),
    ("logins --limit 0", "logins", {"limit": 0}),
    ("authorizations --limit all", "authorizations", {"limit": None}),
]


@pytest.mark.parametrize(("line", "method", "arguments"), ASKED)
def test_a_command_gives_the_frame_of_its_method(
    signed_in: Shell, account: OneCloud, line: str, method: str, arguments: dict[str, Any]
) -> None:
    typed = signed_in.run(f"%onecloud {line}")

    called = getattr(account, method)(**arguments)
    pd.testing.assert_frame_equal(typed, called)
    assert typed.attrs["onecloud"]["table"] == called.attrs["onecloud"]["table"]


def test_a_user_and_a_group_are_words(signed_in: Shell, account: OneCloud) -> None:
    email, group = account.users()["email"][0], account.groups()["name"][0]

    his = signed_in.run(f"%onecloud groups {email}")
    its = signed_in.run(f"%onecloud permissions '{group}'")

    pd.testing.assert_frame_equal(his, account.groups(email))
    pd.testing.assert_frame_equal(its, account.permissions(group))


@pytest.mark.parametrize(
    "line",
    [
        f"'{C}' -e {E} --state failed --limit 5",
        f"-e {E} '{C}' --limit 5 --state failed",
        f"--limit 5 --state failed -e {E} '{C}'",
        f"--limit=5 --state=failed --environment={E} -c '{C}'",
        f"--state failed --chain '{C}' --limit 5 -e {E}",
    ],
)
def test_words_and_flags_come_in_any_order(signed_in: Shell, account: OneCloud, line: str) -> None:
    typed = signed_in.run(f"%onecloud runs {line}")

    called = account.runs(C, E, state="failed", limit=5)
    assert len(typed)
    pd.testing.assert_frame_equal(typed, called)


def test_words_and_flags_do_narrow_what_is_read(signed_in: Shell) -> None:
    everything = signed_in.run("%onecloud chains")
    some = signed_in.run(f"%onecloud chains -e {E}")
    few = signed_in.run(f"%onecloud chains close -e {E}")

    assert len(everything) > len(some) > len(few) > 0


def test_a_second_look_costs_no_call_and_refresh_asks_anew(
    signed_in: Shell, sandbox: Sandbox
) -> None:
    signed_in.run("%onecloud chains")
    first = len(sandbox.requests)
    signed_in.run("%onecloud chains")
    second = len(sandbox.requests)
    signed_in.run("%onecloud chains --refresh")

    assert first == second > 0
    assert len(sandbox.requests) == 2 * first


def test_another_profile_is_asked_this_once(
    signed_in: Shell, sandbox: Sandbox, account: OneCloud
) -> None:
    with Sandbox(seed=2, token_ttl=PLENTY) as other:
        OneCloud("other", base_url=other.url).login(**other.credentials)
        other.requests.clear()

        signed_in.run("%onecloud workspaces -p other")
        signed_in.run("%onecloud workspaces --profile=other --refresh")
        elsewhere = len(sandbox.requests)
        signed_in.run("%onecloud workspaces")

        assert (len(other.requests), elsewhere, len(sandbox.requests)) == (2, 0, 1)


def test_a_read_that_is_signed_out_names_both_ways_in(shell: Shell) -> None:
    with pytest.raises(NotSignedIn) as told:
        shell.run("%onecloud chains")

    assert "%onecloud login" in told.value.hint
    assert "%onecloud sandbox" in told.value.hint
    assert told.value.hint in shell.out
