"""Signing in with tokens of which some are dead, spent, or of somebody who may not use the API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import Forbidden, RefreshUncertain, SessionRejected, Unreachable
from onecloud_magic.sandbox import faults
from tests.conftest import Clock

from .kernels import TOKEN_URL, User, mark


def dead(record: Record) -> Record:
    """The record with an access token that the service does not know."""
    return replace(record, access_token=Secret("not-known-any-more"))


def nobody(user: User) -> str:
    """A user who is no administrator."""
    return next(email for email, admin in user.service.users.items() if not admin)


# ---- dead and missing access tokens


@pytest.mark.parametrize("access", ["dead", "missing"])
def test_a_good_refresh_token_is_enough(user: User, access: str) -> None:
    record = user.record("access_token") if access == "missing" else dead(user.record())
    session = user.session()

    session.sign_in(record, user.check)

    assert user.asked == [mark(record)]
    assert session.current == user.store.load()
    assert session.ready().spent == (mark(record),)
    assert user.files == {"record.json"}
    user.check(user.session().ready())


def test_a_good_access_token_spends_nothing(user: User) -> None:
    session = user.session()

    session.sign_in(user.record(), user.check)

    assert user.asked == []
    assert user.files == {"record.json"}


@pytest.mark.parametrize("access", ["good", "dead"])
def test_who_may_not_use_the_api_keeps_the_session_before(user: User, access: str) -> None:
    session = user.signed_in()
    before = session.current
    refused = user.record(email=nobody(user))
    refused = dead(refused) if access == "dead" else refused

    with pytest.raises(Forbidden):
        session.sign_in(refused, user.check)

    assert session.current == user.store.load() == before
    kept = user.pending.load()
    if access == "good":
        assert kept is None
    else:  # what was got for the spent token is not thrown away
        assert kept is not None
        assert kept.spent[-1] == mark(refused)


def test_what_was_got_is_kept_however_often_the_check_fails(user: User) -> None:
    refused = dead(user.record(email=nobody(user)))

    for _ in range(3):
        with pytest.raises(Forbidden):
            user.session().sign_in(refused, user.check)

    kept = user.pending.load()
    assert kept is not None
    assert kept.spent == (mark(refused),)
    assert user.asked == [mark(refused)]


def test_an_uncertain_end_keeps_both(user: User) -> None:
    session = user.signed_in()
    before, record = session.current, dead(user.record())
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL)

    with pytest.raises(RefreshUncertain):
        session.sign_in(record, user.check)

    assert session.current == user.store.load() == before
    assert mark(user.pending.load()) == mark(record)
    assert user.asked == [mark(record)] * 2

    user.service.faults.clear()
    with pytest.raises(RefreshUncertain):
        session.sign_in(record, user.check)
    assert user.asked == [mark(record)] * 2


def test_a_lost_answer_may_come_at_the_repeat(user: User) -> None:
    user.service.faults.add(faults.drop_before_work(), path=TOKEN_URL, times=1)
    record = dead(user.record())

    user.session().sign_in(record, user.check)

    assert user.asked == [mark(record)] * 2
    assert user.files == {"record.json"}


@pytest.mark.parametrize("what", ["refused", "not there"])
def test_what_failed_and_spent_nothing_leaves_nothing_pending(user: User, what: str) -> None:
    session = user.signed_in()
    before, record = session.current, dead(user.record())
    if what == "refused":
        user.service.revoke_access()
    else:
        user.service.stop()

    with pytest.raises((SessionRejected, Unreachable)):
        session.sign_in(record, user.check)

    assert session.current == user.store.load() == before
    assert user.pending.load() is None


def test_a_client_id_that_was_mistyped_can_be_put_right(user: User) -> None:
    record = dead(user.record())
    other = user.record()

    for wrong in ("mistyped", other.client_id):
        with pytest.raises(SessionRejected):
            user.session().sign_in(replace(record, client_id=wrong), user.check)
    user.session().sign_in(record, user.check)

    assert user.asked == [mark(record)] * 3


# ---- spent tokens


def test_the_successor_of_a_spent_token_is_used_without_a_question(user: User) -> None:
    given = dead(user.record())
    user.session().sign_in(given, user.check)
    first = user.store.load()
    user.service.requests.clear()

    again = user.session()
    again.sign_in(given, user.check)

    assert user.asked == []
    assert again.current == user.store.load() == first


def test_a_successor_whose_access_token_has_ended_is_renewed(user: User, clock: Clock) -> None:
    given = dead(user.record())
    user.session().sign_in(given, user.check)
    first = user.store.load()
    user.service.requests.clear()
    clock.advance(3 * 86_400)

    again = user.session()
    again.sign_in(given, user.check)

    assert user.asked == [mark(first)]
    user.check(again.ready())


def test_a_successor_that_is_refused_leaves_the_session_before(user: User) -> None:
    given = dead(user.record())
    session = user.session()
    session.sign_in(given, user.check)
    before = session.current
    user.service.revoke_access()

    with pytest.raises(SessionRejected):
        session.sign_in(given, user.check)

    assert session.current == user.store.load() == before


def test_a_crash_between_the_exchange_and_the_check_loses_nothing(user: User) -> None:
    given = dead(user.record())
    calls: list[Record] = []

    def crash(record: Record) -> None:
        calls.append(record)
        if len(calls) == 2:
            raise KeyboardInterrupt
        user.check(record)

    with pytest.raises(KeyboardInterrupt):
        user.session().sign_in(given, crash)
    assert user.store.load() is None
    user.service.requests.clear()

    session = user.session()
    session.sign_in(given, user.check)

    assert user.asked == []
    assert session.current == user.store.load() == calls[1]
    assert user.files == {"record.json"}


def test_a_spent_token_is_refused_after_a_sign_out(user: User) -> None:
    given = dead(user.record())
    session = user.session()
    session.sign_in(given, user.check)
    session.sign_out()
    user.service.requests.clear()

    with pytest.raises(SessionRejected, match="was spent") as caught:
        session.sign_in(replace(given, access_token=None), user.check)
    with pytest.raises(SessionRejected):
        session.sign_in(given, user.check)

    assert "Admin > API" in caught.value.hint
    assert user.asked == []
    assert session.state == "signed_out"


def test_the_session_before_a_new_sign_in_is_found_again_by_its_spent_token(user: User) -> None:
    given, other = dead(user.record()), user.record()
    session = user.session()
    session.sign_in(given, user.check)
    session.sign_in(other, user.check)
    user.service.requests.clear()

    session.sign_in(given, user.check)

    assert user.asked == []
    assert session.ready().account == given.account
    user.check(session.ready())


def test_nobody_gets_the_session_of_another_account_for_a_spent_token(user: User) -> None:
    given, other = dead(user.record()), user.record()
    session = user.session()
    session.sign_in(given, user.check)
    session.sign_out()
    session.sign_in(other, user.check)

    with pytest.raises(SessionRejected):
        user.session().sign_in(given, user.check)

    stored = user.store.load()
    assert stored is not None
    assert stored.access_token == other.access_token
