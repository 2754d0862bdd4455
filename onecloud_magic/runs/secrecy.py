"""Which inputs are secrets, and what is kept of those: a fingerprint, to tell same from other.

masked({"period": "2026-10", "db_password": "..."}, salt)
# {"period": "2026-10", "db_password": {"secret": "5f0c..."}}
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

__all__ = [
    "HIDDEN",
    "canonical",
    "hidden",
    "is_masked",
    "masked",
    "names_a_secret",
    "readable",
    "says_secret",
]

HIDDEN = "(secret)"
_MARK = "onecloud-magic: fingerprint of a secret"
_ROUNDS = 100_000  # a password may be short: guessing at it from the file must be slow
_PARTS = (
    *("password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "pwd"),
    *("secret", "token", "credential", "apikey", "accesskey", "privatekey", "sshkey", "bearer"),
    *("dbpass", "userpass", "connectionstring", "encrypted", "jwt"),
)
_WORDS = {
    "pass",
    "pw",
    "key",
    "keys",
    "cred",
    "creds",
    "pin",
    "auth",
    "authorization",
    "private",
    "otp",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")


def names_a_secret(name: str) -> bool:
    """Whether a key or a declared type says that its value is a secret; rather once too often."""
    words = {word.casefold() for word in _WORD.findall(name)} | {_plain(name)}
    return says_secret(name) or bool(words & _WORDS)


def says_secret(name: str) -> bool:
    """Whether it leaves no doubt, as `db_password` does: a `key` may be any key."""
    return any(part in _plain(name) for part in _PARTS)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def masked(
    inputs: Mapping[str, Any],
    salt: bytes,
    secret_keys: Collection[str] = (),
    known: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The inputs as they may be written down; *secret_keys* are those declared to be secret.

    *known* are fingerprints that were made already, by their values; new ones go into it.
    """
    known = {} if known is None else known

    def mark(value: Any) -> dict[str, str]:
        text = canonical(_whole(value))
        if text not in known:
            known[text] = _fingerprint(text, salt)
        return {_MARK: known[text]}

    made = _whole(_replaced(inputs, mark, secret_keys))
    assert isinstance(made, dict)  # noqa: S101  # a mapping stays one
    return made


def hidden(inputs: Mapping[str, Any], secret_keys: Collection[str] = ()) -> dict[str, Any]:
    """The inputs as they may be shown."""
    made = _replaced(inputs, lambda value: HIDDEN, secret_keys)
    assert isinstance(made, dict)  # noqa: S101  # a mapping stays one
    return made


def is_masked(value: Any) -> bool:
    """Whether it is the fingerprint of a secret."""
    return isinstance(value, dict) and set(value) == {_MARK}


def readable(kept: Any) -> Any:
    """What was written down, as it may be shown."""
    if is_masked(kept):
        return HIDDEN
    if isinstance(kept, dict):
        return {name: readable(value) for name, value in kept.items()}
    return [readable(each) for each in kept] if isinstance(kept, list) else kept


def canonical(inputs: Any) -> str:
    """The same text for the same inputs."""
    return json.dumps(inputs, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _replaced(value: Any, instead: Callable[[Any], Any], secret_keys: Collection[str] = ()) -> Any:
    if isinstance(value, Mapping):
        return {
            name: instead(each)
            if name in secret_keys or names_a_secret(name)
            else _replaced(each, instead)
            for name, each in value.items()
        }
    return [_replaced(each, instead) for each in value] if isinstance(value, list) else value


def _whole(value: Any) -> Any:
    """2000.0 as 2000, which is the same number: a column that gets a gap becomes one of floats."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _fingerprint(text: str, salt: bytes) -> str:
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt, _ROUNDS, 16).hex()
