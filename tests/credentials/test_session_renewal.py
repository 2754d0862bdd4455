"""A session that stays signed in: renewed early, renewed at a 401, and what is said when not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.session import Session
from onecloud_magic.errors import (
    OneCloudWarning,
    RefreshUncertain,
    SessionRejected,
    Unreachable,
)
from onecloud_magic.sandbox import Sandbox, faults
from tests.conftest import Clock

from .kernels import TOKEN_URL, User, mark

HOUR, DAY = 3600.0, 86_400.0


def current(session: Session) -> Record:
    record = session.current
    assert record is not None
    return record


# ---- early


def test_it_is_renewed_in_the_last_sixth_of_a_life_and_the_call_goes_on(
    user: User, clock: Clock
) -> None:
    session = user.signed_in()
    first = current(session)

    clock.advance(HOUR * 5 / 6 - 1)
    assert session.ready() == first
    assert user.asked == []

    clock.advance(1)
    renewed = session.ready()
    assert user.asked == [mark(first)]
    assert renewed.generation == first.generation + 1
    assert renewed == user.store.load() == session.ready()
    user.check(renewed)


@pytest.mark.parametrize(("life", "early"), [(HOUR, 600.0), (DAY, 4 * HOUR), (30 * DAY, 4 * HOUR)])
def test_every_life_has_its_time(user: User, clock: Clock, life: float, early: float) -> None:
    with Sandbox(clock=clock, token_ttl=life) as service:
        user = User(user.home, service, clock)
        session = user.signed_in()

        clock.advance(life - early - 1)
        session.ready()
        assert user.asked == []

        clock.advance(1)
        session.ready()
        assert len(user.asked) == 1


def test_an_end_that_is_not_told_is_decided_by_a_401_and_by_nothing_else(
    user: User, clock: Clock
) -> None:
    with Sandbox(clock=clock, token_ttl=HOUR, expires_in=False) as service:
        user = User(user.home, service, clock)
        session = user.signed_in()

        clock.advance(DAY)
        record = session.ready()
        assert user.asked == []

        assert session.reject(record)
        user.check(session.ready())
        assert len(user.asked) == 1


def test_after_three_days_asleep_it_signs_in_by_itself(user: User, clock: Clock) -> None:
    session = user.signed_in()

    clock.advance(3 * DAY)

    user.check(session.ready())
    assert len(user.asked) == 1


def test_a_lost_early_renewal_is_told_while_the_token_works_and_rests_for_ten_minutes(
    user: User, clock: Clock
) -> None:
    session = user.signed_in()
    record = current(session)
    clock.advance(HOUR - 599)
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL)

    with pytest.warns(OneCloudWarning, match=r"may be spent\. .* still works for 9 min\.") as told:
        assert session.ready() == record
    assert "Admin > API" in str(told[0].message)
    assert "%onecloud login" in str(told[0].message)
    assert session.ready() == record
    assert session.state == "active"
    assert user.asked == [mark(record)] * 2

    clock.advance(600)
    with pytest.raises(RefreshUncertain) as caught:
        session.ready()
    assert "still works" not in str(caught.value)
    assert user.asked == [mark(record)] * 2


def test_an_early_renewal_that_reached_nobody_is_tried_again_after_ten_minutes(
    user: User, clock: Clock
) -> None:
    with Sandbox(clock=clock, token_ttl=DAY) as service:
        user = User(user.home, service, clock)
        session = user.signed_in()
        record = current(session)
        service.faults.add(faults.status(429), path=TOKEN_URL, times=2)
        clock.advance(DAY - 4 * HOUR)

        for _ in range(3):
            assert session.ready() == record
        assert len(user.asked) == 1
        clock.advance(599)
        session.ready()
        assert len(user.asked) == 1
        clock.advance(1)
        session.ready()
        assert len(user.asked) == 2

        clock.advance(600)
        assert session.ready().generation == record.generation + 1


# ---- ended


def reached(user: User) -> None:
    user.service.stop()


def dropped(user: User) -> None:
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL)


def revoked(user: User) -> None:
    user.service.revoke_access()


def page(user: User) -> None:
    user.service.faults.add(faults.html_instead(), path=TOKEN_URL)


@pytest.mark.parametrize(
    ("trouble", "error", "says", "asked"),
    [
        (reached, Unreachable, "nothing was spent", 0),
        (dropped, RefreshUncertain, "was lost: the refresh token may be spent", 2),
        (page, RefreshUncertain, "came without tokens", 1),
        (revoked, SessionRejected, "cannot be told apart", 1),
    ],
)
def test_an_ended_token_that_cannot_be_renewed_is_said_and_never_asked_for_in_a_loop(
    user: User,
    clock: Clock,
    trouble: Callable[[User], None],
    error: type[Exception],
    says: str,
    asked: int,
) -> None:
    session = user.signed_in()
    clock.advance(HOUR)
    trouble(user)

    for _ in range(3):
        with pytest.raises(error, match=says) as caught:
            session.ready()

    assert "still works" not in str(caught.value)
    assert len(user.asked) == asked
    assert user.store.load() == current(session)


def test_the_time_left_is_said_in_hours_and_minutes(user: User, clock: Clock) -> None:
    with Sandbox(clock=clock, token_ttl=DAY) as service:
        user = User(user.home, service, clock)
        session = user.signed_in()
        clock.advance(DAY - 4 * HOUR + 90)
        service.revoke_access()

        with pytest.warns(OneCloudWarning, match=r"still works for 3 h 58 min\."):
            session.ready()
