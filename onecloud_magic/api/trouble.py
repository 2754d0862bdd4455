"""What a call that failed on its way says to the user.

The exceptions of requests hold the request, and with it the bearer: none of them leaves `api`.
An error of ours is made from what they are, never from what they say.
"""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

from requests import exceptions as requests
from urllib3 import exceptions as urllib3

from ..errors import BadAnswer, OneCloudError, Unreachable

__all__ = ["explain"]


@dataclass(frozen=True)
class _Trouble:
    """One kind of failure: what tells it, what it says, and whether the call may have arrived."""

    seen: tuple[type[BaseException], ...]
    says: str
    hint: str
    sent: bool = False


_WAY = "cannot be reached: the proxy on the way"
_AGAIN = "Try again; if it stays, look at the network and at base_url."
_PROXY = "Look at HTTPS_PROXY and NO_PROXY; the proxy may want a sign-in of its own."
_TRUST = "If your company inspects TLS, set ca_bundle to its root certificate, or to system."
_RUNS = "Is base_url right? A sandbox ends with its kernel: %onecloud sandbox starts another."

# The first that fits is told: what may also happen to a proxy comes after the proxy.
_TROUBLES = (
    _Trouble((ssl.SSLCertVerificationError,), "has a certificate that is not trusted", _TRUST),
    _Trouble((requests.ProxyError, urllib3.ProxyError), f"{_WAY} failed", _PROXY),
    _Trouble((requests.InvalidSchema, requests.InvalidProxyURL), f"{_WAY} is no proxy", _PROXY),
    _Trouble(
        (socket.gaierror, urllib3.LocationValueError),
        "cannot be found: no host has that name",
        _AGAIN,
    ),
    _Trouble((ConnectionRefusedError,), "takes no connection: nothing listens there", _RUNS),
    _Trouble((requests.ConnectTimeout,), "takes no connection", _AGAIN),
    _Trouble((urllib3.NewConnectionError,), "cannot be reached from here", _AGAIN),
    _Trouble((requests.SSLError, ssl.SSLError), "speaks no proper TLS", _AGAIN, sent=True),
    _Trouble((urllib3.ReadTimeoutError,), "did not answer in time", _AGAIN, sent=True),
    _Trouble((ValueError,), "gave no answer: this is no proper HTTP", _AGAIN, sent=True),
)
_BROKEN = _Trouble((), "closed the connection without an answer", _AGAIN, sent=True)
_CUT_OFF = (requests.ChunkedEncodingError, requests.ContentDecodingError)


def explain(error: BaseException, host: str, operation: str = "") -> OneCloudError:
    """Give the error of ours for what requests, urllib3, ssl or a socket raised."""
    if isinstance(error, _CUT_OFF):
        return BadAnswer(f"The answer of {host} was cut off on its way.", operation=operation)
    layers = _layers(error)
    trouble = next((one for one in _TROUBLES if _any(layers, one.seen)), _BROKEN)
    reasons = [
        one.verify_message for one in layers if isinstance(one, ssl.SSLCertVerificationError)
    ]
    told = f" ({reasons[0]})" if reasons else ""
    says = f"{host} {trouble.says}{told}."
    return Unreachable(says, trouble.hint, host=host, sent=trouble.sent)


def _any(layers: list[BaseException], seen: tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(layer, seen) for layer in layers)


def _layers(error: BaseException) -> list[BaseException]:
    """The error and all that it wraps: requests wraps urllib3, which wraps the socket."""
    layers = [error]
    for layer in layers:
        inner = (*layer.args, getattr(layer, "reason", None), layer.__cause__)
        layers += [one for one in inner if isinstance(one, BaseException) and one not in layers]
    return layers
