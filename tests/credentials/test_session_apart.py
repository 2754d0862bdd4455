"""Sessions that must not destroy each other: of the environment, of other hosts, signed out."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from filelock import FileLock

from onecloud_magic.credentials.exchange import Answer, exchange
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import OneCloudError, SessionRejected
from onecloud_magic.sandbox import faults
from onecloud_magic.sandbox.messages import Reply
from tests.conftest import Clock

from .kernels import TOKEN_URL, User, mark


def dead(record: Record) -> Record:
    """The record with an access token that the service does not know."""
    return replace(record, access_token=Secret("not-known-any-more"))


def refused(*_: object) -> Reply:
    return Reply(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"})


def on_disk(user: User) -> bytes:
    """All that lies below the home."""
    return b"".join(each.read_bytes() for each in user.home.root.rglob("*") if each.is_file())


# ---- of the environment


def test_a_named_profile_keeps_its_session_when_the_environment_is_renewed(
    user: User, clock: Clock
) -> None:
    before = user.signed_in().current
    given = user.record(source="environment")
    session = user.session(given)
    clock.advance(3601)

    with pytest.raises(SessionRejected, match="keeps the session of another account") as caught:
        session.renew()

    assert "ONECLOUD_PROFILE" in caught.value.hint
    assert user.store.load() == before
    assert user.asked == []


def test_two_accounts_of_the_environment_take_turns_and_lose_nothing(user: User) -> None:
    one, two = (user.record(source="environment") for _ in range(2))
    first = user.session(one, profile="environment")
    first.renew()
    second = user.session(two, profile="environment")
    second.renew()

    user.check(user.session(one, profile="environment").ready())
    first.renew()  # a kernel that has run all the while
    second.renew()
    again = user.session(one, profile="environment")
    again.renew()

    user.check(again.ready())
    assert len(user.asked) == len(set(user.asked))


def test_new_tokens_of_the_same_client_beat_a_session_that_has_died(user: User) -> None:
    session = user.session(profile="environment")
    session.sign_in(user.record(), user.check)
    user.service.faults.add(refused, path=TOKEN_URL, times=1)
    with pytest.raises(SessionRejected):
        session.renew()
    kept = session.current
    assert kept is not None
    user.clock.advance(3601)
    fresh = user.record(source="environment")
    fresh = replace(fresh, access_token=Secret("ended"), account=kept.account)

    again = user.session(fresh, profile="environment")
    for _ in range(2):  # with its own access token, then with the one that is stored
        assert again.reject(again.ready())

    user.check(again.ready())


def test_tokens_of_the_environment_that_are_refused_are_not_sent_with_every_call(
    user: User,
) -> None:
    session = user.session(profile="environment")
    session.sign_in(user.record(), user.check)
    kept = session.current
    assert kept is not None
    given = replace(dead(user.record(source="environment")), account=kept.account)
    user.service.revoke_access()
    again = user.session(given, profile="environment")

    for _ in range(5):
        with suppress(SessionRejected):
            again.reject(again.ready())

    assert sorted(user.asked) == sorted([mark(kept), mark(given)])


def test_the_environments_own_profile_goes_with_the_environment(user: User) -> None:
    old, new = (user.record(source="environment") for _ in range(2))
    user.session(old, profile="environment").renew()

    session = user.session(new, profile="environment")
    session.renew()

    assert user.asked == [mark(old), mark(new)]
    user.check(session.ready())


# ---- signing out


def test_signing_out_leaves_no_secret_of_a_sign_in_either(user: User) -> None:
    lost = dead(user.record())
    session = user.signed_in()
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL)
    with pytest.raises(OneCloudError):
        session.sign_in(lost, user.check)
    user.service.faults.clear()
    sent = len(user.asked)

    session.sign_out()

    folder = user.home.record("default").parent
    written = b"".join(each.read_bytes() for each in folder.iterdir())
    assert lost.refresh_token is not None
    assert lost.refresh_token.reveal().encode() not in written
    with pytest.raises(SessionRejected):
        session.sign_in(lost, user.check)
    assert len(user.asked) == sent


def test_after_a_sign_out_a_second_one_forgets_what_came_since(user: User) -> None:
    session = user.signed_in()
    session.renew()
    session.sign_out()
    lost = dead(user.record())
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL)
    with pytest.raises(OneCloudError):
        session.sign_in(lost, user.check)

    session.sign_out()

    assert lost.refresh_token is not None
    assert lost.refresh_token.reveal().encode() not in on_disk(user)


def test_signing_out_beside_a_renewal_leaves_no_pending_secret(user: User) -> None:
    session, lost = user.signed_in(), dead(user.record())
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL)
    with pytest.raises(OneCloudError):
        session.sign_in(lost, user.check)

    with FileLock(user.home.lock("default")):
        session.sign_out()

    kept = user.profile.store(mark(lost)).load()
    assert kept is not None
    assert kept.signed_out


def test_an_answer_that_comes_after_the_sign_out_is_not_kept(user: User) -> None:
    session = user.signed_in()
    before = session.ready()
    came: list[bytes] = []

    def meanwhile(record: Record) -> Answer:
        session.sign_out()
        answer = exchange(record)
        assert isinstance(answer, Answer)
        came.append(answer.body)
        return answer

    refresh(user.home, "default", seen=before.mark, ask=meanwhile, clock=user.clock)

    assert json.loads(came[0])["refresh_token"].encode() not in on_disk(user)
    assert user.journal.read() == []
    kept = user.store.load()
    assert kept is not None
    assert mark(before) in kept.spent


def test_what_was_refused_is_not_called_spent_after_a_sign_out(user: User) -> None:
    session = user.signed_in()
    before = session.ready()
    user.service.faults.add(refused, path=TOKEN_URL, times=1)
    with pytest.raises(SessionRejected):
        session.renew()
    session.sign_out()

    session.sign_in(replace(before, access_token=None), user.check)

    user.check(session.ready())


def test_signing_in_with_a_token_that_was_refused_asks_anew(user: User) -> None:
    session = user.signed_in()
    before = session.ready()
    user.service.faults.add(refused, path=TOKEN_URL, times=1)
    with pytest.raises(SessionRejected):
        session.renew()
    with pytest.raises(SessionRejected):
        session.renew()  # by itself it is not sent again
    assert user.asked == [mark(before)]

    session.sign_in(replace(before, access_token=Secret("ended")), user.check)

    assert user.asked == [mark(before)] * 2
    user.check(session.ready())


# ---- in the middle of a renewal


def test_an_access_token_that_is_pasted_meanwhile_does_not_cost_the_answer(user: User) -> None:
    session = user.signed_in()
    before = session.ready()
    pasted = user.record("refresh_token")
    pasted = replace(pasted, client_id=before.client_id, account=before.account)

    def meanwhile(record: Record) -> Answer:
        session.sign_in(pasted, user.check)
        answer = exchange(record)
        assert isinstance(answer, Answer)
        return answer

    refresh(user.home, "default", seen=before.mark, ask=meanwhile, clock=user.clock)

    kept = user.store.load()
    assert kept is not None
    assert kept.came_of(before)


def test_what_came_for_a_session_that_was_left_is_found_by_who_comes_back(user: User) -> None:
    session, other = user.signed_in(), user.record()
    before = session.ready()

    def meanwhile(record: Record) -> Answer:
        session.sign_in(other, user.check)  # as another
        answer = exchange(record)
        assert isinstance(answer, Answer)
        return answer

    refresh(user.home, "default", seen=before.mark, ask=meanwhile, clock=user.clock)

    assert session.current is not None
    assert session.current.account == other.account
    session.sign_in(replace(before, access_token=None), user.check)
    assert user.asked == [mark(before)]
    user.check(session.ready())
