"""What comes before a start: protected environments, and what would be sent."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import (
    UsageError,
)
from onecloud_magic.sandbox import Sandbox

from ..shell import Shell
from .acting import CHAIN, RUN, sent

LASTS = 10.0**9  # seconds


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
