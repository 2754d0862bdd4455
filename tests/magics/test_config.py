"""`%config OneCloud`: what is set holds for the accounts that are there, and for those to come."""

from __future__ import annotations

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import UsageError

from .conftest import NewShell
from .shell import Shell


def test_what_is_set_right_after_loading_holds_for_accounts_made_later(shell: Shell) -> None:
    shell.run("%config OneCloud.timeout = 5")

    assert shell.run("%onecloud").timeout == 5
    assert shell.run("%onecloud status -p other").timeout == 5
    assert OneCloud().timeout == 5


def test_what_is_set_holds_for_the_accounts_that_are_there(shell: Shell) -> None:
    first, other = shell.run("%onecloud"), shell.run("%onecloud status -p other")

    shell.run("%config OneCloud.timeout = 5")

    assert shell.run("%onecloud") is first
    assert (first.timeout, other.timeout) == (5, 5)
    assert OneCloud("third").timeout == 5


def test_what_is_set_twice_is_what_was_said_last(shell: Shell) -> None:
    shell.run("%config OneCloud.timeout = 5")
    first = shell.run("%onecloud")
    shell.run("%config OneCloud.timeout = 6")
    shell.run("%config OneCloud.burst_limit = 7")

    assert (first.timeout, first.burst_limit) == (6, 7)
    later = shell.run("%onecloud status -p other")
    assert (later.timeout, later.burst_limit) == (6, 7)


def test_a_setting_of_the_configuration_file_holds(new_shell: NewShell) -> None:
    shell = new_shell(OneCloud={"timeout": 5.0, "environment": "Production"})
    shell.run("%load_ext onecloud_magic")

    account = shell.run("%onecloud")

    assert (account.timeout, account.environment) == (5.0, "Production")


def test_settings_are_listed_with_their_help(shell: Shell) -> None:
    shell.run("%config OneCloud")

    for name, trait in OneCloud.class_traits(config=True).items():
        assert f"OneCloud.{name}=" in shell.out
        assert str(trait.help).split()[0] in shell.out


def test_a_value_is_told(shell: Shell) -> None:
    assert shell.run("%config OneCloud.burst_limit") == 100

    shell.run("%config OneCloud.burst_limit = 7")

    assert shell.run("%config OneCloud.burst_limit") == 7


def test_the_class_is_among_those_that_can_be_configured(shell: Shell) -> None:
    shell.run("%config")

    assert shell.out.split().count("OneCloud") == 1


def test_what_is_set_before_is_used_for_the_first_call(signed_in: Shell) -> None:
    signed_in.run("%config OneCloud.environment = 'Production'")

    frame = signed_in.run("%onecloud chains")

    assert set(frame["environment"]) == {"Production"}


def test_a_value_that_cannot_be_is_an_error_of_ours(shell: Shell) -> None:
    shell.run("%config OneCloud.timeout = 'long'")

    with pytest.raises(UsageError, match="configuration"):
        shell.run("%onecloud")
