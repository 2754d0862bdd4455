"""A thin HTTP/1.1 server with keep-alive: it turns bytes into a request and a reply into bytes."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .faults import Dropped
from .messages import Refused, Reply, Request, read_query

Answer = Callable[[Request], Reply]
MOST_BYTES = 64 * 2**20  # the largest body that is read
PATIENCE = 30.0  # seconds for a handshake or a request that has begun; idle connections may wait


class Server(ThreadingHTTPServer):
    """Serves *answer* on a port; a thread a connection, TLS where a context is given."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, where: tuple[str, int], answer: Answer, tls: ssl.SSLContext | None) -> None:
        self.answer, self.tls = answer, tls
        self._open: set[socket.socket] = set()
        super().__init__(where, _Connection)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for our own name here, which can take seconds.
        super(ThreadingHTTPServer, self).server_bind()
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]

    def process_request_thread(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Serve one connection in its thread; a silent handshake blocks this thread alone."""
        with suppress(OSError):  # a client that goes away in a handshake is no fault of ours
            if self.tls:
                request.settimeout(PATIENCE)
                request = self.tls.wrap_socket(request, server_side=True)
                request.settimeout(None)
            self._open.add(request)
            super().process_request_thread(request, client_address)
        self._open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: a broken connection is the client's to report."""

    def hang_up(self) -> None:
        """Close every connection that is open."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def handle_one_request(self) -> None:
        """Read a request, whatever its method, and write the reply."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        try:
            reply = self.server.answer(self._read())
        except Refused as refused:  # a body that cannot be told from the next request
            self.close_connection = True
            reply = refused.reply()
        except Dropped:
            self._drop()
            return
        self.wfile.write(b"".join(self._written(reply)))
        if reply.cut is not None:
            self._drop()

    def _read(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, read_query(query), headers, self._body(headers))

    def _body(self, headers: dict[str, str]) -> bytes:
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isdigit() or int(length) > MOST_BYTES:
            raise Refused(411, "Length Required", "Send the body with its Content-Length.")
        return self.rfile.read(int(length))

    def _written(self, reply: Reply) -> Iterator[bytes]:
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        phrase = HTTPStatus(reply.status).phrase if reply.status in _KNOWN else ""
        lines = [f"HTTP/1.1 {reply.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        lines += [f"Content-Length: {len(reply.body)}"]
        if self.close_connection:
            lines += ["Connection: close"]
        yield "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        if self.command != "HEAD":
            yield body

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: what was asked is in `Sandbox.requests`."""


_KNOWN = frozenset(status.value for status in HTTPStatus)
