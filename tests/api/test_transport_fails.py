import socket
import threading
from pathlib import Path

import pytest
import trustme

from onecloud_magic import errors
from onecloud_magic.api import Transport, trust
from onecloud_magic.sandbox import Sandbox, faults

from .clock import Clock
from .conftest import Connect
from .failures import each_failure


@each_failure
def test_a_read_that_failed_is_repeated_twice_at_most(
    transport: Transport, sandbox: Sandbox, clock: Clock, fault: faults.Fault
) -> None:
    sandbox.faults.add(fault, times=2)
    assert transport.call("getWorkspaces")
    assert clock.slept == [0.5, 1.0]

    sandbox.requests.clear()
    sandbox.faults.add(fault)
    with pytest.raises((errors.Unreachable, errors.BadAnswer)):
        transport.call("getWorkspaces")
    assert len(sandbox.requests) == 3


@each_failure
def test_what_acts_is_never_repeated_when_it_failed(
    transport: Transport, sandbox: Sandbox, start: dict[str, object], fault: faults.Fault
) -> None:
    sandbox.faults.add(fault, times=1)

    with pytest.raises((errors.Unreachable, errors.BadAnswer)) as caught:
        transport.call("startChain", **start)

    assert len(sandbox.requests) == 1
    if isinstance(caught.value, errors.Unreachable):
        assert caught.value.sent


def test_a_refused_start_is_not_repeated(
    transport: Transport, sandbox: Sandbox, start: dict[str, object]
) -> None:
    chains = transport.call("searchChains", environment_id=start["environment_id"])
    start["chain_id"] = next(one["id"] for one in chains if one["disabled"])

    with pytest.raises(errors.ChainStartRefused):
        transport.call("startChain", **start)
    assert [one.status for one in sandbox.requests] == [200, 422]


def test_a_list_where_a_record_is_due_is_a_bad_answer(
    transport: Transport, sandbox: Sandbox
) -> None:
    sandbox.faults.add(faults.bare_list())

    assert isinstance(transport.call("getWorkspaces"), list)
    with pytest.raises(errors.BadAnswer):
        transport.call("chainFilterSearch")


def test_a_service_that_is_down_was_certainly_not_asked(
    transport: Transport, sandbox: Sandbox
) -> None:
    sandbox.stop()

    with pytest.raises(errors.Unreachable, match="nothing listens there") as caught:
        transport.call("getWorkspaces")

    assert caught.value.host == f"127.0.0.1:{sandbox.port}"
    assert not caught.value.sent


def test_an_unknown_host_is_told_apart(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **settings: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(errors.Unreachable, match="name") as caught:
        connect(url="https://onecloud.invalid").call("getWorkspaces")
    assert not caught.value.sent


def test_a_dead_proxy_is_told_apart(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    with pytest.raises(errors.Unreachable, match="proxy") as caught:
        connect(url="https://onecloud.invalid").call("getWorkspaces")
    assert "HTTPS_PROXY" in caught.value.hint
    assert "secret" not in str(caught.value)


def test_an_answer_that_is_late_is_a_timeout(connect: Connect, sandbox: Sandbox) -> None:
    late = threading.Event()
    sandbox.faults.add(faults.latency(0, sleep=lambda seconds: late.wait(10)))

    with pytest.raises(errors.Unreachable, match="in time") as caught:
        connect(timeout=0.05).call("getWorkspaces")
    late.set()
    assert caught.value.sent


def test_tls_to_a_plain_port_is_unreachable(connect: Connect, sandbox: Sandbox) -> None:
    with pytest.raises(errors.Unreachable) as caught:
        connect(url=sandbox.url.replace("http:", "https:")).call("getWorkspaces")
    assert caught.value.__context__ is None


def test_a_certificate_that_is_not_trusted_is_named_and_ca_bundle_trusts_it(
    connect: Connect, clock: Clock, tmp_path: Path
) -> None:
    authority, server, root = trustme.CA(), tmp_path / "server.pem", tmp_path / "root.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(server)
    authority.cert_pem.write_to_path(root)

    with Sandbox(clock=clock, certificate=server) as sandbox:
        with pytest.raises(errors.Unreachable, match="certificate") as caught:
            connect(sandbox).call("getWorkspaces")
        assert connect(sandbox, ca_bundle=str(root)).call("getWorkspaces")

    assert "ca_bundle" in caught.value.hint
    assert not caught.value.sent


def test_the_authorities_of_the_operating_system_are_trusted_where_that_is_said(
    connect: Connect, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("truststore")
    authority, server, root = trustme.CA(), tmp_path / "server.pem", tmp_path / "root.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(server)
    authority.cert_pem.write_to_path(root)

    with Sandbox(clock=clock, certificate=server) as sandbox:
        with pytest.raises(errors.Unreachable, match="certificate"):
            connect(sandbox, ca_bundle="system").call("getWorkspaces")
        monkeypatch.setenv("SSL_CERT_FILE", str(root))  # where OpenSSL finds the system's
        assert connect(sandbox, ca_bundle="system").call("getWorkspaces")
        with pytest.raises(errors.Unreachable, match="certificate"):
            connect(sandbox).call("getWorkspaces")


def test_without_truststore_the_package_is_named(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust, "find_spec", lambda name: None)

    with pytest.raises(errors.UsageError, match="truststore"):
        connect(ca_bundle="system")
