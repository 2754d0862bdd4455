"""Which inputs are secrets, and what is kept of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.runs.secrecy import canonical, masked, names_a_secret, readable

SALT = b"0123456789abcdef"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "DB_PASSWORD", "dbPassword", "user-passwd", "pwd", "PWD", "sap_pwd"),
        *("secret", "clientSecret", "token", "accessToken", "ACCESS_TOKEN", "api_key", "apiKey"),
        *("APIKey", "key", "Key", "credentials", "credential", "pass", "auth", "private key"),
        *("pass phrase", "Passwort", "bearer", "dbpass", "userpass", "accesskey", "otp", "jwt"),
        *("privateKey", "sshkey", "connection_string", "encrypted"),
    ],
)
def test_a_key_that_names_a_secret_is_one(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    ["period", "entity", "source_file", "monkey", "keyword", "compass", "author", "spin", "", "1"],
)
def test_a_key_that_only_looks_a_little_like_one_is_none(name: str) -> None:
    assert not names_a_secret(name)


def test_a_secret_inside_of_a_value_is_masked_too() -> None:
    inputs = {"db": {"host": "h", "password": "hunter2"}, "all": [{"token": "hunter2"}]}

    kept = canonical(masked(inputs, SALT))

    assert "hunter2" not in kept
    assert readable(json.loads(kept)) == {
        "db": {"host": "h", "password": "(secret)"},
        "all": [{"token": "(secret)"}],
    }


def test_what_is_declared_to_be_secret_is_masked_whatever_its_name() -> None:
    assert "hunter2" not in canonical(masked({"period": "hunter2"}, SALT, {"period"}))


@given(VALUES, VALUES)
def test_the_fingerprints_of_two_secrets_are_equal_where_the_secrets_are(
    one: object, other: object
) -> None:
    kept = [canonical(masked({"password": each}, SALT)) for each in (one, other)]

    assert (kept[0] == kept[1]) == (canonical(one) == canonical(other))


def test_another_ledger_has_other_fingerprints() -> None:
    inputs = {"password": "hunter2"}

    assert masked(inputs, SALT) != masked(inputs, b"another salt")
