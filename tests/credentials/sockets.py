"""Servers that are no token endpoint: they answer in one way, and count who asks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Answering:
    """What a loopback port was told, and where it is."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: list[bytes] = []


@contextmanager
def answering(*parts: bytes, hold: bool = False) -> Iterator[Answering]:
    """Give every connection these bytes once it has said something, then close, or *hold* it."""
    with socket.create_server(("127.0.0.1", 0)) as server, suppress(OSError):
        told = Answering(server.getsockname()[1])
        held: list[socket.socket] = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    told.heard.append(connection.recv(65536))
                    for part in parts:
                        connection.sendall(part)
                    if hold:
                        held.append(connection)
                    else:
                        connection.shutdown(socket.SHUT_WR)
                        connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for each in held:
                each.close()
            thread.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
