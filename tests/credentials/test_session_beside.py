"""Sign-ins beside each other: in two kernels, with other tokens, in other profiles."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import (
    OneCloudError,
    OneCloudWarning,
    SessionRejected,
    Unreachable,
)
from onecloud_magic.sandbox import faults
from onecloud_magic.sandbox.messages import Reply
from tests.conftest import Clock

from .kernels import TOKEN_URL, User, mark


def dead(record: Record) -> Record:
    """The record with an access token that the service does not know."""
    return replace(record, access_token=Secret("not-known-any-more"))


def down(record: Record) -> None:
    raise Unreachable("503", sent=True)


# ---- one after the other


def test_what_was_got_for_a_spent_token_outlasts_a_sign_in_with_other_tokens(user: User) -> None:
    first, second = (user.record("access_token") for _ in range(2))
    for each in (first, second):
        with pytest.raises(Unreachable):
            user.session().sign_in(each, down)
    user.session().sign_in(second, user.check)

    session = user.session()
    session.sign_in(first, user.check)

    assert user.asked == [mark(first), mark(second)]
    user.check(session.ready())


def test_a_sign_in_that_another_kernel_gave_up_goes_on(user: User) -> None:
    record = dead(user.record())

    def meanwhile(one: Record) -> None:
        user.profile.store(mark(record)).update(lambda _: None)  # as a sign-in does that has failed
        user.check(one)

    session = user.session()
    session.sign_in(record, meanwhile)

    assert user.asked == [mark(record)]
    user.check(session.ready())
    assert user.files == {"record.json"}


def test_a_token_that_was_refused_can_be_given_again(user: User) -> None:
    record = dead(user.record())

    def refuse(*_: object) -> Reply:
        return Reply(400, b'{"error": "invalid_grant"}', {"Content-Type": "application/json"})

    user.service.faults.add(refuse, path=TOKEN_URL, times=1)
    with pytest.raises(SessionRejected):
        user.session().sign_in(record, user.check)
    assert user.files == set()

    user.session().sign_in(record, user.check)

    assert user.asked == [mark(record)] * 2


# ---- over a session


def test_its_own_access_token_given_alone_leaves_the_session_renewable(user: User) -> None:
    session = user.signed_in()
    before = session.ready()
    alone = Record.given(user.host, "argument", access_token=before.access_token)

    session.sign_in(alone, user.check)

    assert session.current == user.store.load() == before


def test_a_newer_access_token_of_the_same_client_keeps_the_refresh_token(user: User) -> None:
    session = user.signed_in()
    before = session.ready()
    newer = user.record("refresh_token")
    newer = replace(newer, client_id=before.client_id, account=before.account)

    session.sign_in(newer, user.check)

    assert session.ready().access_token == newer.access_token
    assert mark(user.store.load()) == mark(before)


def test_an_access_token_alone_over_a_session_that_renews_itself_says_so(user: User) -> None:
    session = user.signed_in()

    with pytest.warns(OneCloudWarning, match="took the place of a session that renewed itself"):
        session.sign_in(user.record("refresh_token"), user.check)


def test_an_access_token_alone_over_another_like_it_says_nothing(user: User) -> None:
    session = user.session()
    session.sign_in(user.record("refresh_token"), user.check)

    with warnings.catch_warnings(action="error"):
        session.sign_in(user.record("refresh_token"), user.check)


# ---- in other profiles


def test_a_token_that_another_profile_has_spent_is_not_sent_again(user: User) -> None:
    record = dead(user.record())
    user.session(profile="finance").sign_in(record, user.check)

    with pytest.raises(SessionRejected, match="spent in the profile finance") as caught:
        user.session().sign_in(record, user.check)

    assert "%onecloud use finance" in caught.value.hint
    assert user.asked == [mark(record)]
    assert user.files == set()
    user.check(user.session(profile="finance").ready())


def test_beside_a_token_that_another_profile_has_spent_the_access_token_serves(
    user: User, clock: Clock
) -> None:
    record = user.record()
    other = user.session(profile="finance")
    other.sign_in(record, user.check)
    other.renew()

    session = user.session()
    with pytest.warns(OneCloudWarning, match="spent in the profile finance"):
        session.sign_in(record, user.check)

    assert session.ready().refresh_token is None
    user.check(session.ready())
    assert user.asked == [mark(record)]


def test_of_two_profiles_with_one_token_the_second_is_told_where_it_was_spent(user: User) -> None:
    record = user.record()
    first, second = (user.session(profile=name) for name in ("finance", "default"))
    for each in (first, second):
        each.sign_in(record, user.check)
    first.renew()

    with pytest.raises(SessionRejected, match="spent in the profile finance"):
        second.renew()

    assert user.asked == [mark(record)]
    user.check(first.ready())


def test_a_token_that_a_profile_spent_before_it_signed_out_is_not_sent_again(user: User) -> None:
    record = dead(user.record())
    other = user.session(profile="finance")
    other.sign_in(record, user.check)
    other.sign_out()

    with pytest.raises(SessionRejected, match="what came of it is not kept here"):
        user.session().sign_in(record, user.check)

    assert user.asked == [mark(record)]


def test_an_answer_that_another_profile_has_lost_counts(user: User) -> None:
    record = dead(user.record())
    user.service.faults.add(faults.drop_before_work(), path=TOKEN_URL, times=2)
    with pytest.raises(OneCloudError):
        user.session(profile="finance").sign_in(record, user.check)

    with pytest.raises(OneCloudError):
        user.session().sign_in(record, user.check)

    assert user.asked == [mark(record)] * 2


@pytest.mark.parametrize("first", ["without an access token", "with a dead one"])
def test_two_kernels_sign_in_with_one_token_and_other_access_tokens(user: User, first: str) -> None:
    record = dead(user.record())
    one = replace(record, access_token=None if first.startswith("without") else Secret("ended"))
    began: list[Record] = []

    def meanwhile(asked: Record) -> None:
        if not began:
            began.append(asked)
            user.session().sign_in(one, user.check)
        user.check(asked)

    session = user.session()
    session.sign_in(record, meanwhile)

    assert user.asked == [mark(record)]
    user.check(session.ready())
    assert user.files == {"record.json"}


def test_the_sign_in_of_another_profile_that_has_the_successor_is_named(user: User) -> None:
    record = user.record("access_token")
    with pytest.raises(Unreachable):
        user.session(profile="finance").sign_in(record, down)

    with pytest.raises(SessionRejected) as caught:
        user.session().sign_in(record, user.check)

    assert "use finance, then %onecloud login with the same tokens" in caught.value.hint


@pytest.mark.parametrize("odd", ["a folder", "a file", "no right"])
def test_what_is_no_profile_stops_nobody(user: User, odd: str) -> None:
    session = user.signed_in()
    profiles = user.home.root / "profiles"
    if odd == "a folder":
        (profiles / "default copy").mkdir()
    elif odd == "a file":
        (profiles / ".DS_Store").write_bytes(b"")
    else:
        (profiles / "other").mkdir()
        (profiles / "other").chmod(0o777)  # others may write there, so nothing in it counts

    session.renew()

    user.check(session.ready())
