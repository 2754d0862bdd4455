"""What is refused before any operation sees it: methods, bodies, and what is no request."""

import json
import threading

import pytest

from onecloud_magic.sandbox import Sandbox, faults

from ..conftest import NOW
from .asking import QUOTA, WORKSPACES, Placed, ask, get
from .running import history
from .talking import connected, request, said, statuses

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
        for part in (b"", b'{"runtimeVariables":', b"{}")
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
    [
        ("one word", 400),
        ("a path too long", 414),
        ("a header too long", 431),
        ("too many headers", 431),
    ],
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
