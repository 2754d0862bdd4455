"""Made-up credentials, and an eye for them where they must not be."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onecloud_magic.credentials.hosts import HOSTS
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.home import Home
from onecloud_magic.sandbox import Sandbox
from tests.conftest import Clock
from tests.showing import all_of

from .kernels import User
from .scripted import Service


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def token() -> str:
    return secrets.token_hex(20)


@pytest.fixture
def record(token: str) -> Record:
    """A record as `login` makes it, of a user of the classic host."""
    return Record.given(
        HOSTS["classic"],
        "argument",
        client_id="an-app",
        access_token=Secret(token),
        refresh_token=Secret(secrets.token_hex(20)),
    )


@pytest.fixture
def user(home: Home, clock: Clock) -> Iterator[User]:
    """A user of a sandbox whose access tokens live for an hour."""
    with Sandbox(clock=clock, token_ttl=3600.0) as service:
        yield User(home, service, clock)


@pytest.fixture
def store(home: Home, record: Record) -> FileStore:
    store = FileStore("default", home)
    store.save(record)
    return store


@pytest.fixture
def journal(home: Home) -> Journal:
    return Journal(home, home.journal("default"))


@pytest.fixture
def service(home: Home, store: FileStore) -> Service:
    return Service(home)


@pytest.fixture
def shown() -> Callable[[BaseException], str]:
    """All that an error shows, at the most talkative: a verbose traceback and every variable.

    The test's own frame is left out: it holds the token in clear.
    """

    return all_of
