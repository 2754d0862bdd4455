"""What stands between a client and a sandbox: a port that leads to it, a proxy that is asked."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Road:
    """Leads every connection on to a port of this machine; as a *proxy* when asked by CONNECT.

    Attributes:
        port: where it listens.
        asked: the places that a proxy was asked for.
        closed: whether a proxy refuses.
    """

    def __init__(self, to: int, *, port: int = 0, proxy: bool = False) -> None:
        self._to, self._proxy = to, proxy
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port = int(self._listening.getsockname()[1])
        self.asked: list[str] = []
        self.closed = False
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self._open.append(client)
                threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def _lead(self, client: socket.socket) -> None:
        with suppress(OSError):
            if self._proxy and not self._let_in(client):
                client.close()
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            self._open.append(server)
            threading.Thread(target=_copy, args=(server, client), daemon=True).start()
            _copy(client, server)

    def _let_in(self, client: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head and (part := client.recv(4096)):
            head += part
        self.asked.append(head.split(b"\r\n")[0].decode())
        client.sendall(_FORBIDDEN if self.closed else _ESTABLISHED)
        return not self.closed


def _copy(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while part := one.recv(65536):
            other.sendall(part)
        other.shutdown(socket.SHUT_WR)


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return int(closed.getsockname()[1])
