"""Where the API is and where its tokens come from: hosts by name, or by URL."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from ..api.address import checked_url

__all__ = ["HOSTS", "Host", "origin", "resolve"]


class Host(NamedTuple):
    """The two addresses that a credential is bound to."""

    base_url: str
    token_url: str


def _region(name: str) -> Host:
    # Here the tokens come from another machine than the answers.
    return Host(
        f"https://h.{name}.wdesk.com/s/wdata/oc/api",
        f"https://api.{name}.wdesk.com/iam/v1/oauth2/token",
    )


HOSTS = {
    "classic": Host("https://api.onecloud.io", "https://api.onecloud.io/oauth/token"),
    "us": _region("app"),
    "eu": _region("eu"),
    "apac": _region("apac"),
}

_PORTS = {"https": 443, "http": 80}


@lru_cache(maxsize=64)  # every read asks where it goes
def resolve(host: str, token_url: str = "") -> Host:
    """The addresses of *host*, a name in `HOSTS` or a URL; *token_url* beats the usual one.

    Raises:
        UsageError: a URL to which no credential may go; `checked_url` says which these are.
    """
    named = HOSTS.get(host.strip().lower())
    base = named.base_url if named else _normal(host)
    usual = {known.base_url: known.token_url for known in HOSTS.values()}
    return Host(base, _normal(token_url) if token_url else usual.get(base, f"{base}/oauth/token"))


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of *url*: what decides who gets to see a credential."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)


def _normal(url: str) -> str:
    """*url* in the one form that is compared: scheme and host in small letters, no usual port."""
    scheme, mark, rest = url.strip().partition("://")
    url = checked_url(f"{scheme.lower()}{mark}{rest}")
    scheme, host, port = origin(url)
    shown_host = f"[{host}]" if ":" in host else host
    shown_port = "" if port == _PORTS[scheme] else f":{port}"
    return f"{scheme}://{shown_host}{shown_port}{urlsplit(url).path}"
