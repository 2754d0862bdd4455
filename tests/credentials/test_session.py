"""The life of a session."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onecloud_magic.credentials.hosts import HOSTS, resolve
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.session import Session
from onecloud_magic.credentials.stores import FileStore, MemoryStore, Store
from onecloud_magic.errors import Forbidden, NotSignedIn, OneCloudError, UsageError
from onecloud_magic.home import Home

CLASSIC = HOSTS["classic"]


@pytest.fixture
def store(home: Home) -> Store:
    return FileStore("default", home)


@pytest.fixture
def session(store: Store) -> Session:
    return Session(store, CLASSIC)


def state(session: Session) -> str:
    return session.state


def passes(_: Record) -> None:
    """A check that the service lets pass."""


def fails(_: Record) -> None:
    raise Forbidden


def test_signed_out_it_names_what_to_do(session: Session) -> None:
    assert state(session) == "signed_out"
    assert session.current is None
    with pytest.raises(NotSignedIn, match=r"api\.onecloud\.io") as caught:
        session.ready()
    assert "%onecloud login" in caught.value.hint
    assert "%onecloud sandbox" in caught.value.hint


def test_signed_in_it_gives_the_token_here_and_in_the_next_process(
    session: Session, store: Store, record: Record, token: str
) -> None:
    session.sign_in(record, passes)

    for each in (session, Session(store, CLASSIC)):
        assert state(each) == "active"
        assert each.ready().access_token == Secret(token)
    assert session.current == record


def test_the_check_is_made_with_the_new_record_before_anything_is_kept(
    session: Session, store: Store, record: Record
) -> None:
    seen: list[object] = []

    session.sign_in(record, lambda new: seen.extend([new, session.current, store.load()]))

    assert seen == [record, None, None]


def test_a_sign_in_that_fails_leaves_the_session_before(
    session: Session, store: Store, record: Record
) -> None:
    session.sign_in(record, passes)

    with pytest.raises(Forbidden):
        session.sign_in(replace(record, access_token=Secret("mistyped")), fails)

    assert session.current == store.load() == record
    assert state(session) == "active"


def test_a_sign_in_that_cannot_be_stored_leaves_the_session_before(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise OneCloudError("No space left.")

    store = MemoryStore()
    session = Session(store, CLASSIC)
    session.sign_in(record, passes)
    monkeypatch.setattr(store, "update", full)

    with pytest.raises(OneCloudError, match="No space left"):
        session.sign_in(replace(record, access_token=Secret("new")), passes)

    assert session.current == record


@pytest.mark.parametrize(
    "host", [HOSTS["eu"], resolve("classic", "https://example.com/oauth/token")]
)
def test_a_record_of_another_host_or_token_url_counts_as_none(
    store: Store, record: Record, host: tuple[str, str]
) -> None:
    store.save(replace(record, base_url=host[0], token_url=host[1]))

    assert state(Session(store, CLASSIC)) == "signed_out"
    assert state(Session(store, CLASSIC, given=store.load())) == "signed_out"


def test_a_credential_of_another_host_is_not_even_checked(store: Store, record: Record) -> None:
    session = Session(store, HOSTS["eu"])

    with pytest.raises(UsageError, match=r"api\.onecloud\.io"):
        session.sign_in(record, lambda _: pytest.fail("sent"))


def test_the_environment_beats_the_store_and_stays_out_of_it(store: Store, record: Record) -> None:
    given = replace(record, access_token=Secret("given"), source="environment")
    store.save(record)

    session = Session(store, CLASSIC, given=given)

    assert session.current is given
    assert store.load() == record


def test_signing_out_takes_the_secrets_out_of_the_store(
    session: Session, store: Store, record: Record
) -> None:
    session.sign_in(record, passes)

    session.sign_out()

    assert state(session) == "signed_out"
    assert store.load() is None


def test_another_process_that_signs_in_signs_this_one_in(
    session: Session, store: Store, record: Record
) -> None:
    assert state(session) == "signed_out"

    Session(store, CLASSIC).sign_in(record, passes)

    assert state(session) == "active"


def test_a_token_ends_by_the_clock_only_where_its_end_is_known(
    store: Store, record: Record
) -> None:
    now = 1_000.0
    session = Session(store, CLASSIC, clock=lambda: now)
    session.sign_in(replace(record, expires_at=2_000.0), passes)

    assert state(session) == "active"
    now = 2_000.0
    assert state(session) == "expired"
    assert session.ready().access_token == record.access_token

    session.sign_in(record, passes)
    assert state(session) == "active"


def test_a_grant_without_a_token_has_expired(store: Store, record: Record) -> None:
    session = Session(store, CLASSIC, given=replace(record, access_token=None))

    assert state(session) == "expired"
    with pytest.raises(NotSignedIn):
        session.ready()


def test_a_rejected_session_stays_rejected_until_there_is_a_new_one(
    session: Session, store: Store, record: Record
) -> None:
    session.sign_in(record, passes)

    assert not session.reject(record)
    assert state(session) == "rejected"
    assert not session.reject(record)

    session.sign_in(replace(record, access_token=Secret("new")), passes)
    assert state(session) == "active"
    assert session.reject(record)
    assert state(session) == "active"


def test_a_rejected_token_gives_way_to_the_one_that_another_process_stored(
    session: Session, store: Store, record: Record
) -> None:
    session.sign_in(record, passes)
    store.save(replace(record, access_token=Secret("newer"), generation=1))

    assert session.reject(record)

    assert session.ready().access_token == Secret("newer")
    assert state(session) == "active"


def test_a_call_is_not_repeated_as_another_account(
    session: Session, store: Store, record: Record
) -> None:
    session.sign_in(record, passes)
    store.save(replace(record, access_token=Secret("other"), account="other"))

    assert not session.reject(record)


def test_observers_hear_of_every_change(session: Session, store: Store, record: Record) -> None:
    states: list[str] = []
    session.observe(lambda: states.append(session.state))

    session.sign_in(record, passes)
    session.reject(record)
    store.save(replace(record, access_token=Secret("newer")))
    assert state(session) == "active"
    session.sign_out()

    assert states == ["active", "rejected", "active", "signed_out"]
