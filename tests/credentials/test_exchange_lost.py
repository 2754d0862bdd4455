"""A question that got no whole answer: was it sent, or may it have been?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from onecloud_magic.credentials import exchange as asking
from onecloud_magic.credentials.exchange import Answer, Lost, NotSent, exchange
from onecloud_magic.credentials.records import Record
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply

from .questions import at, grant_of, shows, user_of
from .sockets import answering, free_port

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def user(sandbox: Sandbox) -> Record:
    return user_of(sandbox)


# ---- certainly not sent


def not_sent(outcome: object, record: Record) -> str:
    """What is said of a question that did not arrive."""
    assert isinstance(outcome, NotSent)
    assert not shows(outcome, record)
    return f"{outcome.says} {outcome.hint}"


def test_where_nobody_listens_nothing_was_sent(user: Record) -> None:
    port = free_port()

    said = not_sent(exchange(at(f"http://127.0.0.1:{port}/oauth/token", user)), user)

    assert f"127.0.0.1:{port} takes no connection" in said


def test_a_name_without_a_host_was_not_sent_to(user: Record) -> None:
    said = not_sent(exchange(at("https://nowhere.invalid/oauth/token", user)), user)

    assert "nowhere.invalid:443 cannot be found" in said


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Sandbox, Path]]:
    """A sandbox with a certificate, and the file that makes it trusted."""
    authority, served, trusted = trustme.CA(), tmp_path / "server.pem", tmp_path / "ca.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(served))
    authority.cert_pem.write_to_path(str(trusted))
    with Sandbox(certificate=served) as sandbox:
        yield sandbox, trusted


def test_a_certificate_that_is_not_trusted_gets_nothing(secure: tuple[Sandbox, Path]) -> None:
    sandbox, trusted = secure
    user = user_of(sandbox)

    said = not_sent(exchange(user), user)

    assert "certificate that is not trusted" in said
    assert "ca_bundle" in said
    assert sandbox.requests == []
    assert isinstance(exchange(user, ca_bundle=str(trusted)), Answer)


def test_a_bundle_that_is_not_there_is_named(user: Record, tmp_path: Path) -> None:
    said = not_sent(exchange(user, ca_bundle=str(tmp_path / "none.pem")), user)

    assert "none.pem" in said


@pytest.mark.parametrize("code", [403, 407, 502])
def test_a_proxy_that_refuses_to_connect_has_sent_nothing(
    user: Record, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    refusal = f"HTTP/1.1 {code} No\r\nContent-Length: 0\r\n\r\n".encode()
    with answering(refusal) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")

        said = not_sent(exchange(at("https://api.example.test/oauth/token", user)), user)

    assert "proxy" in said
    assert len(proxy.heard) == 1
    assert proxy.heard[0].startswith(b"CONNECT api.example.test:443 ")
    assert user.refresh_token
    assert user.refresh_token.reveal().encode() not in proxy.heard[0]


def test_a_proxy_that_is_not_there_has_sent_nothing(
    user: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")

    assert "proxy" in not_sent(exchange(at("https://api.example.test/oauth/token", user)), user)


def test_loopback_is_asked_without_the_proxy_of_the_environment(
    user: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")

    assert isinstance(exchange(user), Answer)


def test_a_client_id_that_no_header_can_carry_is_not_sent(sandbox: Sandbox) -> None:
    grant = replace(grant_of(sandbox), client_id="ключ")

    not_sent(exchange(grant), grant)

    assert sandbox.requests == []


def test_where_plain_http_is_spoken_instead_of_tls_nothing_was_sent(
    sandbox: Sandbox, user: Record
) -> None:
    address = f"https://127.0.0.1:{sandbox.port}/oauth/token"

    assert "speaks no proper TLS" in not_sent(exchange(at(address, user)), user)
    assert sandbox.requests == []


def test_where_a_handshake_breaks_nothing_was_sent(user: Record) -> None:
    with answering() as host:  # hears the first message, and closes
        outcome = exchange(at(f"https://127.0.0.1:{host.port}/oauth/token", user))

    assert "no proper TLS" in not_sent(outcome, user)


# ---- perhaps sent


def lost(outcome: object, record: Record) -> str:
    """What is said of a question that may have arrived."""
    assert isinstance(outcome, Lost)
    assert not shows(outcome, record)
    return outcome.says


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (faults.drop_before_work(), "closed the connection without an answer"),
        (faults.drop_after_work(), "closed the connection without an answer"),
        (faults.truncated_body(), "cut off on its way"),
        (faults.truncated_body(0.0), "cut off on its way"),
    ],
    ids=["dropped before", "dropped after", "cut", "no body"],
)
def test_an_answer_that_did_not_come_whole_is_lost_and_is_not_asked_for_again(
    sandbox: Sandbox, user: Record, fault: faults.Fault, says: str
) -> None:
    sandbox.faults.add(fault)

    assert says in lost(exchange(user), user)
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    "parts",
    [(), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",)],
    ids=["at all", "in the body"],
)
def test_no_answer_in_time_is_lost(
    user: Record, monkeypatch: pytest.MonkeyPatch, parts: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(asking, "_READ", 0.05)
    with answering(*parts, hold=True) as silent:
        record = at(f"http://127.0.0.1:{silent.port}/oauth/token", user)

        assert "did not answer in time" in lost(exchange(record), user)
        assert len(silent.heard) == 1


def test_what_is_no_http_is_lost(user: Record) -> None:
    with answering(b"220 mail.example.test ESMTP\r\n") as mail:
        lost(exchange(at(f"http://127.0.0.1:{mail.port}/oauth/token", user)), user)

    assert len(mail.heard) == 1


def test_an_answer_that_trickles_for_ever_has_no_end(sandbox: Sandbox, user: Record) -> None:
    ticks = iter([0.0, 91.0])

    assert "no end" in lost(exchange(user, ticks=lambda: next(ticks)), user)
    assert len(sandbox.requests) == 1


def test_an_answer_without_measure_has_no_end(
    sandbox: Sandbox, user: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onecloud_magic.credentials.exchange._LARGEST", 1 << 12)
    huge = secrets.token_bytes((1 << 12) + 1)
    sandbox.faults.add(lambda request, work: Reply(200, huge, {}))

    assert "no end" in lost(exchange(user), user)
