"""`%onecloud use`: the profile, and where reads look by default."""

from __future__ import annotations

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import NotFound, UsageError
from onecloud_magic.sandbox import Sandbox
from tests.account.conftest import PLENTY

from .shell import Shell


def looks(account: OneCloud) -> tuple[str, str]:
    return account.workspace, account.environment


def test_defaults_hold_for_what_is_typed_and_are_on_the_card(signed_in: Shell) -> None:
    card = signed_in.shown(signed_in.run("%onecloud use -w 'Finance Close' -e Production"))

    frame = signed_in.run("%onecloud chains")

    assert set(frame["workspace"]) == {"Finance Close"}
    assert set(frame["environment"]) == {"Production"}
    for form in card.values():
        assert "Finance Close" in form
        assert "Production" in form


def test_defaults_hold_for_objects_made_later(signed_in: Shell) -> None:
    signed_in.run("%onecloud use -w 'Finance Close'")

    assert looks(OneCloud()) == ("Finance Close", "")
    assert looks(OneCloud("default")) == ("Finance Close", "")
    assert set(OneCloud().environments()["workspace"]) == {"Finance Close"}
    assert looks(OneCloud("another")) == ("", "")


def test_a_flag_and_a_keyword_beat_them(signed_in: Shell) -> None:
    signed_in.run("%onecloud use -e Production")

    assert set(signed_in.run("%onecloud chains -e Test")["environment"]) == {"Test"}
    assert len(set(signed_in.run("%onecloud chains -e *")["environment"])) > 1
    assert looks(OneCloud(environment="Test")) == ("", "Test")


def test_they_hold_until_they_are_taken_away_one_by_one(signed_in: Shell) -> None:
    signed_in.run("%onecloud use -w 'Finance Close' -e Production")
    signed_in.run("%onecloud use")
    kept = looks(OneCloud())
    signed_in.run("%onecloud use -e *")
    one = looks(OneCloud())
    signed_in.run("%onecloud use -w *")

    assert kept == ("Finance Close", "Production")
    assert one == ("Finance Close", "")
    assert looks(OneCloud()) == looks(signed_in.run("%onecloud")) == ("", "")
    assert len(set(signed_in.run("%onecloud environments")["workspace"])) == 3


@pytest.mark.parametrize(
    ("line", "kind", "near"),
    [
        ("-w 'Finanz Close'", "workspace", "Finance Close"),
        ("-e Prodction", "environment", "Production"),
        ("-w 'Finance Close' -e Prodction", "environment", "Production"),
        ("-w zzz", "workspace", ""),
    ],
)
def test_a_name_that_there_is_not_changes_nothing(
    signed_in: Shell, line: str, kind: str, near: str
) -> None:
    signed_in.run("%onecloud use -w 'Finance Close'")

    with pytest.raises(NotFound) as told:
        signed_in.run(f"%onecloud use {line}")

    assert told.value.kind == kind
    assert near in " ".join(told.value.near)
    assert looks(signed_in.run("%onecloud")) == looks(OneCloud()) == ("Finance Close", "")


def test_a_profile_is_used_from_now_on(signed_in: Shell, sandbox: Sandbox) -> None:
    with Sandbox(seed=2, token_ttl=PLENTY) as other:
        OneCloud("other", base_url=other.url).login(**other.credentials)
        other.requests.clear()

        used = signed_in.run("%onecloud use other")
        signed_in.run("%onecloud workspaces;")
        elsewhere = len(sandbox.requests)
        signed_in.run("%onecloud use -p default")
        signed_in.run("%onecloud workspaces;")

        assert used.profile == "other"
        assert (len(other.requests), elsewhere, len(sandbox.requests)) == (1, 0, 1)


def test_defaults_belong_to_their_profile(signed_in: Shell) -> None:
    signed_in.run("%onecloud use default -e Production")
    signed_in.run("%onecloud use other")

    assert looks(signed_in.run("%onecloud")) == ("", "")
    assert looks(signed_in.run("%onecloud use default")) == ("", "Production")


def test_a_name_that_is_wrong_does_not_change_the_profile_either(signed_in: Shell) -> None:
    with pytest.raises(NotFound):
        signed_in.run("%onecloud use default -e zzz")
    with pytest.raises(UsageError):
        signed_in.run("%onecloud use ../elsewhere")

    assert signed_in.run("%onecloud").profile == "default"


def test_signed_out_the_names_are_taken_as_they_are(shell: Shell) -> None:
    account = shell.run("%onecloud use -w Anything")

    assert looks(account) == ("Anything", "")
    assert "Anything" in shell.out


def test_alone_it_changes_nothing(signed_in: Shell, sandbox: Sandbox) -> None:
    assert signed_in.run("%onecloud use").profile == "default"
    assert not sandbox.requests


def test_one_read_with_another_profile_does_not_choose_it(signed_in: Shell) -> None:
    signed_in.run("%onecloud status -p other")

    assert signed_in.run("%onecloud").profile == "default"


def test_defaults_are_set_for_accounts_that_python_holds_of_the_magic(signed_in: Shell) -> None:
    signed_in.run("oc = %onecloud")
    signed_in.run("%onecloud use -e Production")

    assert set(signed_in.names["oc"].chains()["environment"]) == {"Production"}
