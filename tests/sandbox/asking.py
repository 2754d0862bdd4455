"""Asking a sandbox over its socket, as a client would."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPMessage
from typing import Any, NamedTuple
from urllib.parse import urlencode

from onecloud_magic.sandbox import Sandbox

Wire = dict[str, Any]
WORKSPACES = "/v1/metadata/workspace"
QUOTA = ("oc-api-burst-remaining", "oc-api-daily-remaining")


class Answer(NamedTuple):
    """What came back; *body* is what the JSON says, or the bytes where there is none."""

    status: int
    headers: HTTPMessage
    body: Any

    @property
    def quota(self) -> tuple[int, int]:
        """What the two headers say is left: of the burst, of the day."""
        burst, daily = (int(self.headers[name]) for name in QUOTA)
        return burst, daily


def ask(
    sandbox: Sandbox,
    method: str,
    path: str,
    body: bytes | Mapping[str, Any] | None = None,
    *,
    query: Mapping[str, object] | None = None,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask once, on a connection of its own; a mapping is sent as JSON, *token* "" is none."""
    connection = HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    try:
        where = f"{sandbox.prefix}{path}?{urlencode(query or {})}".rstrip("?")
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, where, content, _headers(sandbox, token, body, headers))
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, _read(reply.read(), reply.headers))
    finally:
        connection.close()


def get(sandbox: Sandbox, path: str, **query: object) -> Any:
    """Ask for data that must be there."""
    answer = ask(sandbox, "GET", path, query=query)
    assert answer.status == 200, answer
    return answer.body["data"]


@dataclass(frozen=True)
class Placed:
    """A chain, and the environment that it stands in."""

    id: str
    environment_id: str
    wire: Wire

    @property
    def path(self) -> str:
        return f"/v1/execute/environment/{self.environment_id}/chain/{self.id}"


def homes(sandbox: Sandbox, name: str) -> list[str]:
    """The ids of the environments of that name, one of each workspace."""
    return list(_homes(sandbox, name))


def chains(sandbox: Sandbox, home: str = "Production") -> list[Placed]:
    """Every chain of the environments of that name."""
    return list(_chains(sandbox, home))


def one_chain(sandbox: Sandbox, fits: Callable[[Wire], object], home: str = "Production") -> Placed:
    """The first chain that fits; nothing is asked beyond it."""
    return next(chain for chain in _chains(sandbox, home) if fits(chain.wire))


def _homes(sandbox: Sandbox, name: str) -> Iterator[str]:
    for workspace in get(sandbox, WORKSPACES):
        for environment in get(sandbox, f"{WORKSPACES}/{workspace['id']}/environment"):
            if environment["name"] == name:
                yield environment["id"]


def _chains(sandbox: Sandbox, home: str) -> Iterator[Placed]:
    for environment_id in _homes(sandbox, home):
        for wire in get(sandbox, "/v1/metadata/chains/search", environment_id=environment_id):
            yield Placed(wire["id"], environment_id, wire)


def seconds(text: str) -> float:
    """Seconds since 1970 of a time as the service writes it."""
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


def status_with(sandbox: Sandbox, token: str) -> int:
    """How a call with this access token ends."""
    return ask(sandbox, "GET", WORKSPACES, token=token).status


def someone(sandbox: Sandbox, admin: bool) -> str:
    """The last user who is an administrator, or is none: not the owner of `credentials`."""
    return [email for email, is_admin in sandbox.users.items() if is_admin == admin][-1]


def refresh(sandbox: Sandbox, tokens: Mapping[str, str]) -> Answer:
    """Spend a refresh token as the guide says."""
    body = {
        "grant_type": "refresh_token",
        "client_id": tokens["client_id"],
        "refresh_token": tokens["refresh_token"],
    }
    return ask(sandbox, "POST", "/oauth/token", body, token="")


def _headers(
    sandbox: Sandbox, token: str | None, body: object, more: Mapping[str, str] | None
) -> dict[str, str]:
    token = sandbox.credentials["access_token"] if token is None else token
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    kind = {"Content-Type": "application/json"} if isinstance(body, Mapping) else {}
    return {**bearer, **kind, **(more or {})}


def _read(body: bytes, headers: HTTPMessage) -> Any:
    return json.loads(body) if headers.get_content_type() == "application/json" and body else body
