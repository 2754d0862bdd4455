"""`%onecloud sandbox`: the embedded service, in the kernel's process, and a session with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import Unreachable
from onecloud_magic.magics import accounts
from onecloud_magic.sandbox import Sandbox

from .conftest import NewShell
from .shell import Shell


def service() -> Sandbox:
    return accounts._sandboxes[-1]


def test_it_is_signed_in_and_says_what_to_type_next(shell: Shell) -> None:
    account = shell.run("%onecloud sandbox")

    assert (account.profile, account.session.state) == ("sandbox", "active")
    assert account.session.host == service().url
    assert "OneCloud [SANDBOX]" in shell.out
    assert "%onecloud chains" in shell.out


def test_everything_goes_there_from_now_on(shell: Shell) -> None:
    shell.run("%onecloud sandbox")

    chains = shell.run("%onecloud chains -e Production")

    assert len(chains)
    assert shell.run("%onecloud").profile == "sandbox"
    assert "SANDBOX" in shell.shown(shell.run("%onecloud quota"))["text/html"]


def test_the_second_call_gives_the_same_service_and_the_same_session(shell: Shell) -> None:
    first = shell.run("%onecloud sandbox")
    record = record_of(first)

    second = shell.run("%onecloud sandbox")

    assert second is first
    assert len(accounts._sandboxes) == 1
    assert record_of(second) == record


def record_of(account: OneCloud) -> object:
    return account._line.held.current


def test_after_a_logout_the_second_call_signs_in_again(shell: Shell) -> None:
    account = shell.run("%onecloud sandbox")
    shell.run("%onecloud logout")
    assert account.session.state == "signed_out"

    assert shell.run("%onecloud sandbox").session.state == "active"
    assert len(accounts._sandboxes) == 1


def test_after_its_tokens_were_revoked_the_second_call_says_so_or_signs_in(shell: Shell) -> None:
    shell.run("%onecloud sandbox")
    box = service()
    box.credentials = box.enable_access()

    assert shell.run("%onecloud sandbox").session.state == "active"
    assert len(shell.run("%onecloud workspaces --refresh")) == 3


def test_the_profile_is_a_file_like_any_other(shell: Shell, home: Path) -> None:
    shell.run("%onecloud sandbox")

    record = json.loads((home / "profiles" / "sandbox" / "record.json").read_text())
    assert record["base_url"] == service().url


def test_settings_of_the_environment_for_the_real_service_do_not_reach_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_BASE_URL", "https://onecloud.example")
    monkeypatch.setenv("ONECLOUD_TOKEN_URL", "https://onecloud.example/token")
    monkeypatch.setenv("ONECLOUD_WORKSPACE", "Nowhere")
    monkeypatch.setenv("ONECLOUD_ENVIRONMENT", "Nowhere")

    account = shell.run("%onecloud sandbox")

    assert account.session.host == service().url
    assert len(shell.run("%onecloud chains"))


@pytest.mark.parametrize("variable", ["ONECLOUD_ACCESS_TOKEN", "ONECLOUD_PROFILE"])
def test_a_credential_or_profile_of_the_environment_does_not_reach_it(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "of-the-real-service")

    account = shell.run("%onecloud sandbox")

    assert account.profile == "sandbox"
    assert len(shell.run("%onecloud workspaces")) == 3
    heard = [each.headers["authorization"] for each in service().requests]
    assert not any("of-the-real-service" in each for each in heard)


def test_settings_of_the_configuration_for_the_real_service_do_not_reach_it(
    new_shell: NewShell,
) -> None:
    shell = new_shell(OneCloud={"base_url": "us", "workspace": "Nowhere", "environment": "Nowhere"})
    shell.run("%load_ext onecloud_magic")

    shell.run("%onecloud sandbox")

    assert len(shell.run("%onecloud chains"))


def test_an_object_in_python_is_signed_in_too(shell: Shell) -> None:
    shell.run("%onecloud sandbox")

    shell.run("from onecloud_magic import OneCloud\noc = OneCloud()\nframe = oc.workspaces()")

    assert shell.names["oc"].session.state == "active"
    assert len(shell.names["frame"]) == 3


@pytest.mark.parametrize("name", ["ONECLOUD_BASE_URL", "ONECLOUD_WORKSPACE"])
def test_an_object_in_python_is_signed_in_whatever_the_environment_says(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "https://onecloud.example")
    shell.run("%onecloud sandbox")

    shell.run("from onecloud_magic import OneCloud\nframe = OneCloud().chains()")

    assert len(shell.names["frame"])


def test_it_leaves_the_session_of_other_profiles_alone(
    signed_in: Shell, account: OneCloud, sandbox: Sandbox
) -> None:
    signed_in.run("%onecloud sandbox")
    signed_in.run("%onecloud workspaces;")
    asked = len(sandbox.requests)

    signed_in.run("%onecloud use default")
    signed_in.run("%onecloud workspaces;")

    assert (asked, len(sandbox.requests)) == (0, 1)
    assert account.session.state == "active"


def test_one_that_died_with_its_kernel_is_told_and_so_is_how_to_start_another(
    shell: Shell,
) -> None:
    with Sandbox() as earlier:
        OneCloud("sandbox", base_url=earlier.url).login(**earlier.credentials)
    shell.run("%onecloud use sandbox")

    with pytest.raises(Unreachable) as told:
        shell.run("%onecloud workspaces")

    assert "%onecloud sandbox" in told.value.hint
    assert shell.run("%onecloud sandbox").session.state == "active"
    assert len(shell.run("%onecloud workspaces")) == 3


def test_a_record_that_an_earlier_process_left_is_no_hindrance(shell: Shell) -> None:
    with Sandbox() as earlier:
        OneCloud("sandbox", base_url=earlier.url).login(**earlier.credentials)

    account = shell.run("%onecloud sandbox")

    assert account.session.host == service().url
    assert len(shell.run("%onecloud workspaces")) == 3


def test_it_is_where_it_was_after_another_profile_was_used(shell: Shell) -> None:
    first = shell.run("%onecloud sandbox")
    shell.run("%onecloud use elsewhere")

    assert shell.run("%onecloud use sandbox") is first
    assert len(shell.run("%onecloud workspaces")) == 3
