"""The bearer shows the token to one host only."""

from __future__ import annotations

import pickle

import pytest
from requests import PreparedRequest, Request

from onecloud_magic.credentials.bearer import Bearer
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import NotSignedIn


def prepared(url: str, bearer: Bearer) -> PreparedRequest:
    return Request("GET", url, auth=bearer).prepare()


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.onecloud.io", "https://api.onecloud.io/v1/metadata/workspace"),
        ("https://api.onecloud.io", "https://API.onecloud.io:443/x?y=1"),
        ("https://h.eu.wdesk.com/s/wdata/oc/api", "https://h.eu.wdesk.com/s/wdata/oc/api/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
        ("http://localhost", "http://localhost:80/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
    ],
)
def test_its_own_host_gets_the_token(token: str, base_url: str, url: str) -> None:
    request = prepared(url, Bearer(base_url, lambda: Secret(token)))

    assert request.headers["Authorization"] == f"Bearer {token}"


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://api.onecloud.io", "https://api.onecloud.io.example.com/"),
        ("https://api.onecloud.io", "https://example.com/api.onecloud.io"),
        ("https://api.onecloud.io", "https://api.onecloud.io@example.com/"),
        ("https://api.onecloud.io", "https://api.onecloud.io:8443/"),
        ("https://api.onecloud.io", "http://api.onecloud.io/"),
        ("https://api.onecloud.io", "http://api.onecloud.io:443/"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081/"),
        ("http://127.0.0.1:8080", "http://localhost:8080/"),
        ("http://example.com", "http://example.com/"),
    ],
)
def test_another_origin_and_plain_http_do_not_and_the_token_is_not_even_asked_for(
    base_url: str, url: str
) -> None:
    with pytest.raises(NotSignedIn, match="nothing was sent"):
        prepared(url, Bearer(base_url, lambda: pytest.fail("asked")))


def test_it_sends_the_token_of_the_moment(token: str) -> None:
    tokens = iter([Secret("first"), Secret(token)])
    bearer = Bearer("https://api.onecloud.io", lambda: next(tokens))

    sent = [prepared("https://api.onecloud.io", bearer).headers["Authorization"] for _ in "12"]

    assert sent == ["Bearer first", f"Bearer {token}"]


def test_it_shows_no_token_and_is_not_pickled(token: str) -> None:
    bearer = Bearer("https://api.onecloud.io", lambda: Secret(token))

    assert repr(bearer) == "Bearer(https://api.onecloud.io:443)"
    with pytest.raises(TypeError):
        pickle.dumps(bearer)
