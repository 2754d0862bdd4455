"""Whose certificates are trusted: a file, the built-in ones, or those of the operating system."""

from __future__ import annotations

import ssl
from importlib.util import find_spec
from typing import Any

from requests.adapters import HTTPAdapter

from ..errors import UsageError

__all__ = ["SYSTEM", "adapter"]

SYSTEM = "system"  # the value of ca_bundle that means the operating system's own


def adapter(ca_bundle: str | None, **options: Any) -> HTTPAdapter:
    """An adapter without a Session that trusts what *ca_bundle* says, repeats of its own being off.

    Raises:
        UsageError: the operating system's certificates are wanted, and truststore is not there.
    """
    if ca_bundle != SYSTEM:
        return HTTPAdapter(max_retries=0, **options)
    if find_spec("truststore") is None:
        raise UsageError(
            "ca_bundle='system' needs the package truststore.",
            'Install it: pip install "onecloud-magic[system]".',
        )
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return _SystemAdapter(context, max_retries=0, **options)


class _SystemAdapter(HTTPAdapter):
    """Verifies through the operating system, on the way to a host and to a proxy alike."""

    def __init__(self, context: ssl.SSLContext, **options: Any) -> None:
        self._context = context  # before the pools are made
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, **options, ssl_context=self._context)
