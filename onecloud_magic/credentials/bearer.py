"""The bearer: shows the access token to the one host that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from requests import PreparedRequest
from requests.auth import AuthBase

from ..api.address import is_loopback
from ..errors import NotSignedIn
from .hosts import origin
from .secret import Secret

__all__ = ["Bearer"]


class Bearer(AuthBase):
    """Authorizes requests to the origin of *base_url*, with what *current* gives at that moment.

    A request to any other origin, or over plain http beyond the own machine, is refused before
    it is sent.
    """

    # An AuthBase, because requests lets a line of .netrc replace a header that was merely set.

    def __init__(self, base_url: str, current: Callable[[], Secret]) -> None:
        self._origin = origin(base_url)
        self._current = current

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = request.url or ""
        scheme, host, port = asked = origin(url)
        if asked != self._origin or not (scheme == "https" or is_loopback(url)):
            raise NotSignedIn(
                f"The session does not belong to {scheme}://{host}:{port}; nothing was sent.",
                "Sign in at that host with %onecloud login.",
            )
        request.headers["Authorization"] = f"Bearer {self._current().reveal()}"
        return request

    def __repr__(self) -> str:
        return "Bearer({}://{}:{})".format(*self._origin)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Bearer is neither copied nor pickled")
