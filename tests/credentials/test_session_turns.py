"""Accounts that take turns in one profile: whoever comes back finds what is his."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from onecloud_magic.credentials.exchange import Answer, exchange
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.credentials.renewal import FileRenewal
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.session import Session
from onecloud_magic.credentials.settling import Settling
from onecloud_magic.errors import OneCloudError, OneCloudWarning, RefreshUncertain, SessionRejected
from onecloud_magic.sandbox import faults
from onecloud_magic.sandbox.messages import Reply, Request

from .kernels import TOKEN_URL, User, mark


def dead(record: Record) -> Record:
    """The record with an access token that the service does not know."""
    return replace(record, access_token=Secret("not-known-any-more"))


def refused(*_: object) -> Reply:
    return Reply(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"})


def renewed(session: Session) -> Record:
    """The session with a token of its own, which no user has."""
    session.renew()
    return session.ready()


# ---- of the environment


def test_an_answer_in_flight_finds_its_account_when_another_took_its_place(user: User) -> None:
    one, two = user.record(), user.record(source="environment")
    first, second = user.session(profile="environment"), user.session(two, profile="environment")
    before = renewed(second)

    def meanwhile(record: Record) -> Answer:
        first.sign_in(one, user.check)  # takes the place of the second one
        answer = exchange(record)
        assert isinstance(answer, Answer)
        return answer

    refresh(user.home, "environment", seen=before.mark, ask=meanwhile, clock=user.clock)

    assert first.ready().mark == one.mark
    back = user.session(two, profile="environment")
    back.renew()
    user.check(back.ready())
    assert len(user.asked) == len(set(user.asked))


def test_an_answer_that_a_killed_helper_left_finds_its_account_too(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (user.record(source="environment") for _ in range(2))
    first = user.session(one, profile="environment")
    first.renew()
    second = user.session(two, profile="environment")
    before = renewed(second)
    with monkeypatch.context() as patched, suppress(ZeroDivisionError):
        patched.setattr(Settling, "_store", lambda *_: 1 / 0)
        refresh(user.home, "environment", seen=before.mark, clock=user.clock)

    first.renew()
    first.renew()
    back = user.session(two, profile="environment")
    back.renew()

    user.check(back.ready())
    assert len(user.asked) == len(set(user.asked))


def test_tokens_that_are_refused_are_sent_once_however_often_is_asked(user: User) -> None:
    given = dead(user.record(source="environment"))
    user.service.revoke_access()
    session = user.session(given, profile="environment")

    for _ in range(5):
        with pytest.raises(SessionRejected):
            session.reject(session.ready())

    assert user.asked == [mark(given)]


def test_new_tokens_beat_a_session_whose_end_is_uncertain(user: User) -> None:
    session = user.session(profile="environment")
    session.sign_in(user.record(), user.check)
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL, times=2)
    with pytest.raises(RefreshUncertain):
        session.renew()
    kept = session.current
    assert kept is not None
    user.clock.advance(3601)
    given = replace(dead(user.record(source="environment")), account=kept.account)

    again = user.session(given, profile="environment")
    for _ in range(2):
        assert again.reject(again.ready())

    user.check(again.ready())


def test_a_hiccup_does_not_cost_the_tokens_of_the_environment(user: User) -> None:
    given = dead(user.record(source="environment"))
    session = user.session(given, profile="environment")
    user.service.faults.add(faults.status(429), path=TOKEN_URL, times=1)
    with pytest.raises(OneCloudError):
        session.reject(session.ready())

    assert session.reject(session.ready())

    user.check(session.ready())


# ---- signing in and out


def test_a_grant_that_is_bought_overwrites_nobody_who_signed_in_meanwhile(user: User) -> None:
    grant, other = user.grant(), user.record()
    user.store.save(grant)
    renewal = FileRenewal(user.home, "default", user.clock)

    def meanwhile(request: Request, work: Callable[[], Reply]) -> Reply:
        user.store.save(other)
        return work()

    user.service.faults.add(meanwhile, times=1)
    assert renewal.renew(grant).mark

    assert user.store.load() == other


def test_an_access_token_alone_lets_the_session_before_be_found_again(user: User) -> None:
    session = user.session()
    first = dead(user.record())
    session.sign_in(first, user.check)
    with pytest.warns(OneCloudWarning, match="took the place"):
        session.sign_in(user.record("refresh_token"), user.check)

    session.sign_in(first, user.check)

    assert user.asked == [mark(first)]
    user.check(session.ready())


def test_signing_out_leaves_the_session_of_another_account_the_first_time(user: User) -> None:
    one, two = (user.record(source="environment") for _ in range(2))
    first, second = (user.session(each, profile="environment") for each in (one, two))
    first.renew()
    second.renew()

    second.sign_out()

    back = user.session(one, profile="environment")
    back.renew()
    user.check(back.ready())
    back.sign_out()
    back.sign_out()
    folder = user.home.record("environment").parent
    assert b'"refresh_token": "' not in b"".join(each.read_bytes() for each in folder.iterdir())


def test_signing_out_gets_by_what_cannot_be_read(user: User) -> None:
    session = user.signed_in()
    newer = user.home.record("default", "abc")
    newer.write_bytes(b'{"schema": 99}')
    newer.chmod(0o600)
    (newer.parent / ".pending-abc.json.draft").write_bytes(b"half a secret")
    (newer.parent / "record.json.damaged-1").write_bytes(b"half a secret")

    with pytest.raises(OneCloudError, match="newer version"):
        session.sign_out()

    assert user.files == {"pending-abc.json", "record.json"}
    assert newer.read_bytes() == b'{"schema": 99}'


def test_an_interrupt_before_anything_was_asked_leaves_nothing(user: User) -> None:
    def interrupted(record: Record) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        user.session().sign_in(user.record(), interrupted)

    assert user.files == set()


def test_what_may_be_spent_is_known_after_a_sign_out_however_it_was_signed_in(user: User) -> None:
    record = user.record()
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL, times=2)
    session = user.session()
    with pytest.raises(RefreshUncertain):
        session.sign_in(dead(record), user.check)
    session.sign_in(record, user.check)  # its access token is good

    session.sign_out()
    for _ in range(3):
        with suppress(OneCloudError):
            session.sign_in(dead(record), user.check)

    assert user.asked == [mark(record)] * 2
