"""The one way to the service: every call of the product goes through `Transport.call`."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from .. import __version__
from ..errors import BadAnswer, Unreachable
from . import address
from .pace import Pace
from .paging import Pages
from .request import Request, make_request
from .trouble import explain
from .trust import adapter
from .wire import Reply, proves_a_refusal, rate_limited, read_reply

__all__ = ["CONNECTIONS", "USER_AGENT", "Transport", "Trip"]

USER_AGENT = f"onecloud-magic/{__version__}"
CONNECTIONS = 8
_HEADERS = {**requests.utils.default_headers(), "User-Agent": USER_AGENT}
_CONNECT = 5.0
_TRIES = 3


class Trip(Protocol):
    """What is told of the way of one call that acts, step by step."""

    def leaving(self) -> object:
        """It is about to be sent; what this raises keeps it from being sent."""

    def refused(self) -> object:
        """A complete answer proves that it was not carried out."""


class _Unwatched:
    def leaving(self) -> None: ...

    def refused(self) -> None: ...


_UNWATCHED = _Unwatched()


class Transport:
    """The calls of one account; any thread may call.

    *auth* adds the bearer. *renew* is asked on a 401, in the thread of the call: True means that
    there is a new bearer, and the call is repeated once; *renew_again* is asked where that one is
    refused too, as it may be no newer than its finder. *on_reply* sees every reply, refusals too.
    *may_call* raises where no call is to be made.
    """

    def __init__(
        self,
        base_url: str,
        auth: AuthBase,
        pace: Pace,
        *,
        renew: Callable[[], bool] = lambda: False,
        renew_again: Callable[[], bool] = lambda: False,
        on_reply: Callable[[Request, Reply], object] = lambda request, reply: None,
        may_call: Callable[[], object] = lambda: None,
        timeout: float = 30.0,
        ca_bundle: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.base_url = address.checked_url(base_url)
        self.host = urlsplit(self.base_url).netloc
        self._auth, self._pace, self._on_reply = auth, pace, on_reply
        self._may_call = may_call
        self._renewals = (renew, renew_again)
        self._sleep, self._chance = sleep, chance
        # An adapter without a Session: no `.netrc`, no cookies, no redirects, no environment.
        self._adapter = adapter(ca_bundle, pool_maxsize=CONNECTIONS)
        self._timeout = (_CONNECT, timeout)
        self._proxies = address.proxies(self.base_url)
        self._verify = address.certificates(ca_bundle)

    # Retry stands above the session, the session above the pace, the pace above the socket:
    # whatever makes a call anew makes it from the top, so that it takes a turn of its own and
    # no repeat costs quota unseen (urllib3's own would; they are 0).

    def call(self, name: str, /, **parameters: object) -> Any:
        """Make one call, by its operationId, and give its data (`make_request`, `read_reply`).

        A read that failed on its way is repeated twice at most. What acts is sent again only when
        it is certain that it was not carried out: after a 401, or a rate limit.
        """
        asked = make_request(name, **parameters)
        self._may_call()
        again = Retrying(
            stop=stop_after_attempt(1 if asked.operation.acts else _TRIES),
            retry=retry_if_exception(_may_pass),
            wait=self._jitter,
            sleep=self._sleep,
            reraise=True,
        )
        return again(self._in_session, asked)

    def act(self, trip: Trip, name: str, /, **parameters: object) -> Any:
        """Make one call that acts, like `call`, and tell *trip* of each time that it is sent."""
        asked = make_request(name, **parameters)
        self._may_call()
        return self._in_session(asked, trip)

    def pages(self, name: str, limit: int | None, /, **parameters: object) -> Pages:
        """Give the pages of a read, each a list of records, up to *limit* records in all."""
        return Pages(self.call, name, limit, parameters)

    def close(self) -> None:
        """Close the connections that are kept alive; the next call opens others."""
        self._adapter.close()

    def _jitter(self, state: RetryCallState) -> float:
        # Threads that failed together must not come back together.
        return self._chance() * float(2 ** (state.attempt_number - 1))

    def _in_session(self, asked: Request, trip: Trip = _UNWATCHED) -> Any:
        reply = self._paced(asked, trip)
        for renew in self._renewals:
            refused = reply.status == 401 and proves_a_refusal(asked, reply)
            if not refused or not renew():
                break
            reply = self._paced(asked, trip)
        return read_reply(asked, reply)

    def _paced(self, asked: Request, trip: Trip) -> Reply:
        while True:
            with self._pace.turn() as turn:
                reply = self._send(asked, trip)
                limited = rate_limited(asked, reply)
                if limited or (reply.status == 401 and proves_a_refusal(asked, reply)):
                    trip.refused()
                self._on_reply(asked, reply)
                if not limited:
                    turn.answered(reply.quota)
                    return reply
                turn.refused(reply.quota)

    def _send(self, asked: Request, trip: Trip) -> Reply:
        # Raised here, where no local and no context holds the bearer: tracebacks show both.
        answer = self._exchange(asked, trip)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _exchange(self, asked: Request, trip: Trip) -> Reply | BaseException:
        prepared = requests.Request(
            asked.operation.method,
            self.base_url + asked.path,
            {**_HEADERS, **asked.headers},
            params=asked.query,
            data=asked.body,
            files=asked.files,
            auth=self._auth,
        ).prepare()
        try:
            trip.leaving()
        except BaseException as error:
            return error.with_traceback(None)
        try:
            answer = self._adapter.send(
                prepared, timeout=self._timeout, verify=self._verify, proxies=self._proxies
            )
            body = answer.content
        except KeyboardInterrupt:
            return KeyboardInterrupt()
        except Exception as error:
            return explain(error, self.host, asked.operation.id)
        if answer.status_code >= 400:
            body = _without_bearer(body, prepared)
        return Reply(answer.status_code, answer.headers, body, self.host)


def _may_pass(error: BaseException) -> bool:
    """Whether the same call may have an answer the next time."""
    if isinstance(error, Unreachable):
        return error.status == 0 or error.status >= 500
    return isinstance(error, BadAnswer)


def _without_bearer(body: bytes, sent: requests.PreparedRequest) -> bytes:
    """The body of a refusal, without our own token where it repeats it: a refusal is shown."""
    token = sent.headers.get("Authorization", "").rpartition(" ")[2]
    return body.replace(token.encode(), b"[token]") if token else body
