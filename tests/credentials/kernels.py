"""A user with a sandbox: sessions as several processes would have them, and what they spent."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from onecloud_magic.api import Pace, Transport
from onecloud_magic.credentials.bearer import Bearer
from onecloud_magic.credentials.hosts import Host, resolve
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.profile import Profile
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import Outcome, refresh
from onecloud_magic.credentials.renewal import FileRenewal, MemoryRenewal
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.session import Session
from onecloud_magic.credentials.stores import FileStore, MemoryStore
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock

TOKEN_URL = "/oauth/token"  # noqa: S105  # a path


@dataclass
class User:
    """Whoever sits before the kernels of one machine."""

    home: Home
    service: Sandbox
    clock: Clock

    def __post_init__(self) -> None:
        self.host = resolve(self.service.url)
        self.store = FileStore("default", self.home)
        self.profile = Profile(self.home, "default")
        self.journal = Journal(self.home, self.home.journal("default"))

    @property
    def pending(self) -> FileStore:
        """The store of the one sign-in that is not yet current."""
        [place] = self.home.pending("default") or ["none"]
        return self.profile.store(place)

    def record(self, *without: str, email: str | None = None, **change: Any) -> Record:
        """New credentials from the API page, *without* some of their fields."""
        tokens = self.service.enable_access(email)
        client_id = tokens.pop("client_id")
        given = {name: Secret(text) for name, text in tokens.items() if name not in without}
        made = Record.given(self.host, "argument", client_id=client_id, **given)
        return replace(made, **change)

    def grant(self) -> Record:
        given = self.service.grant
        host = Host(self.service.url, self.service.grant_url)
        secret = Secret(given["client_secret"])
        return Record.given(host, "argument", client_id=given["client_id"], client_secret=secret)

    def start(self, *, seen: str, pending: str, profile: str = "default") -> Outcome:
        """Do in this process what the helper does in its own."""
        return refresh(self.home, profile, seen=seen, pending=pending, clock=self.clock)

    def session(self, given: Record | None = None, profile: str = "default") -> Session:
        """The session as a new kernel has it."""
        own, start = Profile(self.home, profile), partial(self.start, profile=profile)
        return Session(
            own.store(),
            self.host,
            given=given,
            profile=own,
            renewal=FileRenewal(self.home, profile, self.clock, start=start),
            clock=self.clock,
        )

    def in_memory(self, given: Record | None = None) -> Session:
        """The session of a kernel that keeps nothing."""
        store = MemoryStore()
        host = self.host if given is None else Host(given.base_url, given.token_url)
        renewal = MemoryRenewal(store, self.clock, lambda: "")
        return Session(store, host, given=given, renewal=renewal, clock=self.clock)

    def check(self, record: Record) -> None:
        """One call, as a sign-in makes it."""
        token = record.access_token
        assert token
        pace = Pace(clock=self.clock, sleep=self.clock.advance)
        bearer = Bearer(record.base_url, lambda: token)
        Transport(
            record.base_url, bearer, pace, renew=lambda: False, sleep=self.clock.advance
        ).call("getWorkspaces")

    def signed_in(self) -> Session:
        """A session whose token ends at a time that is known."""
        session = self.session()
        session.sign_in(self.record("access_token"), self.check)
        self.service.requests.clear()
        return session

    @property
    def asked(self) -> list[str]:
        """The fingerprint of every refresh token that the service was shown, in order."""
        sent = [each for each in self.service.requests if each.path == TOKEN_URL]
        return [Secret(json.loads(each.body)["refresh_token"]).fingerprint for each in sent]

    @property
    def files(self) -> set[str]:
        """What lies in the profile's folder, but for the locks."""
        folder = self.home.record("default").parent
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
        return names - {"lock", "writing"}


def mark(record: Record | None) -> str:
    """The fingerprint of the refresh token."""
    assert record is not None
    assert record.refresh_token is not None
    return record.refresh_token.fingerprint
