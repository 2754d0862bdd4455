"""From a reply to data or to an error of ours, without a socket: all of it is tested with bytes.

What the contract does not foresee is never taken for data: it is `BadAnswer`, whatever is wrong
with it, so that no frame is made of half a page or of a proxy's login form.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

from ..errors import (
    BadAnswer,
    ChainStartRefused,
    Forbidden,
    NotFound,
    OneCloudError,
    SessionRejected,
    Unreachable,
    UsageError,
)
from .operations import Answer
from .request import Request
from .words import one_line, words_in

__all__ = ["Quota", "Reply", "proves_a_refusal", "rate_limited", "read_reply"]


@dataclass(frozen=True)
class Quota:
    """The calls that are left, as the last answer told them; None is "not told"."""

    burst_remaining: int | None = None
    daily_remaining: int | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> Self:
        """Read the two `oc-api-*` headers; *headers* ignores case or has lower-case names."""
        return cls(
            _count(headers.get("oc-api-burst-remaining", "")),
            _count(headers.get("oc-api-daily-remaining", "")),
        )

    @property
    def told(self) -> tuple[int, ...]:
        """The figures that were told."""
        return tuple(one for one in (self.burst_remaining, self.daily_remaining) if one is not None)


@dataclass(frozen=True)
class Reply:
    """One complete reply; *headers* ignores case or has lower-case names."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    host: str = ""

    @property
    def quota(self) -> Quota:
        return Quota.from_headers(self.headers)

    @property
    def date(self) -> datetime | None:
        """The server's clock (`Date`), None where it is missing or no date."""
        try:
            return parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None

    @property
    def words(self) -> str | None:
        """The service's own words where it refuses; None where the body cannot be read."""
        return words_in(self.body)


def rate_limited(request: Request, reply: Reply) -> bool:
    """Whether the call was refused for want of quota, and so was not carried out.

    The body says so (guide, "Rate Limit"). A 422 of a start may quote what failed elsewhere:
    for what acts, headers that tell of calls left have the last word.
    """
    if reply.status != 422 or "rate limit exceeded" not in (reply.words or "").lower():
        return False
    told = reply.quota.told
    return not (request.operation.acts and told and min(told) > 0)


def read_reply(request: Request, reply: Reply) -> Any:
    """Give what a reply brings: records, a record, a page of runs, bytes or a plain object.

    Raises:
        SessionRejected: 401.
        Forbidden: 403.
        NotFound: 404, with what was asked for and the service's words.
        ChainStartRefused: 422 to a start.
        UsageError: another 4xx, with the service's words.
        Unreachable: a redirect, 5xx, 408, or a 404 that the service did not write.
        BadAnswer: a body that cannot be read or has not the contract's form.
    """
    if not 200 <= reply.status < 300:
        raise _refusal(request, reply)
    try:
        return _data(request.operation.answer, reply)
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError as error:
        why = one_line(str(error))
    raise _unreadable(request, reply, why)


def proves_a_refusal(request: Request, reply: Reply) -> bool:
    """Whether a 401 or 403 says that the call was not carried out: one that acts has to say so."""
    return not request.operation.acts or reply.words is not None


def _refusal(request: Request, reply: Reply) -> OneCloudError:
    if reply.status in (401, 403) and not proves_a_refusal(request, reply):
        name = request.operation.id
        said = f"{name} was answered {reply.status}, with something that cannot be read."
        return BadAnswer(said, operation=name)
    match reply.status:
        case 401:
            told = f": {reply.words}" if reply.words else "."
            return SessionRejected(
                f"The service no longer takes this session{told}",
                "Sign in again: %onecloud login",
            )
        case 403:
            return Forbidden(reply.words or "")
        case 408:  # a gateway lost patience: what acts may have been carried out all the same
            return _no_service(reply)
        case status if 400 <= status < 500:
            return _not_as_asked(request, reply)
    return _no_service(reply)


def _not_as_asked(request: Request, reply: Reply) -> OneCloudError:
    words = reply.words
    if words is None:
        # A missing page is not a missing chain: it was no OneCloud service that answered.
        missing = reply.status == 404
        return _no_service(reply) if missing else _unreadable(request, reply, "it says no reason")
    if reply.status == 404 and request.wanted:
        return NotFound(*request.wanted, words=words)
    if reply.status == 422 and request.operation.id == "startChain":
        return ChainStartRefused(words or "it gave no reason")
    told = words or f"status {reply.status}"
    return UsageError(f"The service refuses {request.operation.id}: {told}", words=words)


def _no_service(reply: Reply) -> Unreachable:
    status, host = reply.status, reply.host or "The host"
    if 300 <= status < 400:
        says = f"{host} answered with a redirect to {_target(reply)} ({status}): not followed."
        hint = "Is base_url right? A proxy or a firewall may also want a sign-in of its own."
    elif status == 404:
        says, hint = f"{host} has no OneCloud API there (404).", "Is base_url right?"
    else:
        says = f"{host} answered {status}."
        hint = "The service, or a gateway before it, is in trouble: try again later."
    return Unreachable(says, hint, host=reply.host, status=status)


def _unreadable(request: Request, reply: Reply, why: str) -> BadAnswer:
    name = request.operation.id
    says = f"The answer to {name} cannot be read: {why} (status {reply.status})."
    return BadAnswer(says, operation=name, status=reply.status)


def _target(reply: Reply) -> str:
    """Where a redirect points: its host alone, as its query may hold a secret."""
    try:
        host = urlsplit(reply.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return one_line(host or "another path of it")


def _data(answer: Answer, reply: Reply) -> Any:
    if answer == "binary":
        return _file(reply)
    found = _parsed(reply.body)
    if answer == "plain":
        return _record(found)
    if isinstance(found, dict) and "data" in found:
        found = found["data"]
    elif not (answer == "rows" and isinstance(found, list)):
        raise ValueError("it has no data")
    if answer == "rows":
        return _records(found)
    if answer == "runs":
        _records(_record(found).get("chainExecutors"))
    return _record(found)


def _file(reply: Reply) -> bytes:
    if not reply.body or "html" in reply.headers.get("content-type", "").lower():
        raise ValueError("it holds no file")
    return reply.body


def _record(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError("an object is due, and it is none")
    return found


def _records(found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("a list of objects is due, and it is none")
    return found


def _parsed(body: bytes) -> Any:
    if not body.strip():
        raise ValueError("it is empty")
    if body.lstrip().startswith(b"<"):
        raise ValueError("it is a web page, no JSON")
    text = body.decode("utf-8-sig")
    found = _JSON.decode(text)
    if "\\ud" in text or "\\uD" in text:
        # Half a surrogate pair is legal JSON, and no text: SQLite and Arrow refuse it.
        found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    return found


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def _count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


_JSON = json.JSONDecoder(parse_constant=_number, parse_float=_number)
