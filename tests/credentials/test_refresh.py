"""One refresh by whoever holds the lock: what is asked, noted and stored, and in which order."""

from __future__ import annotations

import errno
import sys
from dataclasses import replace

import pytest

from onecloud_magic.credentials.exchange import Answer, Outcome
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.stores import FileStore
from onecloud_magic.errors import OneCloudError

from .scripted import LOST, Service, good


def full(*_: object, **__: object) -> None:
    raise OneCloudError("No space left on device.")


# ---- what goes well


def test_the_new_tokens_are_in_the_store_and_the_journal_is_gone(
    service: Service, store: FileStore, record: Record, journal: Journal
) -> None:
    outcome = service.refreshed(good())

    newer = store.load()
    assert outcome.kind == "renewed"
    assert newer is not None
    assert record.refresh_token
    assert newer.generation == 1
    assert newer.spent == (record.refresh_token.fingerprint,)
    assert newer.expires_at == 1_790_003_600.0
    assert journal.read() == []


def test_before_it_is_asked_the_journal_tells_with_which_token(
    service: Service, journal: Journal, record: Record
) -> None:
    seen = []

    def look(_: Record) -> Outcome:
        seen.extend(journal.read())
        return good()

    service.refreshed(look)

    assert record.refresh_token
    (intent,) = seen
    assert (intent.kind, intent.attempt, intent.client) == ("intent", 1, "an-app")
    assert intent.token == record.refresh_token.fingerprint


def test_who_comes_late_finds_the_token_of_another_and_asks_nothing(
    service: Service, record: Record
) -> None:
    service.refreshed(good())

    assert service.refreshed(seen=record.mark).kind == "renewed"
    assert len(service.asked) == 1


def test_who_came_without_an_access_token_asks_nothing_once_there_is_one(
    service: Service, store: FileStore, record: Record
) -> None:
    store.save(replace(record, access_token=None))

    assert service.refreshed(good(), seen="").kind == "renewed"
    assert service.refreshed(seen="").kind == "renewed"


def test_a_refresh_token_that_is_not_replaced_serves_again(
    service: Service, store: FileStore, record: Record
) -> None:
    for generation in (1, 2):
        assert service.refreshed(good(refresh=False)).kind == "renewed"
        newer = store.load()
        assert newer is not None
        assert (newer.generation, newer.refresh_token) == (generation, record.refresh_token)


# ---- what is lost


def test_a_lost_answer_is_asked_for_once_more_and_then_no_more(
    service: Service, store: FileStore, record: Record
) -> None:
    assert service.refreshed(LOST, LOST).kind == "uncertain"
    assert service.refreshed().kind == "uncertain"

    assert len(service.asked) == 2
    assert store.load() == record


def test_the_repeat_may_bring_the_tokens(service: Service, store: FileStore) -> None:
    assert service.refreshed(LOST, good()).kind == "renewed"

    newer = store.load()
    assert newer is not None
    assert newer.generation == 1


@pytest.mark.parametrize("status", [500, 503])
def test_an_answer_that_tells_nothing_is_as_good_as_lost(service: Service, status: int) -> None:
    assert service.refreshed(Answer(status, b""), Answer(status, b"")).kind == "uncertain"


@pytest.mark.parametrize(("status", "body"), [(302, b""), (403, b"<html>Blocked</html>")])
def test_an_answer_of_somebody_on_the_way_spends_nothing(
    service: Service, status: int, body: bytes
) -> None:
    assert service.refreshed(Answer(status, body)).kind == "not_sent"

    assert service.refreshed(good()).kind == "renewed"


def test_an_answer_without_tokens_is_not_asked_for_again(service: Service) -> None:
    outcome = service.refreshed(Answer(200, b"<html>"))

    assert (outcome.kind, outcome.status) == ("uncertain", 200)
    assert service.refreshed().kind == "uncertain"


def test_a_crash_while_it_was_asked_counts_as_a_lost_answer(
    service: Service, store: FileStore
) -> None:
    def crash(_: Record) -> Outcome:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            service.refreshed(crash)

    assert service.refreshed().kind == "uncertain"
    assert len(service.asked) == 2


def test_an_answer_that_could_not_be_stored_is_stored_later_without_a_question(
    service: Service, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FileStore, "update", full)
        assert service.refreshed(good()).kind == "failed"

    assert service.refreshed().kind == "renewed"
    newer = store.load()
    assert newer is not None
    assert newer.generation == 1


def test_an_answer_for_which_the_journal_has_no_room_goes_into_the_store(
    service: Service, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_more(_: Record) -> Outcome:
        monkeypatch.setattr(Journal, "write", full)
        return good()

    assert service.refreshed(no_more).kind == "renewed"
    newer = store.load()
    assert newer is not None
    assert newer.generation == 1


def test_without_room_for_the_journal_nothing_is_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "write", full)
        outcome = service.refreshed()

    assert (outcome.kind, outcome.says) == ("failed", "No space left on device.")
    assert service.refreshed(good()).kind == "renewed"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks otherwise")
def test_on_a_drive_without_locks_nothing_is_asked_and_that_is_said(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", no_locks)

    outcome = service.refreshed()

    assert outcome.kind == "failed"
    assert "drive without locks" in outcome.says
    assert "ONECLOUD_HOME" in outcome.hint
    assert not service.asked
