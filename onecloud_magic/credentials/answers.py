"""The answer of the token endpoint (RFC 6749, 5.1 and 5.2), read without any trust in it."""

from __future__ import annotations

import base64
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError
from .secret import Secret

__all__ = ["Tokens", "expiry_in", "is_refused", "is_unheard", "tokens_in"]

_LONGEST_LIFE = 10 * 366 * 86_400.0  # seconds; what is longer is no life of a token


@dataclass(frozen=True)
class Tokens:
    """What a good answer brings; *refresh* is None where a grant has bought."""

    access: Secret
    refresh: Secret | None
    obtained_at: float
    expires_at: float | None


def tokens_in(status: int, body: bytes, at: float) -> Tokens | None:
    """The tokens in an answer that came at *at*; None where it is not such an answer."""
    if not 200 <= status < 300:
        return None
    with suppress(ValueError, RecursionError, UsageError, TypeError, KeyError):
        fields = json.loads(body)
        access = Secret(fields["access_token"])
        refresh = fields.get("refresh_token")
        life = _life(fields.get("expires_in"))
        ends = at + life if life is not None else expiry_in(access)
        return Tokens(access, None if refresh is None else Secret(refresh), at, ends)
    return None


def is_refused(status: int, body: bytes) -> bool:
    """Whether the endpoint has heard the question and said no, in the form of RFC 6749, 5.2.

    A page of a firewall or a proxy has the same status, and nothing was looked at.
    """
    with suppress(ValueError, RecursionError):
        fields = json.loads(body)
        said = isinstance(fields, dict) and isinstance(fields.get("error"), str)
        return said and status in (400, 401, 403)
    return False


def is_unheard(status: int, body: bytes) -> bool:
    """Whether a limiter, a redirect, or no token endpoint at all, has answered."""
    return 300 <= status < 500 and not is_refused(status, body)


def expiry_in(access: Secret) -> float | None:
    """When the token ends, where it says so itself (a JWT, RFC 7519, `exp`): seconds."""
    part = access.reveal().split(".")[1:2]
    with suppress(ValueError, RecursionError, TypeError, OverflowError):
        claims: Any = json.loads(base64.urlsafe_b64decode(part[0] + "==")) if part else {}
        ends = claims.get("exp") if isinstance(claims, dict) else None
        if isinstance(ends, int | float) and not isinstance(ends, bool) and math.isfinite(ends):
            return float(ends) if 0 < ends < 2**40 else None
    return None


def _life(told: Any) -> float | None:
    """The life of a token in seconds, as `expires_in` told it: a number, or one in a text."""
    with suppress(ValueError, TypeError, OverflowError):
        life = float(told)
        if not isinstance(told, bool) and 0 < life <= _LONGEST_LIFE:
            return life
    return None
