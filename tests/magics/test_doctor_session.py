"""`%onecloud doctor` on what is kept of a session, and on the session itself."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from onecloud_magic import OneCloud
from onecloud_magic.errors import SessionRejected
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from tests.credentials.kernels import User
from tests.sessions.common import Gate

from .causes import CAUSES, LIFE, place, sign_in, spend
from .examined import examined, kept, told
from .shell import Shell

RECORD = "~/profiles/default/record.json"
PENDING = "~/profiles/default/pending-{}.json"
SAME_TOKENS = "Sign in again with the same tokens: what came of them is used."
LOGIN = "%onecloud login, or %onecloud sandbox to try it out."

posix = pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")


def all_tokens(sandbox: Sandbox) -> set[str]:
    """Every secret that the service ever gave."""
    tokens = sandbox._world.tokens
    secrets = {each.client_secret for each in tokens._applications.values()}
    return {*tokens._access, *tokens._refresh, *secrets}


@pytest.mark.parametrize("cause", CAUSES)
def test_whatever_has_become_of_a_session_no_secret_is_told_and_no_file_changes(
    cause: str, user: User, shell: Shell, home: Path
) -> None:
    CAUSES[cause](user)
    before = kept(home)

    frame = shell.run("%onecloud doctor")

    assert kept(home) == before
    for shown in (frame.to_csv(), repr(frame), shell.shown(frame)["text/html"]):
        assert not any(secret in shown for secret in all_tokens(user.service))


# ---- store


def test_it_says_what_is_kept_of_the_session(user: User, shell: Shell) -> None:
    CAUSES["signed_in"](user)
    spend(user)

    words = f"session in {RECORD}: access token, refresh token, renewals so far: 1"
    assert examined(shell, "store") == [("ok", words, "")]


def test_a_grant_is_told_by_its_secret(user: User, shell: Shell) -> None:
    CAUSES["a_grant"](user)

    words = f"session in {RECORD}: client secret, renewals so far: 0"
    assert examined(shell, "store") == [("ok", words, "")]


def test_what_a_sign_out_leaves_is_told_as_such(user: User, shell: Shell) -> None:
    CAUSES["signed_out"](user)

    words = f"session in {RECORD}: signed out, renewals so far: 1"
    assert examined(shell, "store") == [("ok", words, "")]


def test_where_nothing_is_kept_it_says_where_it_would_be(shell: Shell) -> None:
    assert examined(shell, "store") == [("ok", f"no session is kept in {RECORD}", "")]


def test_a_session_in_memory_has_neither_journal_nor_lock(
    user: User, shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CAUSES["lost"](user)
    monkeypatch.setenv("ONECLOUD_TOKEN_STORE", "memory")
    before = kept(home)

    frame = shell.run("%onecloud doctor")

    words = "the session is kept in memory only: there is no journal and no lock"
    assert told(frame, "store") == [("ok", words, "")]
    assert not told(frame, "journal") + told(frame, "lock")
    assert told(frame, "session")
    assert kept(home) == before


@pytest.mark.parametrize(
    ("cause", "words", "hint"),
    [
        ("damaged", "is damaged", "The next call sets it aside; then %onecloud login."),
        (
            "newer",
            "was written by a newer version",
            "Upgrade onecloud-magic, or use another profile.",
        ),
        pytest.param(
            "open_to_others",
            "can be read by other users of this machine",
            "The next call mends it; then get new tokens, if somebody may have read it.",
            marks=posix,
        ),
    ],
)
def test_a_file_that_a_call_would_stumble_on_is_wrong_and_left_to_it(
    cause: str, words: str, hint: str, user: User, shell: Shell
) -> None:
    CAUSES[cause](user)
    user.service.requests.clear()

    frame = shell.run("%onecloud doctor")

    assert told(frame, "store")[-1] == ("wrong", f"{RECORD} {words}", hint)
    assert told(frame, "session") == [("look", "not looked at: the store comes first", "")]
    assert frame["check"].iloc[-1] == "session"
    assert not user.service.requests


def test_a_sign_in_that_was_not_let_in_can_be_gone_on_with(user: User, shell: Shell) -> None:
    CAUSES["forbidden"](user)

    words = f"sign-in that is not yet current in {PENDING.format(place(user))}: "
    words += "access token, refresh token, renewals so far: 1"
    assert examined(shell, "store")[1:] == [("look", words, SAME_TOKENS)]


def test_a_sign_in_of_which_nothing_came_points_to_its_journal(user: User, shell: Shell) -> None:
    CAUSES["pending_lost"](user)

    _, (state, words, hint) = examined(shell, "store")

    assert state == "look"
    assert words.endswith(f"{place(user)}.json: refresh token, renewals so far: 0")
    assert hint == "Sign in again with the same tokens, unless its journal tells otherwise."


def test_what_a_sign_out_leaves_of_a_sign_in_is_not_told(user: User, shell: Shell) -> None:
    CAUSES["pending_signed_out"](user)

    assert user.home.record("default", place(user)).exists()
    assert examined(shell, "store") == [("ok", f"no session is kept in {RECORD}", "")]


@pytest.mark.parametrize(
    ("cause", "words", "hint"),
    [
        ("pending_damaged", "is damaged", "sets it aside; then %onecloud login."),
        pytest.param(
            "pending_open",
            "can be read by other users of this machine",
            "mends it; then get new tokens, if somebody may have read it.",
            marks=posix,
        ),
    ],
)
def test_a_file_of_a_sign_in_is_wrong_and_the_session_is_looked_at_all_the_same(
    cause: str, words: str, hint: str, user: User, shell: Shell
) -> None:
    CAUSES[cause](user)

    frame = shell.run("%onecloud doctor")

    path = PENDING.format(place(user))
    who = "The next sign-in with its tokens"
    assert told(frame, "store")[-1] == ("wrong", f"{path} {words}", f"{who} {hint}")
    assert told(frame, "session")[0][1].startswith("signed_out")


@posix
def test_a_folder_that_others_can_change_is_told_and_nothing_is_read_from_it(
    user: User, shell: Shell, home: Path
) -> None:
    CAUSES["signed_in"](user)
    (home / "profiles" / "default").chmod(0o777)
    before = kept(home)

    frame = shell.run("%onecloud doctor")

    [(state, words, hint)] = told(frame, "store")
    assert state == "wrong"
    assert words.startswith("OneCloudError: Could not read ~/profiles/default/record.json: ")
    assert "can be written to by others (chmod 700 it)" in words
    assert "ONECLOUD_HOME" in hint
    assert told(frame, "session") == [("look", "not looked at: the store comes first", "")]
    assert kept(home) == before


# ---- session


def test_an_active_session_is_well(user: User, shell: Shell) -> None:
    CAUSES["signed_in"](user)

    words = f"active, profile default, {user.service.url}"
    assert examined(shell, "session") == [("ok", words, "")]


def test_one_that_has_ended_and_can_be_renewed_waits_for_the_next_call(
    user: User, shell: Shell
) -> None:
    user.signed_in()
    user.clock.advance(LIFE)

    frame = shell.run("%onecloud doctor")

    words = f"expired, profile default, {user.service.url}"
    hint = "The next call renews the access token, or says why it cannot."
    assert told(frame, "session") == [("look", words, hint)]
    assert told(frame, "host") == [("look", "not asked: the access token has ended", "")]
    assert told(frame, "clock")[0][0] == "look"
    assert not user.service.requests


def test_one_that_has_ended_for_good_needs_a_sign_in(user: User, shell: Shell) -> None:
    user.store.save(user.record("refresh_token", expires_at=user.clock()))

    frame = shell.run("%onecloud doctor")

    words = f"expired, profile default, {user.service.url}"
    assert told(frame, "session") == [("look", words, LOGIN)]


def test_one_that_was_refused_in_this_process_needs_a_sign_in(user: User, shell: Shell) -> None:
    sign_in(user, user.record("refresh_token"))
    user.service.revoke_access()
    account: OneCloud = shell.run("%onecloud")
    with pytest.raises(SessionRejected):
        account.call("getWorkspaces")

    frame = shell.run("%onecloud doctor")

    words = f"rejected, profile default, {user.service.url}"
    assert told(frame, "session") == [("look", words, LOGIN)]
    assert told(frame, "host")[0][1].startswith("SessionRejected: ")


def test_one_that_is_being_renewed_is_left_to_that(user: User, shell: Shell) -> None:
    CAUSES["a_grant"](user)
    account: OneCloud = shell.run("%onecloud")
    gate = Gate()
    user.service.faults.add(gate, times=1)
    renewing = threading.Thread(target=account.renew)
    renewing.start()
    gate.wait()

    frame = shell.run("%onecloud doctor")
    gate.open()
    renewing.join()

    words = f"refreshing, profile default, {user.service.url}"
    assert told(frame, "session") == [("ok", words, "")]
    assert told(frame, "host") == [("look", "not asked: the access token is being renewed", "")]


def test_where_nobody_is_signed_in_nothing_is_asked(shell: Shell) -> None:
    frame = shell.run("%onecloud doctor")

    words = "signed_out, profile default, https://api.onecloud.io"
    assert told(frame, "session") == [("look", words, LOGIN)]
    assert told(frame, "host") == [("look", "not asked: nobody is signed in", "")]


def test_another_profile_is_looked_at_by_its_name(user: User, shell: Shell, home: Path) -> None:
    sign_in(user, user.record(), "work")

    frame = shell.run("%onecloud doctor -p work")

    assert told(frame, "session") == [("ok", f"active, profile work, {user.service.url}", "")]
    assert str(Home(home).record("work")) in frame.to_csv()
