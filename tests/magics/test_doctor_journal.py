"""`%onecloud doctor` on the renewal of a session: how far one came, and who holds its lock."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from onecloud_magic.sandbox import faults
from tests.credentials.kernels import TOKEN_URL, User
from tests.sessions.common import Gate

from .causes import CAUSES, place, sign_in, spend
from .examined import examined, kept, told
from .shell import Shell

NEW_TOKENS = "Get new tokens on the page Admin > API, then %onecloud login."
NEXT_CALL = "The next call goes on with it."
NEXT_SIGN_IN = "The next sign-in with its tokens goes on with it."
NONE = ("ok", "no renewal is under way", "")

ANSWERED = "a new token came and is not stored yet"
UNANSWERED = "a renewal was begun and no answer has come"
REJECTED = "the service no longer takes the refresh token"
LOST = "an answer was lost; the token may be spent"
ELSEWHERE = "the refresh token was spent in the profile work, which has its successor"
GIVEN_UP = "the refresh token was spent, and what came of it was given up"
USE = "Go on there: %onecloud use work."


@pytest.mark.parametrize("cause", ["signed_in", "a_grant", "signed_out"])
def test_without_a_journal_no_renewal_is_under_way(cause: str, user: User, shell: Shell) -> None:
    CAUSES[cause](user)

    assert examined(shell, "journal") == [NONE]


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        ("answered", ("look", ANSWERED, NEXT_CALL)),
        ("unanswered", ("look", UNANSWERED, NEXT_CALL)),
        ("rejected", ("wrong", REJECTED, NEW_TOKENS)),
        ("lost", ("wrong", LOST, NEW_TOKENS)),
        ("settled", ("ok", "a renewal is settled; its journal goes with the next one", "")),
        ("spent_elsewhere", ("wrong", ELSEWHERE, USE)),
        ("given_up", ("wrong", GIVEN_UP, NEW_TOKENS)),
    ],
)
def test_it_says_how_far_the_renewal_of_the_session_came(
    cause: str, says: tuple[str, str, str], user: User, shell: Shell
) -> None:
    CAUSES[cause](user)

    assert examined(shell, "journal") == [says]


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        ("pending_answered", ("look", ANSWERED, NEXT_SIGN_IN)),
        ("pending_unanswered", ("look", UNANSWERED, NEXT_SIGN_IN)),
        ("pending_rejected", ("look", REJECTED, NEW_TOKENS)),
        ("pending_lost", ("look", LOST, NEW_TOKENS)),
        ("pending_spent_elsewhere", ("look", ELSEWHERE, USE)),
        ("pending_given_up", ("look", GIVEN_UP, NEW_TOKENS)),
        ("pending_done", ("ok", "the refresh token was spent, and what came of it is kept", "")),
    ],
)
def test_a_sign_in_has_a_journal_of_its_own_and_is_no_harm_to_the_session(
    cause: str, says: tuple[str, str, str], user: User, shell: Shell
) -> None:
    CAUSES[cause](user)

    state, words, hint = says
    assert examined(shell, "journal") == [NONE, (state, f"sign-in {place(user)}: {words}", hint)]


def test_a_sign_in_without_a_journal_is_not_told_there(user: User, shell: Shell) -> None:
    CAUSES["forbidden"](user)

    assert examined(shell, "journal") == [NONE]


def test_what_a_sign_in_got_for_the_sessions_token_is_found(user: User, shell: Shell) -> None:
    CAUSES["spent_by_a_sign_in"](user)

    words = f"the refresh token was spent by the sign-in {place(user)}, which has its successor"
    assert examined(shell, "journal") == [("look", words, NEXT_CALL)]
    asked = len(user.asked)
    spend(user)  # as it says
    assert len(user.asked) == asked


def test_an_answer_whose_session_is_gone_is_for_who_signs_in_again(
    user: User, shell: Shell
) -> None:
    CAUSES["answered_to_nobody"](user)

    words = "a new token came, and its session is gone"
    hint = "Sign in again with the same tokens: what came of them is used."
    assert examined(shell, "journal") == [("look", words, hint)]


def test_the_journal_of_another_profile_counts_for_the_same_token(user: User, shell: Shell) -> None:
    record = user.record()
    sign_in(user, record)
    sign_in(user, record, "work")
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL, times=1)
    assert user.start(seen=user.session().ready().mark, pending="").kind == "uncertain"

    frame = shell.run("%onecloud doctor -p work")

    assert told(frame, "journal") == [("wrong", LOST, NEW_TOKENS)]


def test_a_journal_that_cannot_be_read_is_told(user: User, shell: Shell) -> None:
    CAUSES["signed_in"](user)
    user.home.journal("default").mkdir()

    [(state, words, hint)] = examined(shell, "journal")

    assert state == "wrong"
    assert words.startswith("OneCloudError: Could not read ~/profiles/default/journal: ")
    assert "ONECLOUD_HOME" in hint


# ---- lock


def test_a_lock_that_was_never_taken_is_not_made(user: User, shell: Shell) -> None:
    CAUSES["never_locked"](user)

    assert examined(shell, "lock") == [("ok", "no renewal was ever made here", "")]
    assert not user.home.lock("default").exists()


def test_a_lock_that_nobody_holds_is_free(user: User, shell: Shell) -> None:
    CAUSES["signed_in"](user)
    spend(user)

    assert examined(shell, "lock") == [("ok", "free", "")]


def test_a_renewal_that_waits_for_its_answer_is_told_and_not_disturbed(
    user: User, shell: Shell, home: Path
) -> None:
    CAUSES["signed_in"](user)
    gate = Gate()
    user.service.faults.add(gate, path=TOKEN_URL, times=1)
    renewing = threading.Thread(target=spend, args=[user])
    renewing.start()
    gate.wait()
    before = kept(home)

    frame = shell.run("%onecloud doctor")

    after = kept(home)
    gate.open()
    renewing.join()
    assert after == before
    words = "~/profiles/default/lock is held: a renewal is under way"
    hint = "That is well while it lasts some seconds; then end the process that holds it."
    assert told(frame, "lock") == [("look", words, hint)]
    assert told(frame, "journal") == [("look", UNANSWERED, NEXT_CALL)]
    assert len(user.asked) == 1
    assert user.session().ready().generation == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows says it in another way")
def test_what_cannot_be_locked_is_named_with_the_reason(user: User, shell: Shell) -> None:
    CAUSES["lock_is_a_folder"](user)

    words = f"~/profiles/default/lock cannot be locked: {os.strerror(errno.EISDIR)}"
    hint = "It must be an empty file of yours: see what it is."
    assert examined(shell, "lock") == [("wrong", words, hint)]


@pytest.mark.skipif(os.name == "nt", reason="Windows locks in another way")
@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_drive_that_knows_no_locks_is_told(
    code: int, user: User, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "win32":
        import fcntl

        CAUSES["signed_in"](user)
        spend(user)

        def refuses(*_: object) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(fcntl, "flock", refuses)

        words = "~/profiles/default/lock cannot be locked: its drive has no locks"
        hint = "Set ONECLOUD_HOME to a folder on a drive with locks."
        assert examined(shell, "lock") == [("wrong", words, hint)]
