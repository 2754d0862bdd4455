"""The token endpoint: one question, and what became of it.

The refresh is the guide's ("Refreshing your access token"), the grant RFC 6749, 4.4. Nothing is
repeated and no redirect followed here: a refresh token is good for one use.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from ..api import USER_AGENT, adapter, certificates, explain, proxies
from ..errors import OneCloudError, Unreachable
from .answers import tokens_in
from .hosts import origin
from .records import Record

__all__ = ["Answer", "Exchange", "Lost", "NotSent", "Outcome", "exchange"]

_CONNECT, _READ = 5.0, 60.0  # seconds; a short wait for an answer is how answers get lost
_LONGEST = 90.0  # seconds for the whole answer, however slowly it trickles
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Answer:
    """A whole answer; its body holds secrets and is not shown."""

    status: int
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"


@dataclass(frozen=True)
class NotSent:
    """The question certainly did not arrive: nothing is spent."""

    says: str
    hint: str = ""


@dataclass(frozen=True)
class Lost:
    """The question may have arrived, and no whole answer came: the token may be spent."""

    says: str


Outcome = Answer | NotSent | Lost
Exchange = Callable[[Record], Outcome]


def exchange(
    record: Record, *, ca_bundle: str = "", ticks: Callable[[], float] = time.monotonic
) -> Outcome:
    """Ask the record's token URL for a new access token, once, with what the record has for it."""
    outcome = _asked(record, ca_bundle, ticks)
    if isinstance(outcome, KeyboardInterrupt):
        raise outcome  # here, where no variable holds the question with its secret
    return outcome


def _asked(
    record: Record, ca_bundle: str, ticks: Callable[[], float]
) -> Outcome | KeyboardInterrupt:
    url = record.token_url
    try:
        prepared = _prepared(record)
        verify, way = certificates(ca_bundle or None), proxies(url)
        road = adapter(ca_bundle)
    except OneCloudError as error:
        return NotSent(str(error), error.hint)
    except Exception as error:  # its text could hold anything
        return NotSent(f"The question could not be written: {type(error).__name__}.")
    question = _Question(prepared.body)
    prepared.body = question  # type: ignore[assignment]  # requests streams what can be read
    ends = ticks() + _LONGEST
    status, body = 0, b""
    try:
        # A new connection, without a Session: no `.netrc`, no cookies, no redirects, no repeats.
        with closing(road) as opened:
            answer = opened.send(
                prepared, stream=True, timeout=(_CONNECT, _READ), verify=verify, proxies=way
            )
            status = answer.status_code
            for part in answer.iter_content(1):
                body += part
                if len(body) > _LARGEST or ticks() > ends:
                    return _cut(status, body) or Lost("the answer had no end")
        return Answer(status, body)
    except KeyboardInterrupt:
        return KeyboardInterrupt()
    except Exception as error:
        host = ":".join(map(str, origin(url)[1:]))
        return _cut(status, body) or _lost(error, host, began=question.began)


def _cut(status: int, body: bytes) -> Answer | None:
    """What came of an answer that was cut off, where the tokens in it are whole."""
    return Answer(status, body) if tokens_in(status, body, 0.0) else None


def _prepared(record: Record) -> requests.PreparedRequest:
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
    if record.refresh_token is not None:
        fields = {
            "grant_type": "refresh_token",
            "client_id": record.client_id,
            "refresh_token": record.refresh_token.reveal(),
        }
        headers["Content-Type"] = "application/json"
        return requests.Request(
            "POST", record.token_url, headers, data=json.dumps(fields)
        ).prepare()
    secret = record.client_secret
    basic = HTTPBasicAuth(record.client_id, secret.reveal()) if secret else None
    form = {"grant_type": "client_credentials"}
    return requests.Request("POST", record.token_url, headers, data=form, auth=basic).prepare()


class _Question(io.BytesIO):
    """The body of the question, which knows whether sending it has begun.

    It holds the secret. Until its first byte is asked for, as while a connection is made or a
    handshake breaks, nothing can have been spent.
    """

    began = False

    def __init__(self, body: Any) -> None:
        super().__init__(body.encode() if isinstance(body, str) else body)

    def read(self, size: int | None = -1, /) -> bytes:
        self.began = True
        return super().read(size)


def _lost(error: Exception, host: str, *, began: bool) -> Outcome:
    told = explain(error, host)
    if not began or (isinstance(told, Unreachable) and not told.sent):
        return NotSent(str(told), told.hint)
    return Lost(str(told).rstrip("."))
