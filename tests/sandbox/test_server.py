"""The server under HTTP: connections that stay, requests that are none, and its end."""

import threading
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW, Clock
from .asking import WORKSPACES, ask
from .talking import bearer, connected, request, said, statuses

# ---- connections that stay


def test_a_connection_serves_one_request_after_another(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    connection.connect()
    own = connection.sock

    for method, path in [("GET", WORKSPACES), ("GET", "/v2"), ("POST", WORKSPACES), ("GET", "/")]:
        connection.request(method, path, headers=bearer(sandbox))
        connection.getresponse().read()
        assert connection.sock is own
    connection.close()


def test_a_body_that_nobody_asked_for_does_not_spoil_the_next_request(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=10)

    answered = []
    for body in (b"GET / HTTP/1.1\r\n\r\n", None, b"x" * 100_000, None):
        connection.request("GET", WORKSPACES, body, headers=bearer(sandbox))
        answered.append(connection.getresponse())
        answered[-1].read()
    connection.close()

    assert [each.status for each in answered] == [200] * 4


def test_requests_may_be_sent_before_the_answers_are_read(sandbox: Sandbox) -> None:
    lines = [f"GET {WORKSPACES}/{number} HTTP/1.1" for number in (66, 1, 67)]

    answer = said(sandbox, *(request(sandbox, line) for line in lines))

    assert statuses(answer) == [200, 404, 200]
    assert answer.index(b"Finance Close") < answer.index(b"Planning and Reporting")


def test_a_request_may_come_in_pieces(sandbox: Sandbox) -> None:
    whole = request(sandbox, f"GET {WORKSPACES} HTTP/1.1")

    answer = said(sandbox, *(whole[place : place + 1] for place in range(len(whole))))

    assert statuses(answer) == [200]


def test_a_client_may_ask_for_the_connection_to_be_closed(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        connection.sendall(request(sandbox, f"GET {WORKSPACES} HTTP/1.1", "Connection: close"))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"\r\nConnection: close\r\n" in answer


def test_a_client_that_waits_for_leave_to_send_its_body_is_given_it(sandbox: Sandbox) -> None:
    with connected(sandbox) as connection:
        connection.sendall(
            b"POST /oauth/token HTTP/1.1\r\nExpect: 100-continue\r\n"
            b"Content-Length: 2\r\nConnection: close\r\n\r\n"
        )
        leave = connection.recv(65536)
        connection.sendall(b"{}")
        answer = connection.recv(65536)

    assert statuses(leave) == [100]
    assert statuses(answer) == [400]


def test_many_connections_are_served_at_once(sandbox: Sandbox) -> None:
    answered: list[int] = []
    threads = [
        threading.Thread(target=lambda: answered.append(ask(sandbox, "GET", WORKSPACES).status))
        for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert answered == [200] * 30
    assert len(sandbox.requests) == 30


# ---- headers


def test_the_date_follows_the_clock_of_the_sandbox(sandbox: Sandbox, clock: Clock) -> None:
    clock.advance(86_000)

    date = ask(sandbox, "GET", WORKSPACES).headers["Date"]

    assert parsedate_to_datetime(date).timestamp() == NOW + 86_000


def test_an_answer_tells_its_length_and_kind(sandbox: Sandbox) -> None:
    answer = said(sandbox, request(sandbox, f"GET {WORKSPACES} HTTP/1.1"))
    head, _, body = answer.partition(b"\r\n\r\n")

    assert f"Content-Length: {len(body)}".encode() in head
    assert b"Content-Type: application/json" in head


# ---- its end


def test_stopping_twice_is_stopping_once(clock: Clock) -> None:
    sandbox = Sandbox(clock=clock)

    sandbox.stop()
    sandbox.stop()

    with pytest.raises(ConnectionRefusedError):
        ask(sandbox, "GET", WORKSPACES)


def test_stopping_at_once_is_stopping(clock: Clock) -> None:
    for _ in range(5):
        with Sandbox(clock=clock) as sandbox:
            pass

        with pytest.raises(ConnectionRefusedError):
            ask(sandbox, "GET", WORKSPACES)


def test_stopping_closes_the_connections_that_are_open(sandbox: Sandbox) -> None:
    with connected(sandbox) as idle, connected(sandbox) as halfway:
        halfway.sendall(request(sandbox, f"GET {WORKSPACES} HTTP/1.1")[:-2])
        ask(sandbox, "GET", WORKSPACES)  # so both have been accepted

        sandbox.stop()

        assert idle.recv(1) == halfway.recv(1) == b""


def test_leaving_the_context_stops_it_whatever_happened(clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), Sandbox(clock=clock) as sandbox:
        raise ZeroDivisionError

    with pytest.raises(ConnectionRefusedError):
        ask(sandbox, "GET", WORKSPACES)


def test_a_port_can_be_listened_on_again_after_a_stop(clock: Clock) -> None:
    with Sandbox(clock=clock) as first:
        ask(first, "GET", WORKSPACES)

    with Sandbox(clock=clock, port=first.port) as second:
        assert ask(second, "GET", WORKSPACES).status == 200
