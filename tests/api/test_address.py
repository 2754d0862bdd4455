from pathlib import Path

import pytest

from onecloud_magic.api import certificates, checked_url, is_loopback, proxies
from onecloud_magic.errors import UsageError


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.onecloud.io", "https://api.onecloud.io"),
        ("https://h.app.wdesk.com/s/wdata/oc/api/", "https://h.app.wdesk.com/s/wdata/oc/api"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/p", "http://[::1]:8000/p"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_a_url_keeps_its_prefix_and_loses_its_last_slash(url: str, kept: str) -> None:
    assert checked_url(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.onecloud.io",
        "ftp://api.onecloud.io",
        "https://",
        "https:///v1",
        "https://user:secret@api.onecloud.io",
        "https://api.onecloud.io?token=secret",
        "https://api.onecloud.io/#secret",
        "https://api.onecloud.io:secret",
        "https://api.onecloud.io:99999",
        "https://[::1",
        "https://.onecloud.io",
        "https://*.onecloud.io",
        "https://api.onecloud.io/a b",
        "https://api.onecloud.io/\n",
        "http://api.onecloud.io",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1\\@example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
    ],
)
def test_a_url_that_a_bearer_must_not_go_to_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="base_url") as caught:
        checked_url(url)

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1:80", "[::1]:80"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(f"http://{host}")


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    assert proxies("http://127.0.0.1:8000") == {}
    assert proxies("https://api.onecloud.io")["https"] == "http://proxy:3128"


def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "onecloud.io")

    assert proxies("https://api.onecloud.io") == {}


def test_certificates_are_the_given_ones_then_the_environments_then_the_built_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given, told = tmp_path / "given.pem", tmp_path / "told.pem"
    given.touch()
    told.touch()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)

    assert certificates() is True
    monkeypatch.setenv("CURL_CA_BUNDLE", str(told))
    assert certificates() == str(told)
    assert certificates(str(given)) == str(given)


def test_certificates_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no certificates"):
        certificates(str(tmp_path / "none.pem"))
