"""Hosts by name and by URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.hosts import Host, origin, resolve
from onecloud_magic.errors import UsageError


@pytest.mark.parametrize(
    ("name", "base_url", "token_url"),
    [
        ("classic", "https://api.onecloud.io", "https://api.onecloud.io/oauth/token"),
        (
            "us",
            "https://h.app.wdesk.com/s/wdata/oc/api",
            "https://api.app.wdesk.com/iam/v1/oauth2/token",
        ),
        (
            "eu",
            "https://h.eu.wdesk.com/s/wdata/oc/api",
            "https://api.eu.wdesk.com/iam/v1/oauth2/token",
        ),
        (
            "apac",
            "https://h.apac.wdesk.com/s/wdata/oc/api",
            "https://api.apac.wdesk.com/iam/v1/oauth2/token",
        ),
    ],
)
def test_a_host_has_a_name_and_the_same_addresses_by_its_url(
    name: str, base_url: str, token_url: str
) -> None:
    assert resolve(name) == resolve(f" {name.upper()} ") == (base_url, token_url)
    assert resolve(base_url + "/") == (base_url, token_url)


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("https://example.com", "https://example.com"),
        ("HTTPS://Example.COM:443/Pre/Fix/", "https://example.com/Pre/Fix"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("https://example.com:", "https://example.com"),
        ("https://example.com:0443", "https://example.com"),
        ("http://localhost:80/", "http://localhost"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.1.2.3", "http://127.1.2.3"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://[2001:DB8::1]:443", "https://[2001:db8::1]"),
    ],
)
def test_a_url_is_kept_in_one_form_and_its_tokens_come_from_below_it(
    url: str, base_url: str
) -> None:
    assert resolve(url) == Host(base_url, base_url + "/oauth/token")
    assert resolve(base_url) == resolve(url)


def test_another_token_url_can_be_named() -> None:
    host = resolve("eu", "https://Login.example.com/token")

    assert host == (resolve("eu").base_url, "https://login.example.com/token")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "clasic",
        "example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user:password@example.com",
        "https://api.onecloud.io\\@example.com",
        "https://example.com?x=1",
        "https://example.com#f",
        "https://exam ple.com",
        "https://example.com\r\nHost: x",
        "https://example.com\0",
        "https://example.com:99999",
        "https://[::1",
        "https://bücher.example",
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://2130706433",
        "http://0.0.0.0",
    ],
)
def test_no_credential_goes_to_such_a_url(url: str) -> None:
    for host, token_url in ((url, ""), ("us", url or "x")):
        with pytest.raises(UsageError) as caught:
            resolve(host, token_url)
        assert "password" not in str(caught.value)


@given(st.text(max_size=40).map("https://".__add__))
def test_a_url_is_refused_or_has_a_form_that_stays(url: str) -> None:
    try:
        host = resolve(url)
    except UsageError:
        return

    assert resolve(host.base_url) == host
    assert origin(host.base_url)[0] == "https"


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://Example.com/a/b?c") == ("https", "example.com", 443)
    assert origin("http://[::1]:8080") == ("http", "::1", 8080)
