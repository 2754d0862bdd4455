"""What a renewal makes of a record, and when it is time for one."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.answers import Tokens
from onecloud_magic.credentials.hosts import HOSTS
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret

from .test_answers import jwt

NOW = 1_790_000_000.0
HOUR, DAY = 3600.0, 86_400.0


def tokens(refresh: bool = True, at: float = NOW, life: float | None = HOUR) -> Tokens:
    access, new = (Secret(secrets.token_hex(20)) for _ in "12")
    return Tokens(access, new if refresh else None, at, at + life if life else None)


def test_a_renewed_record_has_the_new_tokens_and_remembers_the_old_one(record: Record) -> None:
    new = tokens()

    renewed = record.renewed(new)

    assert (renewed.access_token, renewed.refresh_token) == (new.access, new.refresh)
    assert (renewed.obtained_at, renewed.expires_at) == (NOW, NOW + HOUR)
    assert renewed.generation == 1
    assert record.refresh_token
    assert renewed.spent == (record.refresh_token.fingerprint,)
    assert renewed.account == record.account
    assert renewed.belongs_to(HOSTS["classic"])


def test_a_refresh_token_that_is_not_replaced_goes_on_and_is_not_spent(record: Record) -> None:
    renewed = record.renewed(tokens(refresh=False))

    assert renewed.refresh_token == record.refresh_token
    assert renewed.spent == ()
    assert renewed.generation == 1


def test_an_end_that_is_no_longer_told_is_no_longer_known(record: Record) -> None:
    renewed = replace(record, expires_at=NOW).renewed(tokens(life=None))

    assert renewed.expires_at is None


def test_the_last_twenty_spent_tokens_are_remembered(record: Record) -> None:
    spent = []
    for _ in range(25):
        assert record.refresh_token
        spent.append(record.refresh_token.fingerprint)
        record = record.renewed(tokens())

    assert record.generation == 25
    assert list(record.spent) == spent[-1000:]


def test_an_emptied_record_holds_no_secret_but_knows_what_was_spent(record: Record) -> None:
    grant = replace(record, client_secret=Secret(secrets.token_hex(20)))

    emptied = grant.renewed(tokens()).emptied()

    assert emptied.signed_out
    assert not record.signed_out
    assert (emptied.access_token, emptied.refresh_token, emptied.client_secret) == (None,) * 3
    assert (emptied.obtained_at, emptied.expires_at) == (None, None)
    assert len(emptied.spent) == 1
    assert emptied.account == record.account
    assert emptied.mark == ""


def test_a_jwt_that_is_given_tells_its_end() -> None:
    host = HOSTS["classic"]
    told = Record.given(host, "argument", access_token=Secret(jwt({"exp": NOW + HOUR})))
    absurd = Record.given(host, "argument", access_token=Secret(jwt({"exp": 10**400})))

    assert told.expires_at == NOW + HOUR
    assert absurd.expires_at is None


# ---- when it is time


@pytest.mark.parametrize(
    ("life", "early"),
    [(HOUR, 600.0), (600.0, 100.0), (DAY, 4 * HOUR), (2 * DAY, 4 * HOUR), (30 * DAY, 4 * HOUR)],
)
def test_it_is_time_in_the_last_sixth_of_a_life_and_four_hours_before_its_end_at_most(
    record: Record, life: float, early: float
) -> None:
    renewed = record.renewed(tokens(life=life))
    ends = NOW + life

    assert not renewed.is_due(NOW)
    assert not renewed.is_due(ends - early - 1)
    assert renewed.is_due(ends - early)
    assert renewed.is_due(ends + 3 * DAY)
    assert not renewed.has_ended(ends - 1)
    assert renewed.has_ended(ends)


def test_an_end_that_is_not_known_is_never_near(record: Record) -> None:
    for each in (record, record.renewed(tokens(life=None))):
        assert not each.is_due(NOW + 1000 * DAY)
        assert not each.has_ended(NOW + 1000 * DAY)


def test_without_an_access_token_it_is_time(record: Record) -> None:
    grant = replace(record, access_token=None)

    assert grant.is_due(NOW)
    assert grant.has_ended(NOW)


@given(st.floats(1, 400 * DAY), st.floats(0, 1))
def test_no_life_is_cut_short_by_more_than_a_sixth_or_four_hours(life: float, at: float) -> None:
    record = Record.given(HOSTS["us"], "argument", access_token=Secret("abc")).renewed(
        tokens(life=life)
    )

    now = NOW + at * life

    if record.is_due(now):
        assert NOW + life - now <= min(life / 6, 4 * HOUR) + 1e-3
    if record.has_ended(now):
        assert record.is_due(now)
