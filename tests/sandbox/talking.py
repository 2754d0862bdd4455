"""Talking to a sandbox in bytes, where HTTP itself is in question."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from onecloud_magic.sandbox import Sandbox


@contextmanager
def connected(sandbox: Sandbox) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as connection:
        yield connection


def said(sandbox: Sandbox, *words: bytes) -> bytes:
    """All that is answered to these bytes, until the server hangs up."""
    with connected(sandbox) as connection:
        for word in words:
            connection.sendall(word)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(sandbox: Sandbox, line: str, *headers: str) -> bytes:
    bearer = f"Authorization: Bearer {sandbox.credentials['access_token']}"
    return "\r\n".join([line, bearer, *headers, "", ""]).encode("latin-1")


def bearer(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.credentials['access_token']}"}


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
