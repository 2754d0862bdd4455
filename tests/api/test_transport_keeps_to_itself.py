import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import pytest
import requests

from onecloud_magic import errors
from onecloud_magic.api import Transport
from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import Reply as Served

from .conftest import Bearer, Connect
from .failures import each_failure


def secrets_in(error: BaseException, secret: str) -> list[str]:
    """Where a traceback as IPython's Verbose one would show the secret."""
    shown = "".join(traceback.format_exception(error)) + repr(vars(error))
    found = ["text"] if secret in shown else []
    seen: BaseException | None = error
    while seen is not None:
        found += [name for name, value in variables(seen.__traceback__) if secret in repr(value)]
        seen = seen.__context__
    return found


def variables(trace: TracebackType | None) -> list[tuple[str, object]]:
    """The variables of the frames below the test's own."""
    return [
        (f"{frame.f_code.co_name}.{name}", value)
        for frame, _ in traceback.walk_tb(trace)
        if frame.f_code.co_filename != __file__
        for name, value in frame.f_locals.items()
    ]


# ---- nothing goes where it should not


def test_no_id_leads_a_call_to_another_operation(transport: Transport, sandbox: Sandbox) -> None:
    with pytest.raises(errors.NotFound):
        transport.call("getWorkspace", workspace_id="../../../oauth/token")

    assert sandbox.requests[0].path == "/v1/metadata/workspace/..%2F..%2F..%2Foauth%2Ftoken"


def test_netrc_is_not_read(
    transport: Transport, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine")
    monkeypatch.setenv("NETRC", str(netrc))

    transport.call("getWorkspaces")

    bearer = f"Bearer {sandbox.credentials['access_token']}"
    assert sandbox.requests[0].headers["authorization"] == bearer


def test_loopback_is_called_without_the_proxy_of_the_environment(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert connect().call("getWorkspaces")


def test_cookies_are_not_kept(transport: Transport, sandbox: Sandbox) -> None:
    def with_cookie(request: object, work: Callable[[], Served]) -> Served:
        reply = work()
        return replace(reply, headers={**reply.headers, "Set-Cookie": "a=b; Path=/"})

    sandbox.faults.add(with_cookie)
    transport.call("getWorkspaces")
    transport.call("getWorkspaces")

    assert "cookie" not in sandbox.requests[1].headers


def test_a_redirect_is_not_followed(transport: Transport, sandbox: Sandbox) -> None:
    with Sandbox() as other:
        sandbox.faults.add(faults.redirect(f"{other.url}/v1/metadata/workspace?token=x"))

        with pytest.raises(errors.Unreachable, match=r"redirect to 127\.0\.0\.1") as caught:
            transport.call("getWorkspaces")

        assert other.requests == []
    assert caught.value.status == 302
    assert len(sandbox.requests) == 1


def test_plain_http_to_another_machine_is_refused_before_any_call(connect: Connect) -> None:
    with pytest.raises(errors.UsageError, match="plain http"):
        connect(url="http://api.onecloud.io")


# ---- the bearer stays out of sight


@each_failure
def test_no_error_shows_the_bearer(
    transport: Transport, sandbox: Sandbox, fault: faults.Fault
) -> None:
    sandbox.faults.add(fault)

    with pytest.raises(errors.OneCloudError) as caught:
        transport.call("getWorkspaces")

    assert caught.value.__context__ is caught.value.__cause__ is None
    assert secrets_in(caught.value, sandbox.credentials["access_token"]) == []


def test_a_refusal_that_repeats_the_bearer_does_not_show_it(
    transport: Transport, sandbox: Sandbox
) -> None:
    token = sandbox.credentials["access_token"]
    said = Served(400, f'{{"error": "bad token {token}"}}'.encode())
    sandbox.faults.add(lambda request, work: said)

    with pytest.raises(errors.UsageError, match=r"bad token \[token\]") as caught:
        transport.call("getWorkspaces")
    assert secrets_in(caught.value, token) == []


def test_an_interrupt_does_not_show_the_bearer_either(
    transport: Transport, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(adapter: object, sent: requests.PreparedRequest, **settings: object) -> None:
        headers = dict(sent.headers)
        raise KeyboardInterrupt(headers)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", interrupted)

    with pytest.raises(KeyboardInterrupt) as caught:
        transport.call("getWorkspaces")
    assert secrets_in(caught.value, sandbox.credentials["access_token"]) == []


def test_a_bearer_that_is_no_header_is_not_shown(connect: Connect) -> None:
    token = "a line\r\nand another".replace("line", "secret")

    with pytest.raises(errors.Unreachable) as caught:
        connect(auth=Bearer(token)).call("getWorkspaces")
    assert secrets_in(caught.value, "a secret") == []


def test_an_error_of_the_session_passes_as_it_is(connect: Connect) -> None:
    class SignedOut(Bearer):
        def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
            raise errors.NotSignedIn("not signed in there")

    with pytest.raises(errors.NotSignedIn, match="not signed in there"):
        connect(auth=SignedOut("")).call("getWorkspaces")
