"""A company of 600 chains in 3 workspaces of 4 environments, and an account signed in to it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from benchmarks.sandbox import replay
from onecloud_magic import OneCloud
from onecloud_magic.sandbox import Sandbox

CHAINS, PLENTY = 600, 10**9


@dataclass(frozen=True)
class Company:
    """The service, an account of ours, a session as anybody makes one, and a folder for files."""

    sandbox: Sandbox
    account: OneCloud
    session: requests.Session
    folder: Path

    def get(self, path: str, **query: object) -> Any:
        """Ask as anybody would, with `requests`; gives the data of the answer."""
        return data(self.session, self.sandbox.url + path, **query)

    @property
    def bearer(self) -> dict[str, str]:
        return bearer(self.sandbox)

    @property
    def asked(self) -> int:
        """How many requests the service has seen."""
        return len(self.sandbox.requests)

    def share(self, since: int, seconds: float) -> str:
        """The part that the service itself had in *seconds*: the same requests by a bare socket."""
        served = replay(self.sandbox, self.sandbox.requests[since:])
        return f"{min(1.0, served / seconds):.0%} of {seconds * 1000:.0f} ms"


def bearer(sandbox: Sandbox) -> dict[str, str]:
    """The header that shows who asks."""
    return {"Authorization": f"Bearer {sandbox.credentials['access_token']}"}


def data(session: requests.Session, url: str, **query: object) -> Any:
    """The data of one answer."""
    reply = session.get(url, params={name: str(value) for name, value in query.items()})
    reply.raise_for_status()
    return reply.json()["data"]


@contextmanager
def company() -> Iterator[Company]:
    """Start the service with a quota that nobody reaches, import chains until there are 600."""
    for name in [name for name in os.environ if name.startswith("ONECLOUD_")]:
        del os.environ[name]
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(burst_limit=PLENTY, daily_limit=PLENTY) as sandbox,
        requests.Session() as session,
    ):
        os.environ["ONECLOUD_HOME"] = str(Path(folder, "home"))
        session.headers.update(bearer(sandbox))
        account = OneCloud("bench", base_url=sandbox.url, burst_limit=PLENTY, daily_limit=PLENTY)
        account.login(**sandbox.credentials)
        made = Company(sandbox, account, session, Path(folder))
        _import(made)
        yield made


def _import(made: Company) -> None:
    url = made.sandbox.url
    known = made.get("/v1/metadata/chains/search")
    homes = [
        environment["id"]
        for workspace in made.get("/v1/metadata/workspace")
        for environment in made.get(f"/v1/metadata/workspace/{workspace['id']}/environment")
    ]
    missing = CHAINS - len(known)
    for number, original in enumerate(known[: missing // len(homes)]):
        file = made.session.post(f"{url}/v1/chains/{original['id']}/export").content
        for home in homes:
            there = f"{url}/v1/environments/{home}/import_chain"
            made.session.post(there, files={"file": (f"{number}.chain", file)}).raise_for_status()
