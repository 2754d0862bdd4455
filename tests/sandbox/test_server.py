"""The server under HTTP: connections that stay, requests that are none, and its end."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection

import pytest

from onecloud_magic.sandbox import Sandbox, faults

from ..conftest import NOW, Clock
from .asking import QUOTA, WORKSPACES, Placed, ask, get
from .running import history


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


# ---- methods


@pytest.mark.parametrize("method", ["HEAD", "QUERY", "PUT", "DELETE", "OPTIONS", "PATCH", "get"])
def test_another_method_is_answered_with_the_one_that_is_allowed(
    sandbox: Sandbox, method: str
) -> None:
    answer = said(sandbox, request(sandbox, f"{method} {WORKSPACES} HTTP/1.1"))
    head, _, body = answer.partition(b"\r\n\r\n")

    assert statuses(answer) == [405]
    assert b"\r\nAllow: GET\r\n" in head
    assert (body == b"") == (method == "HEAD")


def test_the_answer_to_head_does_not_spoil_the_next_request(sandbox: Sandbox) -> None:
    lines = [f"{method} {WORKSPACES} HTTP/1.1" for method in ("HEAD", "GET")]

    answer = said(sandbox, *(request(sandbox, line) for line in lines))

    assert statuses(answer) == [405, 200]


# ---- bodies


@pytest.mark.parametrize(
    "header",
    [
        "Transfer-Encoding: chunked",
        "Content-Length: -1",
        "Content-Length: many",
        "Content-Length: \xb2",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length: 5, 5",
        "Content-Length:",
        f"Content-Length: {'9' * 30}",
        f"Content-Length: {'9' * 5000}",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
    ],
)
def test_a_body_whose_length_is_not_told_is_refused_and_ends_the_connection(
    sandbox: Sandbox, header: str
) -> None:
    first = request(sandbox, f"GET {WORKSPACES} HTTP/1.1", header)

    answer = said(sandbox, first, b"5\r\nhello\r\n0\r\n\r\n")

    assert statuses(answer) == [411]
    assert b"\r\nConnection: close\r\n" in answer
    assert all(name.encode() in answer for name in QUOTA)
    assert sandbox.requests[-1].status == 411


def test_a_refusal_reaches_a_client_that_is_still_sending(sandbox: Sandbox) -> None:
    first = request(sandbox, "POST /oauth/token HTTP/1.1", "Transfer-Encoding: chunked")

    assert statuses(said(sandbox, first, b"x" * 5_000_000)) == [411]


def test_a_body_that_breaks_off_is_not_acted_upon(sandbox: Sandbox, chain: Placed) -> None:
    line = f"POST {chain.path}/start HTTP/1.1"

    answers = [
        said(sandbox, request(sandbox, line, "Content-Length: 22"), part)
        for part in (b"", b'{"runtimeVariables":', b'{"runtimeVariables":{}')
    ]

    assert [statuses(answer) for answer in answers] == [[400], [400], [400]]
    assert not get(sandbox, history(chain), start_date=int(NOW))["chainExecutors"]


# ---- what is no request


GARBAGE = {
    "nothing": b"",
    "an empty line": b"\r\n\r\n",
    "one word": b"GARBAGE\r\n\r\n",
    "bytes": b"\x00\xff\x16\x03\x01\r\n\r\n",
    "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version that is none": b"GET / HTTP/x.y\r\n\r\n",
    "a path too long": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    "a header too long": b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nwhat is this\r\n\r\n",
    "half a request": b"GET / HTTP/1.1\r\nX: ",
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_what_is_no_request_is_refused_and_kills_nothing(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    answer = said(sandbox, GARBAGE[kind])

    assert all(400 <= status < 600 for status in statuses(answer))
    assert ask(sandbox, "GET", WORKSPACES).status == 200
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("one word", 400), ("a header too long", 431), ("too many headers", 431)],
)
def test_a_refusal_of_what_is_no_request_has_the_form_of_any_other(
    sandbox: Sandbox, kind: str, status: int
) -> None:
    answer = said(sandbox, GARBAGE[kind])
    body = json.loads(answer.partition(b"\r\n\r\n")[2])

    assert statuses(answer) == [status]
    assert set(body) == {"error", "error_description"}


def test_garbage_after_a_request_does_not_undo_it(sandbox: Sandbox) -> None:
    answer = said(sandbox, request(sandbox, f"GET {WORKSPACES} HTTP/1.1"), b"GARBAGE\r\n\r\n")

    assert statuses(answer) == [200, 400]


def test_a_client_that_goes_away_before_its_answer_harms_nobody(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    gone, seen = threading.Event(), threading.Event()

    def wait(seconds: float) -> None:
        seen.set()
        gone.wait(10)

    sandbox.faults.add(faults.latency(1, wait), times=1)
    with connected(sandbox) as connection:
        connection.sendall(request(sandbox, f"GET {WORKSPACES} HTTP/1.1"))
        assert seen.wait(10)
    gone.set()

    assert ask(sandbox, "GET", WORKSPACES).status == 200
    assert capfd.readouterr() == ("", "")


def test_a_mistake_of_ours_is_not_hidden(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    def mistaken(request: object, work: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    sandbox.faults.add(mistaken, times=1)  # type: ignore[arg-type]
    with pytest.raises(ConnectionError):
        ask(sandbox, "GET", WORKSPACES)
    sandbox.stop()

    assert "ZeroDivisionError: a mistake of ours" in capfd.readouterr().err


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
