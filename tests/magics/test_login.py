"""`%onecloud login`: asks where somebody can be asked, else takes the environment's."""

from __future__ import annotations

import getpass
import secrets
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import SessionRejected, UsageError
from onecloud_magic.magics import asking
from onecloud_magic.sandbox import Sandbox

from .shell import Shell


class Answers:
    """Somebody who answers; *asked* are the prompts that were shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.answer = ""
        monkeypatch.setattr(asking, "can_ask", lambda: True)
        monkeypatch.setattr(getpass, "getpass", self._ask)

    def _ask(self, prompt: str) -> str:
        self.asked.append(prompt)
        return self.answer if prompt.startswith("Access token") else ""


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Answers:
    return Answers(monkeypatch)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(prompt: str) -> str:
        pytest.fail("asked where nobody can answer")

    monkeypatch.setattr(getpass, "getpass", never)


@pytest.fixture
def token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ONECLOUD_BASE_URL", sandbox.url)
    return sandbox.credentials["access_token"]


def test_the_right_token_signs_in(
    shell: Shell, somebody: Answers, token: str, sandbox: Sandbox
) -> None:
    somebody.answer = token

    account = shell.run("%onecloud login")

    assert account.session.state == "active"
    assert [each.partition(" (")[0] for each in somebody.asked] == ["Access token", "Refresh token"]
    assert token not in shell.out + shell.err + somebody.asked[0]
    assert len(sandbox.requests) == 1
    assert len(shell.run("%onecloud workspaces")) == 3


def test_blanks_around_the_token_do_no_harm(shell: Shell, somebody: Answers, token: str) -> None:
    somebody.answer = f" {token}\n"

    assert shell.run("%onecloud login").session.state == "active"


def test_it_is_kept_for_the_next_kernel(
    shell: Shell, somebody: Answers, token: str, home: Path
) -> None:
    somebody.answer = token

    shell.run("%onecloud login -p work")

    assert (home / "profiles" / "work" / "record.json").exists()
    assert OneCloud("work").session.state == "active"


def test_a_wrong_token_leaves_the_session_as_it_was(signed_in: Shell, somebody: Answers) -> None:
    somebody.answer = secrets.token_urlsafe(30)

    with pytest.raises(SessionRejected):
        signed_in.run("%onecloud login")

    assert somebody.answer not in signed_in.out + signed_in.err
    assert signed_in.run("%onecloud").session.state == "active"
    assert len(signed_in.run("%onecloud workspaces --refresh")) == 3


@pytest.mark.parametrize("answer", ["", "  ", "\n"])
def test_an_empty_answer_leaves_the_session_as_it_was(
    signed_in: Shell, somebody: Answers, sandbox: Sandbox, answer: str
) -> None:
    somebody.answer = answer

    with pytest.raises(UsageError, match="Nothing was typed") as told:
        signed_in.run("%onecloud login")

    assert "API" in told.value.hint
    assert not sandbox.requests
    assert signed_in.run("%onecloud").session.state == "active"


def test_what_is_no_token_is_refused_without_a_word_of_it(
    shell: Shell, somebody: Answers, token: str, sandbox: Sandbox
) -> None:
    somebody.answer = "not a\ntoken"

    with pytest.raises(UsageError):
        shell.run("%onecloud login")

    assert "not a" not in shell.out
    assert not sandbox.requests


def test_an_interrupt_while_asking_leaves_the_session_as_it_was(
    signed_in: Shell, somebody: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(getpass, "getpass", interrupted)

    with pytest.raises(KeyboardInterrupt):
        signed_in.run("%onecloud login")

    assert signed_in.run("%onecloud").session.state == "active"


def test_no_verbose_traceback_shows_what_was_typed(
    shell: Shell, somebody: Answers, token: str
) -> None:
    somebody.answer = secrets.token_urlsafe(30)
    shell.run("%xmode Verbose")

    with pytest.raises(SessionRejected):
        shell.run("%onecloud login")

    assert "Traceback" in shell.out
    assert somebody.answer not in shell.out


@pytest.mark.usefixtures("nobody")
class TestWhereNobodyCanBeAsked:
    def test_the_environment_signs_in(
        self, shell: Shell, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ONECLOUD_ACCESS_TOKEN", token)

        account = shell.run("%onecloud login")

        assert (account.profile, account.session.state) == ("environment", "active")
        assert token not in shell.out + shell.err

    def test_without_a_token_there_the_variables_are_named(self, shell: Shell) -> None:
        with pytest.raises(UsageError) as told:
            shell.run("%onecloud login")

        assert "ONECLOUD_ACCESS_TOKEN" in told.value.hint
        assert "ONECLOUD_BASE_URL" in told.value.hint
        assert "ONECLOUD_ACCESS_TOKEN" in shell.out

    def test_a_session_that_is_there_is_enough(self, signed_in: Shell, sandbox: Sandbox) -> None:
        assert signed_in.run("%onecloud login").session.state == "active"
        assert not sandbox.requests

    def test_a_wrong_token_there_fails_the_cell(
        self, shell: Shell, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ONECLOUD_ACCESS_TOKEN", secrets.token_urlsafe(30))

        with pytest.raises(SessionRejected):
            shell.run("%onecloud login")

        assert shell.out.startswith("SessionRejected: ")

    def test_a_session_that_is_no_longer_taken_is_not_enough(
        self, signed_in: Shell, sandbox: Sandbox
    ) -> None:
        with Sandbox() as gone:
            OneCloud("gone", base_url=gone.url).login(**gone.credentials)
            gone.revoke_access()
            with pytest.raises(SessionRejected):
                signed_in.run("%onecloud workspaces -p gone")

            with pytest.raises(UsageError, match="Nobody can be asked"):
                signed_in.run("%onecloud login -p gone")


@pytest.mark.parametrize(("allowed", "asks"), [(True, True), (False, False)])
def test_a_kernel_asks_where_its_front_end_takes_input(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, allowed: bool, asks: bool
) -> None:
    class Kernel:
        _allow_stdin = allowed

    monkeypatch.setattr(type(shell.ipython), "kernel", Kernel(), raising=False)

    assert asking.can_ask() is asks
