"""A thin HTTP/1.1 server with keep-alive: it turns bytes into a request and a reply into bytes."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from .faults import Dropped
from .messages import Refused, Reply, Request, body_length, read_query

Answer = Callable[[Request], Reply]
PATIENCE = 30.0  # seconds for a handshake; afterwards a connection may idle
LONGEST_LINE = 65536  # bytes of a request line
LINGER = 1.0  # seconds in which a client that was refused may still send


class Server(ThreadingHTTPServer):
    """Serves *answer* on a port; a thread a connection, TLS where a context is given."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, where: tuple[str, int], answer: Answer, tls: ssl.SSLContext | None) -> None:
        self.answer, self.tls = answer, tls
        self._open: set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
        super().__init__(where, _Connection)

    def server_bind(self) -> None:
        # HTTPServer would ask the resolver for our own name here, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]

    def get_request(self) -> tuple[socket.socket, object]:
        """Accept a connection; it is known from here on, so that `hang_up` misses none."""
        request, client_address = super().get_request()
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        self._open.add(request)
        return request, client_address

    def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Serve one connection in its thread; a silent handshake blocks this thread alone."""
        if isinstance(request, ssl.SSLSocket):
            request.settimeout(PATIENCE)
            request.do_handshake()
            request.settimeout(None)
        super().finish_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        """Close a connection, after the rest of what the client sends: else a refusal is lost."""
        with suppress(OSError):
            request.shutdown(socket.SHUT_WR)
            request.settimeout(LINGER)
            any(not request.recv(2**16) for _ in range(1000))  # until it sends no more
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Say what is wrong with us; a broken connection is the client's to report."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def shutdown(self) -> None:
        """Stop listening now; where the socket cannot be woken, at the next poll."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        super().shutdown()

    def hang_up(self) -> None:
        """Close every connection that is open."""
        for connection in list(self._open):
            with suppress(OSError):
                # The plain one: TLS's own takes the session away from under its reader.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def handle_one_request(self) -> None:
        """Read a request, whatever its method, and write the reply."""
        self.raw_requestline = self.rfile.readline(LONGEST_LINE + 1)
        if len(self.raw_requestline) > LONGEST_LINE:
            self.command = self.requestline = self.request_version = ""
            self.send_error(414)  # the rest of it would be read as headers, the token lost
            self.close_connection = True
            return
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        try:
            reply = self.server.answer(self._read())
        except Dropped:
            self._drop()
            return
        self.wfile.write(b"".join(self._written(reply)))
        if reply.cut is not None:
            self._drop()

    def _read(self) -> Request:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = body_length(headers)
        # A body of unknown length cannot be told from the next request: this is the last one.
        self.close_connection |= length is None
        body = self.rfile.read(length or 0)
        return Request(self.command, path, read_query(query), headers, body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what cannot be read as HTTP, in the form of every other refusal."""
        self.close_connection = True
        refused = Refused(code, HTTPStatus(code).phrase, message or "")
        self.wfile.write(b"".join(self._written(refused.reply())))

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
