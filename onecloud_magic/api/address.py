"""Where the service is, and by which way: its URL, proxies and certificates.

Read once, when a connection is made: a call looks neither at the environment nor at `.netrc`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

from ..errors import UsageError
from .trust import SYSTEM

__all__ = ["certificates", "checked_url", "is_loopback", "proxies"]


def checked_url(url: str) -> str:
    """Give the URL without a slash at its end, if a bearer may be sent to it.

    Raises:
        UsageError: no http(s) URL, plain http to another machine, or a URL with a user, a query
            or a fragment.
    """
    # Plain ASCII without "\" and "@": what is checked here is what the transport will connect to.
    if not re.fullmatch(r"https?://[^/@\\?#]+(/[^@\\?#]*)?", url) or not re.fullmatch(
        "[!-~]+", url
    ):
        raise _refused("it is no plain http(s) URL")
    if _host(url) is None:
        raise _refused("it has no host, or no port, that can be")
    if url.startswith("http:") and not is_loopback(url):
        raise _refused("plain http would show the token to the network", "Use https.")
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine."""
    host = _host(url) or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxies(url: str) -> dict[str, str]:
    """The proxies of the environment for this URL, `no_proxy` honoured; none for loopback."""
    return {} if is_loopback(url) else dict(get_environ_proxies(url, no_proxy=None))


def certificates(ca_bundle: str | None = None) -> str | bool:
    """The file or folder of trusted certificates: given, from the environment, or True.

    True means the built-in ones, or those that the adapter was made with (`trust.adapter`).

    Raises:
        UsageError: there is no such file or folder.
    """
    if ca_bundle == SYSTEM:
        return True
    named = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    bundle = ca_bundle or next((os.environ[one] for one in named if os.environ.get(one)), None)
    if bundle and not Path(bundle).exists():
        raise UsageError(
            f"There are no certificates at {bundle}.",
            "Set ca_bundle (or REQUESTS_CA_BUNDLE) to a PEM file or to a folder of them.",
        )
    return bundle or True


def _host(url: str) -> str | None:
    """The host that requests would connect to, None where it would not."""
    try:
        return urlsplit(requests.Request("GET", url).prepare().url or "").hostname
    except (requests.RequestException, ValueError):
        return None


def _refused(why: str, hint: str = "") -> UsageError:
    # The URL itself is not repeated: it may be one with a password in it.
    return UsageError(f"base_url cannot be used: {why}.", hint)
