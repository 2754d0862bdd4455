"""Tokens from the environment: imported when needed, and never sent once they are spent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import SessionRejected

from .kernels import User, mark


@pytest.fixture
def given(user: User) -> Record:
    """What the environment holds: both tokens, the access token still good."""
    return user.record(source="environment")


def test_nothing_is_written_while_the_access_token_does(user: User, given: Record) -> None:
    session = user.session(given)

    user.check(session.ready())

    assert session.current == given
    assert user.files == set()


def test_they_are_imported_when_the_refresh_token_is_to_be_spent(user: User, given: Record) -> None:
    session = user.session(given)

    assert session.reject(session.ready())

    stored = user.store.load()
    assert user.asked == [mark(given)]
    assert stored == session.ready()
    assert stored is not None
    assert stored.spent == (mark(given),)


def test_given_again_after_they_were_spent_they_stand_for_their_successor(
    user: User, given: Record
) -> None:
    first = user.session(given)
    assert first.reject(first.ready())
    user.service.requests.clear()

    again = user.session(given)

    user.check(again.ready())
    assert again.current == user.store.load()
    assert user.asked == []


@pytest.mark.parametrize("access", ["dead", "missing"])
def test_a_kernel_that_began_before_they_were_spent_takes_the_successor_too(
    user: User, given: Record, access: str
) -> None:
    given = replace(given, access_token=Secret("ended") if access == "dead" else None)
    given = replace(given, expires_at=user.clock())
    kernels = [user.session(given) for _ in range(4)]

    for kernel in kernels:
        user.check(kernel.ready())

    assert user.asked == [mark(given)]
    assert {kernel.ready().mark for kernel in kernels} == {kernels[0].ready().mark}


def test_what_was_signed_in_to_since_is_not_overwritten_by_a_token_that_has_ended(
    user: User, given: Record
) -> None:
    user.service.revoke_access()
    later = replace(user.record(), client_id=given.client_id, account=given.account)
    user.store.save(later)
    session = user.session(replace(given, access_token=None))

    user.check(session.ready())

    assert user.store.load() == later
    assert user.asked == []


def test_what_the_store_has_is_renewed_where_it_has_ended_too(user: User, given: Record) -> None:
    first = user.session(given)
    assert first.reject(first.ready())
    late = user.session(given)
    late._record = replace(given, access_token=None)  # as a kernel that began before
    stored = user.store.load()
    user.clock.advance(3 * 86_400)
    user.service.requests.clear()

    user.check(late.ready())

    assert user.asked == [mark(stored)]


def test_after_a_sign_out_a_spent_token_is_not_sent(user: User, given: Record) -> None:
    first = user.session(given)
    assert first.reject(first.ready())
    first.sign_out()
    user.service.requests.clear()

    without = user.session(replace(given, access_token=None))
    with pytest.raises(SessionRejected, match="was spent"):
        without.ready()
    dead = user.session(replace(given, access_token=Secret("ended")))
    with pytest.raises(SessionRejected):
        dead.reject(dead.ready())

    assert user.asked == []
    stored = user.store.load()
    assert stored is not None
    assert mark(given) in stored.spent
