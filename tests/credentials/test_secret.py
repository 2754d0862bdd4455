"""A secret does not show itself."""

from __future__ import annotations

import copy
import json
import pickle
import secrets
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import UsageError

Shown = Callable[[BaseException], str]


def test_it_gives_its_text_only_when_asked(token: str) -> None:
    assert Secret(token).reveal() == token


def test_it_shows_a_fingerprint_and_nothing_else(token: str) -> None:
    secret = Secret(token)

    for text in (repr(secret), str(secret), f"{secret}", f"{secret:>30}", f"{[secret]}"):
        assert secret.fingerprint in text
        assert token[:8] not in text
    assert len(secret.fingerprint) == 8


def test_it_goes_into_no_copy_of_any_kind(token: str) -> None:
    for copier in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars):
        with pytest.raises(TypeError):
            copier(Secret(token))


def test_equal_texts_are_equal_secrets(token: str) -> None:
    assert Secret(token) == Secret(token)
    assert len({Secret(token), Secret(token), Secret(secrets.token_hex(20))}) == 2
    assert Secret(token) != token


@pytest.mark.parametrize("around", [" {}", "{}\r\n", "'{}'", '"{}" ', "\u201c{}\u201d", "\t{}\n\n"])
def test_blanks_and_quotes_around_it_are_dropped(token: str, around: str) -> None:
    assert Secret(around.format(token)).reveal() == token


@pytest.mark.parametrize(
    "broken", ["{} {}", "{}\n{}", "{}\0{}", "{}\x7f", "{}\x85{}", "{}\xa0{}", "{}\u2019{}", "{}😀"]
)
def test_what_no_header_can_carry_is_refused_without_showing_it(
    token: str, broken: str, shown: Shown
) -> None:
    with pytest.raises(UsageError, match="access token") as caught:
        Secret(broken.format(token, token), "access token")

    assert token not in shown(caught.value)


@pytest.mark.parametrize("nothing", ["", "  ", "''", 5, None, b"abc", "x" * 10_000_000])
def test_what_is_no_token_is_refused(nothing: str) -> None:
    with pytest.raises(UsageError):
        Secret(nothing)


@given(st.text(min_size=1, max_size=30))
def test_what_is_taken_can_stand_in_a_header(text: str) -> None:
    try:
        kept = Secret(text).reveal()
    except UsageError:
        return

    assert kept in text
    assert kept.encode("latin-1").split() == [kept.encode("latin-1")]
    assert kept.isprintable() or "\xad" in kept
