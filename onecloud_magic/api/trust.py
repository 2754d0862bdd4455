"""The connections, and whose certificates they trust.

That is a file, the built-in ones, or those of the operating system.
"""

from __future__ import annotations

import ssl
from importlib.util import find_spec
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import poolmanager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..errors import UsageError

__all__ = ["SYSTEM", "adapter"]

SYSTEM = "system"  # the value of ca_bundle that means the operating system's own


def adapter(ca_bundle: str | None, **options: Any) -> HTTPAdapter:
    """An adapter without a Session that trusts what *ca_bundle* says, repeats of its own being off.

    Raises:
        UsageError: the operating system's certificates are wanted, and truststore is not there.
    """
    if ca_bundle != SYSTEM:
        return _Adapter(max_retries=0, **options)
    if find_spec("truststore") is None:
        raise UsageError(
            "ca_bundle='system' needs the package truststore.",
            'Install it: pip install "onecloud-magic[system]".',
        )
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _SystemAdapter(context, max_retries=0, **options)


# `http.client.HTTPConnection.debuglevel = 1` prints every header that is sent, the bearer too.
class _Silent(HTTPConnection):
    debuglevel = 0


class _SilentTLS(HTTPSConnection):
    debuglevel = 0


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Silent


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _SilentTLS


class _Adapter(HTTPAdapter):
    """Prints nothing of what it sends, whatever was set for all connections."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _silence(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return _silence(super().proxy_manager_for(proxy, **options))


def _silence(pools: Any) -> Any:
    # A SOCKS proxy has pools of its own.
    if pools.pool_classes_by_scheme is poolmanager.pool_classes_by_scheme:
        pools.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}
    return pools


class _SystemAdapter(_Adapter):
    """Verifies through the operating system, on the way to a host and to a proxy alike."""

    def __init__(self, context: ssl.SSLContext, **options: Any) -> None:
        self._context = context  # before the pools are made
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **options, ssl_context=self._context)
