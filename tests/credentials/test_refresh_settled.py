"""A refresh that spends nothing: not sent, refused, settled by others, and the command itself."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace

import pytest
from filelock import FileLock

from onecloud_magic.credentials import refresh as refreshing
from onecloud_magic.credentials.exchange import Answer, Outcome
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import main
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.credentials.settling import Outcome as Settled
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.home import Home

from .kernels import mark
from .scripted import LOST, NOT_SENT, Service, good

# ---- what is not spent, and what is refused


@pytest.mark.parametrize(
    "unspent", [NOT_SENT, Answer(429, b""), Answer(422, b""), Answer(404, b"")]
)
def test_what_was_not_sent_or_not_heard_is_forgotten(
    service: Service, journal: Journal, unspent: Outcome
) -> None:
    for _ in range(5):
        assert service.refreshed(unspent).kind == "not_sent"
        assert journal.read() == []

    assert service.refreshed(good()).kind == "renewed"


@pytest.mark.parametrize("unspent", [NOT_SENT, Answer(429, b"")])
def test_a_repeat_that_was_not_sent_or_not_heard_may_be_made_later_but_only_once(
    service: Service, unspent: Outcome
) -> None:
    assert service.refreshed(LOST, unspent).kind == "not_sent"
    assert service.refreshed(unspent).kind == "not_sent"
    assert service.refreshed(LOST).kind == "uncertain"
    assert service.refreshed().kind == "uncertain"


@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_was_refused_is_not_asked_again(service: Service, status: int) -> None:
    outcome = service.refreshed(Answer(status, b'{"error": "invalid_grant"}'))

    assert (outcome.kind, outcome.status) == ("rejected", status)
    assert service.refreshed() == outcome


def test_a_refusal_of_the_repeat_may_come_of_the_first_question(service: Service) -> None:
    assert service.refreshed(LOST, Answer(400, b'{"error": "invalid_grant"}')).kind == "uncertain"


def test_another_client_id_makes_another_question(
    service: Service, store: FileStore, record: Record
) -> None:
    assert service.refreshed(Answer(401, b'{"error": "invalid_client"}')).kind == "rejected"
    store.save(replace(record, client_id="another-app"))

    assert service.refreshed(good()).kind == "renewed"


def test_another_token_makes_another_question(
    service: Service, store: FileStore, record: Record
) -> None:
    assert service.refreshed(LOST, LOST).kind == "uncertain"
    store.save(replace(record, refresh_token=Secret("another")))

    assert service.refreshed(good()).kind == "renewed"


@pytest.mark.parametrize("places", [("", "abc"), ("abc", ""), ("abc", "def")])
def test_what_was_asked_with_the_same_token_elsewhere_counts_too(
    service: Service, home: Home, record: Record, places: tuple[str, str]
) -> None:
    here, there = places
    first, second = (FileStore("default", home, place) for place in places)
    other = replace(record, access_token=Secret("other"), refresh_token=Secret("more"))
    first.save(record)
    second.save(other)
    assert service.refreshed(LOST, LOST, pending=here).kind == "uncertain"

    first.save(other)
    second.save(record)

    assert service.refreshed(pending=there).kind == "uncertain"


# ---- others


def test_who_signs_out_meanwhile_stays_signed_out(service: Service, store: FileStore) -> None:
    def meanwhile(_: Record) -> Outcome:
        store.forget()
        return good()

    service.refreshed(meanwhile)

    assert store.load() is None
    assert service.refreshed().kind == "gone"


def test_what_came_meanwhile_is_found_by_who_signs_in_with_that_token_again(
    service: Service, store: FileStore, record: Record
) -> None:
    def meanwhile(_: Record) -> Outcome:
        store.forget()
        return good()

    service.refreshed(meanwhile)
    store.save(record)

    assert service.refreshed(seen=record.mark).kind == "renewed"
    newer = store.load()
    assert newer is not None
    assert newer.generation == 1


def test_who_signs_in_meanwhile_stays_signed_in(
    service: Service, store: FileStore, record: Record
) -> None:
    other = replace(record, access_token=Secret("other"), refresh_token=Secret("more"))

    def meanwhile(_: Record) -> Outcome:
        store.save(other)
        return good()

    service.refreshed(meanwhile)

    # What was spent meanwhile is known, so that nobody sends it again.
    assert store.load() == replace(other, spent=(mark(record),))


def test_a_record_without_a_refresh_token_has_nothing_to_spend(
    service: Service, store: FileStore, record: Record
) -> None:
    store.save(replace(record, refresh_token=None))

    assert service.refreshed().kind == "gone"


def test_while_another_holds_the_lock_nothing_is_asked(service: Service, home: Home) -> None:
    with FileLock(home.lock("default")):
        outcome = service.refreshed(patience=0)

    assert outcome.kind == "busy"
    assert "0 s" in outcome.says


def test_the_lock_is_the_owners_alone(service: Service, home: Home) -> None:
    before = os.umask(0)
    try:
        service.refreshed(good())
    finally:
        os.umask(before)

    assert home.lock("default").stat().st_mode & 0o077 == 0
    assert home.lock("default").stat().st_size == 0


def test_what_a_crash_has_left_long_ago_is_swept(service: Service, home: Home) -> None:
    left = home.record("default").with_name(".record.json.abc123")
    left.write_text("a secret")
    os.utime(left, (1_780_000_000, 1_780_000_000))

    service.refreshed(good())

    assert not left.exists()


# ---- the command


def test_the_command_prints_the_outcome_and_no_secret(
    home: Home,
    store: FileStore,
    record: Record,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = good()
    monkeypatch.setenv("ONECLOUD_HOME", str(home.root))
    monkeypatch.setattr(refreshing, "exchange", lambda record, ca_bundle: answer)

    assert main(["default", "--seen", record.mark]) == 0

    printed = capsys.readouterr().out
    assert json.loads(printed) == asdict(Settled("renewed"))
    assert token not in printed


def test_what_stops_the_command_is_named_and_not_shown(
    home: Home,
    store: FileStore,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stop(record: Record, ca_bundle: str) -> Outcome:
        raise ZeroDivisionError(token)

    monkeypatch.setenv("ONECLOUD_HOME", str(home.root))
    monkeypatch.setattr(refreshing, "exchange", stop)

    assert main(["default"]) == 1

    printed = capsys.readouterr()
    assert "ZeroDivisionError" in printed.out
    assert token not in printed.out + printed.err


def test_a_sign_in_that_another_renewed_and_made_current_is_not_renewed_again(
    service: Service, store: FileStore, record: Record, home: Home
) -> None:
    service.refreshed(good())
    newer = store.load()
    assert newer is not None
    pending = FileStore("default", home, "abc")
    pending.save(newer)  # it is current already, and not yet forgotten here

    assert service.refreshed(seen=record.mark, pending="abc").kind == "renewed"
    assert pending.load() == newer == store.load()
