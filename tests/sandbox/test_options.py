"""The options of a sandbox: ids, names of inputs, a prefix, TLS, where it listens."""

import json
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import trustme

from onecloud_magic.sandbox import Sandbox

from ..conftest import Clock
from .asking import WORKSPACES, ask, get, refresh
from .everything import every_get
from .running import SEARCH

PREFIX = "/s/wdata/oc/api"


def ids_in(value: Any) -> Iterator[tuple[str, Any]]:
    """Every field that is an id by its name, wherever it stands."""
    if isinstance(value, list):
        for each in value:
            yield from ids_in(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from ids_in(each)
            if name.lower().endswith("id") and name not in ("internal_id", "vuid", "link_id"):
                yield name, each


# ---- ids


@pytest.mark.parametrize(("ids", "kind"), [("text", str), ("integer", int)])
def test_ids_are_text_or_integers_everywhere(clock: Clock, ids: Any, kind: type) -> None:
    with Sandbox(clock=clock, ids=ids) as sandbox:
        found = [
            (name, value)
            for path, query in every_get(sandbox)
            for name, value in ids_in(ask(sandbox, "GET", path, query=query).body)
            if name != "nodeId"  # a GUID on either host
        ]

    assert {type(value) for _, value in found} == {kind}
    assert len({name for name, _ in found}) == 11


def test_ids_are_the_same_numbers_on_either_host(clock: Clock) -> None:
    with Sandbox(clock=clock) as newer, Sandbox(clock=clock, ids="integer") as older:
        text, numbers = (get(it, "/v1/metadata/chains/search") for it in (newer, older))

    assert [int(each["id"]) for each in text] == [each["id"] for each in numbers]


@pytest.mark.parametrize("ids", ["text", "integer"])
def test_internal_ids_are_integers_on_either_host(clock: Clock, ids: Any) -> None:
    with Sandbox(clock=clock, ids=ids) as sandbox:
        chains = get(sandbox, "/v1/metadata/chains/search")

    assert {type(each["internal_id"]) for each in chains} == {int}


# ---- names of inputs


def test_inputs_carry_their_names_where_that_is_asked_for(clock: Clock) -> None:
    with Sandbox(clock=clock, input_names=True) as sandbox:
        chains = get(sandbox, "/v1/metadata/chains/search")

    inputs = [each for chain in chains for each in chain["runtime_inputs"]]
    assert {frozenset(each) for each in inputs} == {frozenset({"vuid", "data_type", "name"})}
    assert {"period", "entity"} <= {each["name"] for each in inputs}


# ---- a prefix


@pytest.mark.parametrize("prefix", [PREFIX, PREFIX + "/", PREFIX[1:]])
def test_a_prefix_stands_before_every_path(clock: Clock, prefix: str) -> None:
    with Sandbox(clock=clock, prefix=prefix) as sandbox:
        below = ask(sandbox, "GET", WORKSPACES)
        beside = requests.get(
            f"http://127.0.0.1:{sandbox.port}{WORKSPACES}",
            headers={"Authorization": f"Bearer {sandbox.credentials['access_token']}"},
            timeout=10,
        )

    assert sandbox.url == f"http://127.0.0.1:{sandbox.port}{PREFIX}"
    assert below.status == 200
    assert beside.status_code == 404


def test_tokens_are_given_below_the_prefix_and_beside_it(clock: Clock) -> None:
    with Sandbox(clock=clock, prefix=PREFIX) as sandbox:
        below = refresh(sandbox, sandbox.credentials)
        beside = requests.post(
            f"http://127.0.0.1:{sandbox.port}/oauth/token",
            json={"grant_type": "refresh_token", **sandbox.enable_access()},
            timeout=10,
        )
        grant = sandbox.grant
        bought = requests.post(
            f"http://127.0.0.1:{sandbox.port}/iam/v1/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(grant["client_id"], grant["client_secret"]),
            timeout=10,
        )

    assert below.status == 200
    assert beside.status_code == bought.status_code == 200
    assert (sandbox.token_url, sandbox.grant_url) == (
        f"{sandbox.url}/oauth/token",
        f"{sandbox.url}/iam/v1/oauth2/token",
    )


def test_a_path_that_only_begins_like_the_prefix_is_not_found(clock: Clock) -> None:
    with Sandbox(clock=clock, prefix="/api") as sandbox:
        answer = requests.get(f"{sandbox.url}x{WORKSPACES}", timeout=10)

    assert answer.status_code == 404
    assert sandbox.requests[0].path.endswith(f"/apix{WORKSPACES}")


# ---- TLS


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
        str(path)
    )
    return path


