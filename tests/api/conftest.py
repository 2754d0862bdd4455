from collections.abc import Callable, Iterator

import pytest
from requests import PreparedRequest
from requests.auth import AuthBase

from onecloud_magic.api import Pace, Transport
from onecloud_magic.sandbox import Sandbox

from .clock import Clock


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request

    def __repr__(self) -> str:
        return "<Bearer>"


Connect = Callable[..., Transport]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock, prefix="/s/wdata/oc/api") as sandbox:
        yield sandbox


@pytest.fixture
def connect(clock: Clock, sandbox: Sandbox) -> Connect:
    """Make a transport to the sandbox, or to another one, on the clock of the test."""

    def connected(to: Sandbox = sandbox, url: str = "", **settings: object) -> Transport:
        auth = settings.pop("auth", None) or Bearer(to.credentials["access_token"])
        pace = settings.pop("pace", None) or Pace(clock=clock, sleep=clock.sleep)
        chance = {"sleep": clock.sleep, "chance": lambda: 0.5}
        return Transport(url or to.url, auth, pace, **{**chance, **settings})  # type: ignore[arg-type]

    return connected


@pytest.fixture
def transport(connect: Connect) -> Transport:
    return connect()


def ids(transport: Transport) -> dict[str, str]:
    """An id of each kind, as the sandbox gives them."""
    workspace = transport.call("getWorkspaces")[0]["id"]
    environment = transport.call("getEnvironments", workspace_id=workspace)[0]["id"]
    chains = transport.call("searchChains", environment_id=environment)
    return {
        "workspace_id": workspace,
        "environment_id": environment,
        "chain_id": next(one["id"] for one in chains if not one["disabled"]),
        "chain_run_id": transport.call("chainFilterSearch")["chainExecutors"][0]["id"],
        "userId": transport.call("getUsers")[0]["id"],
        "userGroupId": transport.call("getUserGroups")[0]["id"],
        "search_text": "2026",
    }


@pytest.fixture
def start(transport: Transport, sandbox: Sandbox) -> dict[str, object]:
    """The parameters of a start that the sandbox takes; what it was asked so far is forgotten."""
    found = ids(transport)
    sandbox.requests.clear()
    return {
        "environment_id": found["environment_id"],
        "chain_id": found["chain_id"],
        "runtimeVariables": {},
    }
