"""What can become of what is kept of a session: each cause brings it about, with real tokens."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from onecloud_magic.credentials.exchange import Outcome, exchange
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.refresh import refresh
from onecloud_magic.credentials.settling import Settling
from onecloud_magic.credentials.signing_in import SigningIn
from onecloud_magic.errors import Forbidden, RefreshUncertain, StoreDamaged
from onecloud_magic.sandbox import faults
from tests.credentials.kernels import TOKEN_URL, User

__all__ = ["CAUSES", "LIFE", "Killed", "died_at", "place", "sign_in", "spend"]

LIFE = 3600.0  # seconds that an access token lives


class Killed(BaseException):
    """The process is no more."""


def died_at(owner: type, name: str, act: Callable[[], object], *, after: bool = False) -> None:
    """Let *act* end as a process that is killed before or after the first *name* of *owner*."""
    real: Callable[..., Any] = getattr(owner, name)

    def killed(*given: Any, **more: Any) -> Any:
        if after:
            real(*given, **more)
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, killed)
        with pytest.raises(Killed):
            act()


def sign_in(user: User, record: Record, profile: str = "default") -> None:
    """Sign in as a process does that has just begun."""
    user.session(profile=profile).sign_in(record, user.check)


def spend(user: User, profile: str = "default") -> None:
    """Renew the session of a profile."""
    kept = user.session(profile=profile).current
    assert kept
    outcome = user.start(seen=kept.mark, pending="", profile=profile)
    assert outcome.kind == "renewed"


def place(user: User) -> str:
    """The name of the one sign-in that is not yet current."""
    [found] = user.home.pending("default")
    return found


def lose(user: User) -> None:
    """Ask, and be killed when the answer has come and nothing of it is written down."""

    def ask(record: Record) -> Outcome:
        exchange(record)
        raise Killed

    with pytest.raises(Killed):
        refresh(user.home, "default", ask=ask, clock=user.clock)


# ---- the session


def signed_in(user: User) -> Record:
    record = user.record()
    sign_in(user, record)
    return record


def a_grant(user: User) -> None:
    user.store.save(user.grant())


def signed_out(user: User) -> None:
    signed_in(user)
    spend(user)
    user.session().sign_out()


def damaged(user: User) -> None:
    signed_in(user)
    path = user.home.record("default")
    path.write_bytes(path.read_bytes()[:-20])


def newer(user: User) -> None:
    signed_in(user)
    path = user.home.record("default")
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2, "more": 1}))


def open_to_others(user: User) -> None:
    signed_in(user)
    user.home.record("default").chmod(0o644)


def answered(user: User) -> None:
    signed_in(user)
    died_at(Settling, "_store", lambda: spend(user))


def unanswered(user: User) -> None:
    signed_in(user)
    lose(user)


def rejected(user: User) -> None:
    signed_in(user)
    user.service.revoke_access()
    assert user.start(seen=user.session().ready().mark, pending="").kind == "rejected"


def lost(user: User) -> None:
    signed_in(user)
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL, times=1)
    assert user.start(seen=user.session().ready().mark, pending="").kind == "uncertain"


def settled(user: User) -> None:
    signed_in(user)
    died_at(Journal, "drop", lambda: spend(user))


def answered_to_nobody(user: User) -> None:
    answered(user)
    path = user.home.record("default")
    path.write_bytes(b"{ damaged")
    with pytest.raises(StoreDamaged):
        user.store.load()


def spent_elsewhere(user: User) -> None:
    record = signed_in(user)
    sign_in(user, record, "work")
    spend(user, "work")


def given_up(user: User) -> None:
    spent_elsewhere(user)
    user.session(profile="work").sign_out()


def spent_by_a_sign_in(user: User) -> None:
    record = signed_in(user)
    path = user.home.record("default")
    backup = path.read_bytes()
    user.session().sign_out()
    forbidden(user, record)
    path.write_bytes(backup)
    path.chmod(0o600)


# ---- a sign-in that is not yet current


def forbidden(user: User, record: Record | None = None) -> None:
    """Its token was renewed, and then the service did not let it in."""
    user.service.faults.add(faults.status(403), path="/v1/*", times=1)
    with pytest.raises(Forbidden):
        sign_in(user, without_access(user, record))


def without_access(user: User, record: Record | None = None) -> Record:
    """Credentials of which the access token is not at hand."""
    if record is None:
        return user.record("access_token")
    return Record.given(
        user.host, "argument", client_id=record.client_id, refresh_token=record.refresh_token
    )


def pending_answered(user: User) -> None:
    signed_in(user)
    died_at(Settling, "_store", lambda: sign_in(user, without_access(user)))


def pending_unanswered(user: User) -> None:
    died_at(Journal, "write", lambda: sign_in(user, user.record("access_token")), after=True)


def pending_lost(user: User) -> None:
    signed_in(user)
    user.service.faults.add(faults.drop_after_work(), path=TOKEN_URL, times=1)
    with pytest.raises(RefreshUncertain):
        sign_in(user, without_access(user))


def pending_rejected(user: User) -> None:
    signed_in(user)
    record = without_access(user)
    user.service.revoke_access()
    died_at(Journal, "drop", lambda: sign_in(user, record))


def pending_spent_elsewhere(user: User) -> None:
    record = user.record()
    died_at(Journal, "write", lambda: sign_in(user, without_access(user, record)))
    sign_in(user, record, "work")
    spend(user, "work")


def pending_given_up(user: User) -> None:
    pending_spent_elsewhere(user)
    user.session(profile="work").sign_out()


def pending_done(user: User) -> None:
    """It became the session, which has been renewed since; only the note was left behind."""
    died_at(SigningIn, "_done", lambda: sign_in(user, user.record("access_token")))
    spend(user)


def pending_signed_out(user: User) -> None:
    forbidden(user)
    user.session().sign_out()


def pending_damaged(user: User) -> None:
    forbidden(user)
    user.home.record("default", place(user)).write_bytes(b"{ damaged")


def pending_open(user: User) -> None:
    forbidden(user)
    user.home.record("default", place(user)).chmod(0o644)


# ---- the lock


def never_locked(user: User) -> None:
    user.store.save(user.record())


def lock_is_a_folder(user: User) -> None:
    signed_in(user)
    with suppress(FileNotFoundError):
        user.home.lock("default").unlink()
    user.home.lock("default").mkdir()


CAUSES: dict[str, Callable[[User], object]] = {
    each.__name__: each
    for each in (
        *(signed_in, a_grant, signed_out, damaged, newer, answered, unanswered, rejected, lost),
        *(settled, answered_to_nobody, spent_elsewhere, given_up, spent_by_a_sign_in, forbidden),
        *(pending_answered, pending_unanswered, pending_lost, pending_rejected),
        *(pending_spent_elsewhere, pending_given_up, pending_done, pending_signed_out),
        *(pending_damaged, never_locked, lock_is_a_folder),
        *((open_to_others, pending_open) if sys.platform != "win32" else ()),
    )
}