@pytest.fixture
def secure(certificate: Path, clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, certificate=certificate) as sandbox:
        yield sandbox


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def asked_over_tls(sandbox: Sandbox, context: ssl.SSLContext) -> tuple[int, Any]:
    address = ("127.0.0.1", sandbox.port)
    with (
        socket.create_connection(address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        bearer = f"Authorization: Bearer {sandbox.credentials['access_token']}"
        connection.sendall(
            f"GET {WORKSPACES} HTTP/1.1\r\nConnection: close\r\n{bearer}\r\n\r\n".encode()
        )
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_it_speaks_tls_with_the_certificate_that_is_given(
    secure: Sandbox, authority: trustme.CA
) -> None:
    status, told = asked_over_tls(secure, trusting(authority))

    assert secure.url == f"https://127.0.0.1:{secure.port}"
    assert status == 200
    assert len(told["data"]) == 3


def test_who_does_not_trust_the_certificate_gets_nothing(secure: Sandbox) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        asked_over_tls(secure, ssl.create_default_context())

    assert not secure.requests


def test_a_client_that_is_silent_in_the_handshake_blocks_nobody(
    secure: Sandbox, authority: trustme.CA
) -> None:
    with ExitStack() as silent:
        for _ in range(5):
            address = ("127.0.0.1", secure.port)
            silent.enter_context(socket.create_connection(address, timeout=10))

        answers = [asked_over_tls(secure, trusting(authority))[0] for _ in range(3)]

    assert answers == [200] * 3


def test_stopping_ends_a_handshake_that_has_not_ended(
    secure: Sandbox, authority: trustme.CA
) -> None:
    with socket.create_connection(("127.0.0.1", secure.port), timeout=10) as silent:
        asked_over_tls(secure, trusting(authority))  # so the silent one has been accepted

        secure.stop()

        assert silent.recv(1) == b""


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05nonsense", b""])
def test_a_client_that_speaks_no_tls_is_let_go(
    secure: Sandbox, authority: trustme.CA, first: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", secure.port), timeout=10) as connection:
        connection.sendall(first)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    assert asked_over_tls(secure, trusting(authority))[0] == 200


# ---- where it listens


def test_it_listens_on_loopback_and_on_a_free_port(sandbox: Sandbox, company: Sandbox) -> None:
    assert urlsplit(sandbox.url).hostname == "127.0.0.1"
    assert 0 < sandbox.port != company.port > 0


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address alone")
def test_it_listens_on_no_other_address(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", sandbox.port), timeout=10)


def speaks_ipv6() -> bool:
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("localhost", "localhost"),
        pytest.param(
            "::1",
            "[::1]",
            marks=pytest.mark.skipif(not speaks_ipv6(), reason="there is no IPv6 here"),
        ),
    ],
)
def test_it_listens_where_it_is_told_to(clock: Clock, host: str, named: str) -> None:
    with Sandbox(clock=clock, host=host) as sandbox:
        answer = requests.get(f"{sandbox.url}{SEARCH}", timeout=10)

    assert sandbox.url == f"http://{named}:{sandbox.port}"
    assert answer.status_code == 401


def test_starting_asks_no_resolver_for_the_name_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(socket, "getfqdn", asked.append)

    with Sandbox():
        pass

    assert not asked


def test_a_port_that_is_taken_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=sandbox.port)


def test_without_a_clock_it_is_now(clock: Clock) -> None:
    with Sandbox() as sandbox:
        ask(sandbox, "GET", WORKSPACES)

    assert sandbox.requests[0].at > clock() - 10**9
    assert sandbox.clock() >= sandbox.requests[0].at


@pytest.mark.parametrize(
    "option", [{"window": "bogus"}, {"ids": "guid"}, {"reuse": ""}, {"token_ttl": float("nan")}]
)
def test_an_option_that_cannot_be_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"none of|cannot be"):
        Sandbox(**option)
