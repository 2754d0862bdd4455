"""What the token endpoint answers, read without any trust in it."""

from __future__ import annotations

import base64
import json
import math
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.answers import expiry_in, is_refused, is_unheard, tokens_in
from onecloud_magic.credentials.secret import Secret

NOW = 1_790_000_000.0
LIMIT = 10 * 366 * 86_400


def body(**fields: Any) -> bytes:
    given = {"access_token": "an-access-token", "refresh_token": "a-refresh-token", **fields}
    return json.dumps({name: at for name, at in given.items() if at is not ...}).encode()


def jwt(claims: object) -> str:
    """A token that says of itself when it ends, as RFC 7519 has it; nobody signed it."""

    def part(data: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.{secrets.token_hex(8)}"


def shortly(value: object) -> str:
    return repr(value)[:24]


# ---- tokens


def test_a_good_answer_is_its_tokens_and_when_they_end(token: str) -> None:
    tokens = tokens_in(200, body(access_token=token, token_type="Bearer", expires_in=3600), NOW)  # noqa: S106  # a kind of token

    assert tokens is not None
    assert tokens.access == Secret(token)
    assert tokens.refresh == Secret("a-refresh-token")
    assert (tokens.obtained_at, tokens.expires_at) == (NOW, NOW + 3600)
    assert token not in repr(tokens)


@pytest.mark.parametrize("missing", [..., None])
def test_a_grant_or_a_token_that_goes_on_brings_no_refresh_token(missing: object) -> None:
    tokens = tokens_in(200, body(refresh_token=missing), NOW)

    assert tokens is not None
    assert tokens.refresh is None


@pytest.mark.parametrize(
    ("told", "life"),
    [
        (3600, 3600.0),
        (3600.5, 3600.5),
        ("3600", 3600.0),
        (" 86400 ", 86400.0),
        ("3.6e3", 3600.0),
        (1, 1.0),
        (LIMIT, float(LIMIT)),
        (LIMIT + 1, None),
        (0, None),
        (-1, None),
        ("-3600", None),
        (True, None),
        (False, None),
        (None, None),
        (..., None),
        ("", None),
        ("soon", None),
        ("1 hour", None),
        ("nan", None),
        ("inf", None),
        (math.nan, None),
        (math.inf, None),
        (10**400, None),
        ("1" * 400, None),
        ([3600], None),
        ({"seconds": 3600}, None),
    ],
    ids=shortly,
)
def test_a_life_is_a_sensible_number_of_seconds_or_is_not_known(
    told: object, life: float | None
) -> None:
    tokens = tokens_in(200, body(expires_in=told), NOW)

    assert tokens is not None
    assert tokens.expires_at == (None if life is None else NOW + life)


def test_an_answer_that_tells_no_life_may_have_a_token_that_does() -> None:
    tokens = tokens_in(200, body(access_token=jwt({"exp": NOW + 600})), NOW)
    both = tokens_in(200, body(access_token=jwt({"exp": NOW + 600}), expires_in=60), NOW)

    assert tokens is not None
    assert both is not None
    assert tokens.expires_at == NOW + 600
    assert both.expires_at == NOW + 60


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ...},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "  "},
        {"access_token": 5},
        {"access_token": ["a"]},
        {"access_token": "two words"},
        {"access_token": "a\r\nHost: x"},
        {"access_token": "a\0b"},
        {"access_token": "tokén\u2019s"},
        {"access_token": "😀"},
        {"access_token": "x" * 20_000},
        {"refresh_token": ""},
        {"refresh_token": 5},
        {"refresh_token": True},
        {"refresh_token": "two words"},
        {"refresh_token": "a\nb"},
    ],
)
def test_a_token_that_no_header_can_carry_is_no_token(change: dict[str, Any]) -> None:
    assert tokens_in(200, body(**change), NOW) is None


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b'"a"', b"5", b"{}", b"\xff\xfe", b"[" * 100_000, b"<html>"]
)
def test_what_is_no_answer_of_a_token_endpoint_is_none(data: bytes) -> None:
    assert tokens_in(200, data, NOW) is None


@pytest.mark.parametrize("status", [302, 400, 401, 403, 422, 429, 500, 503])
def test_only_a_good_answer_brings_tokens(status: int) -> None:
    assert tokens_in(status, body(), NOW) is None


@given(st.binary(max_size=80))
def test_no_bytes_raise(data: bytes) -> None:
    assert tokens_in(200, data, NOW) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(access=JSON, refresh=JSON, expires=JSON)
def test_whatever_is_in_an_answer_its_tokens_are_sound(
    access: object, refresh: object, expires: object
) -> None:
    data = body(access_token=access, refresh_token=refresh, expires_in=expires)

    tokens = tokens_in(200, data, NOW)

    if tokens is not None:
        assert isinstance(access, str)
        assert tokens.expires_at is None or NOW < tokens.expires_at <= NOW + LIMIT


# ---- refusals


@pytest.mark.parametrize(
    ("status", "refused", "unheard"),
    [
        (200, False, False),
        (302, False, True),
        (400, True, False),
        (401, True, False),
        (403, True, False),
        (404, False, True),
        (422, False, True),
        (429, False, True),
        (500, False, False),
        (503, False, False),
    ],
)
def test_a_no_is_told_from_an_answer_of_somebody_who_did_not_look(
    status: int, refused: bool, unheard: bool
) -> None:
    body = b'{"error": "invalid_grant"}'

    assert (is_refused(status, body), is_unheard(status, body)) == (refused, unheard)


@pytest.mark.parametrize("body", [b"", b"<html>Blocked</html>", b"[]", b'{"error": 1}', b"{"])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_page_of_somebody_on_the_way_is_no_refusal(status: int, body: bytes) -> None:
    assert (is_refused(status, body), is_unheard(status, body)) == (False, True)


# ---- what a token says of itself


@pytest.mark.parametrize(
    ("claims", "ends"),
    [
        ({"exp": 1_790_003_600}, 1_790_003_600.0),
        ({"exp": 1_790_003_600.5}, 1_790_003_600.5),
        ({}, None),
        ([1_790_003_600], None),
        ("exp", None),
        (None, None),
        ({"exp": None}, None),
        ({"exp": "1790003600"}, None),
        ({"exp": True}, None),
        ({"exp": [1]}, None),
        ({"exp": 0}, None),
        ({"exp": -1}, None),
        ({"exp": math.nan}, None),
        ({"exp": math.inf}, None),
        ({"exp": 2**40}, None),
        ({"exp": 10**400}, None),
    ],
    ids=shortly,
)
def test_a_jwt_ends_when_it_says_so_in_a_number_that_can_be(
    claims: object, ends: float | None
) -> None:
    assert expiry_in(Secret(jwt(claims))) == ends


@pytest.mark.parametrize("text", ["abc", "a.b", "a..c", "....", "a.!!!.c", "a.é.c", "a.AAAA.c"])
def test_any_other_token_says_nothing(text: str) -> None:
    assert expiry_in(Secret(text)) is None


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_no_token_raises(text: str) -> None:
    for each in (f"a{text}", f"a.{text}.c"):
        assert expiry_in(Secret(each)) is None or each.count(".") >= 1
