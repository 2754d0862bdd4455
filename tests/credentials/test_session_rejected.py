"""A session that was answered 401, and credentials of which nothing single-use is spent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from onecloud_magic.credentials.hosts import HOSTS, Host
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.renewal import FileRenewal
from onecloud_magic.credentials.secret import Secret
from onecloud_magic.errors import BadAnswer, SessionRejected, Unreachable
from onecloud_magic.home import Home
from onecloud_magic.sandbox import faults
from tests.conftest import Clock

from .kernels import User, mark

# ---- a 401


def test_a_401_renews_once_and_is_worth_asking_again(user: User) -> None:
    session = user.signed_in()
    record = session.ready()
    states: list[str] = []
    session.observe(lambda: states.append(session.state))

    assert session.reject(record)

    assert session.ready().generation == record.generation + 1
    assert states == ["refreshing", "active"]
    assert user.asked == [mark(record)]


def test_a_401_for_which_another_process_has_renewed_asks_nothing(user: User) -> None:
    session, other = user.signed_in(), user.session()
    record = session.ready()
    assert other.reject(other.ready())
    user.service.requests.clear()
    states: list[str] = []
    session.observe(lambda: states.append(session.state))

    assert session.reject(record)

    assert session.ready() == other.ready()
    assert states == ["active"]
    assert user.asked == []


def test_a_401_that_cannot_be_helped_leaves_the_session_rejected(user: User) -> None:
    session = user.signed_in()
    user.service.revoke_access()
    states: list[str] = []
    session.observe(lambda: states.append(session.state))

    for _ in range(2):
        with pytest.raises(SessionRejected):
            session.reject(session.ready())

    assert session.state == "rejected"
    assert "active" not in states
    assert len(user.asked) == 1


def test_a_401_after_a_sign_out_elsewhere_says_so(user: User) -> None:
    session = user.signed_in()
    user.session().sign_out()

    with pytest.raises(SessionRejected, match="signed out"):
        session.reject(session.ready())

    assert user.asked == []


def test_a_401_after_a_sign_in_elsewhere_as_another_says_so(user: User) -> None:
    session = user.signed_in()
    user.session().sign_in(user.record(), user.check)
    user.service.requests.clear()

    with pytest.raises(SessionRejected, match="as another"):
        session.reject(session.ready())

    assert user.asked == []


def test_without_a_client_id_there_is_nothing_to_renew_with(user: User) -> None:
    session = user.session()
    session.sign_in(user.record(client_id=""), user.check)

    assert not session.reject(session.ready())

    assert session.state == "rejected"
    assert user.asked == []


# ---- where nothing is spent


def test_memory_never_spends_a_refresh_token(user: User) -> None:
    session = user.in_memory()
    session.sign_in(user.record(), user.check)

    with pytest.raises(SessionRejected, match="token_store='memory'"):
        session.reject(session.ready())
    with pytest.raises(SessionRejected, match="token_store='memory'"):
        session.sign_in(user.record("access_token"), user.check)

    assert user.asked == []
    assert user.files == set()


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONECLOUD_HOME", raising=False)
    for name in ("COLAB_RELEASE_TAG", "COLAB_GPU", "BINDER_SERVICE_HOST", "BINDER_REPO_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CI", "true")


@pytest.mark.usefixtures("runner")
def test_on_a_machine_that_is_thrown_away_the_token_is_used_to_its_end_and_not_renewed(
    home: Home, record: Record, clock: Clock
) -> None:
    def start(**_: object) -> None:
        pytest.fail("spent")

    renewal = FileRenewal(home, "default", clock, start=start)  # type: ignore[arg-type]
    with pytest.raises(SessionRejected, match="a CI runner") as caught:
        renewal.renew(record)

    assert "ONECLOUD_HOME" in caught.value.hint


# ---- a grant


@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_grant_is_bought_in_the_process_and_again_before_its_token_ends(
    user: User, clock: Clock, where: str
) -> None:
    grant = replace(user.grant(), source="environment")
    user.host = Host(grant.base_url, grant.token_url)
    session = user.session(grant) if where == "file" else user.in_memory(grant)
    assert session.state == "expired"

    first = session.ready()
    user.check(first)
    assert session.ready() == first
    clock.advance(500)
    second = session.ready()

    bought = [each.path for each in user.service.requests if each.path != "/v1/metadata/workspace"]
    assert bought == ["/iam/v1/oauth2/token"] * 2
    assert first.access_token != second.access_token
    assert first.refresh_token is second.refresh_token is None
    assert session.reject(second)
    user.check(session.ready())


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (faults.status(401), SessionRejected, "client id or secret was refused"),
        (faults.html_instead(), BadAnswer, "gave no token"),
        (faults.drop_after_work(), Unreachable, "No token could be bought"),
    ],
    ids=["refused", "page", "dropped"],
)
def test_a_grant_that_buys_nothing_says_why(
    user: User, fault: faults.Fault, error: type[Exception], says: str
) -> None:
    grant = user.grant()
    session = user.in_memory(replace(grant, source="environment"))
    user.service.faults.add(fault)

    with pytest.raises(error, match=says) as caught:
        session.ready()

    assert grant.client_secret
    assert grant.client_secret.reveal() not in f"{caught.value}{vars(caught.value)}"


def test_a_grant_whose_token_url_is_not_there_has_sent_nothing(user: User) -> None:
    session = user.in_memory(user.grant())
    user.service.stop()

    with pytest.raises(Unreachable) as caught:
        session.ready()

    assert not caught.value.sent


def test_the_refresh_token_of_another_host_is_not_shown_here(user: User) -> None:
    elsewhere = replace(user.record(), base_url=HOSTS["us"].base_url)
    user.store.save(replace(elsewhere, access_token=Secret("ended")))

    assert user.session().current is None
    assert user.asked == []
