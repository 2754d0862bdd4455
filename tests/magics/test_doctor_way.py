"""`%onecloud doctor` on the way to the service: the proxy, and whose certificates are trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .examined import examined, told
from .shell import Shell

FAR = "https://onecloud.example"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is on another machine; nobody is signed in, so it is not asked."""
    monkeypatch.setenv("ONECLOUD_BASE_URL", FAR)


def test_to_this_machine_no_proxy_leads(signed_in: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")

    assert examined(signed_in, "proxy") == [("ok", "none: the host is this machine", "")]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "none"),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "http://proxy.example:3128"),
        ({"ALL_PROXY": "socks5://proxy.example:1080"}, "socks5://proxy.example:1080"),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, "none"),
        ({"HTTPS_PROXY": "http://proxy.example:1", "NO_PROXY": "example"}, "none"),
        (
            {"HTTPS_PROXY": "http://proxy.example:1", "NO_PROXY": "localhost"},
            "http://proxy.example:1",
        ),
        ({"HTTPS_PROXY": "http://me:hunter22@proxy.example:1"}, "http://proxy.example:1"),
        ({"HTTPS_PROXY": "me:hunter22@proxy.example:1"}, "proxy.example:1"),
        ({"HTTPS_PROXY": "http://me:a/@hunter22@proxy.example:1/x"}, "http://proxy.example:1"),
    ],
)
def test_the_proxy_that_is_used_is_named_and_nothing_else(
    variables: dict[str, str],
    words: str,
    far: None,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert examined(shell, "proxy") == [("ok", words, "")]


def test_certificates_are_those_of_requests_where_nothing_is_said(shell: Shell) -> None:
    assert examined(shell, "certificates") == [("ok", "those of requests", "")]


def test_certificates_can_be_those_of_the_operating_system(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("truststore")
    monkeypatch.setenv("ONECLOUD_CA_BUNDLE", "system")

    assert examined(shell, "certificates") == [("ok", "the operating system's", "")]


def test_a_bundle_of_the_environment_is_named(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))

    assert examined(shell, "certificates") == [("ok", str(tmp_path), "")]


def test_a_bundle_that_is_missing_is_said_once(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECLOUD_CA_BUNDLE", str(tmp_path / "no.pem"))

    frame = shell.run("%onecloud doctor")

    [(state, words, hint)] = told(frame, "session")
    assert (state, words) == (
        "wrong",
        f"UsageError: There are no certificates at {tmp_path}/no.pem.",
    )
    assert "ca_bundle" in hint
    assert frame["check"].iloc[-1] == "session"
