"""The burst and the daily limit: how they count, and what the headers say."""

from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.limits import Kind

from ..conftest import NOW, Clock
from .asking import QUOTA, WORKSPACES, Answer, Placed, ask, get, refresh
from .pure import Pure, limits
from .running import start

DAY = 86_400.0


def call(sandbox: Sandbox, token: str | None = None) -> Answer:
    return ask(sandbox, "GET", WORKSPACES, token=token)


def statuses_at(sandbox: Sandbox, clock: Clock, *moments: float) -> list[int]:
    """The status of a call at each of these moments, in seconds from now."""
    began, answered = clock(), []
    for moment in moments:
        clock.now = began + moment
        answered.append(call(sandbox).status)
    return answered


# ---- the three ways of counting


def test_a_sliding_window_looks_back_from_each_call(clock: Clock) -> None:
    with Sandbox(clock=clock, burst_limit=3, window="sliding") as sandbox:
        answered = statuses_at(sandbox, clock, 0, 10, 19, 19.75, 20, 20.25, 30)

    assert answered == [200, 200, 200, 422, 200, 422, 200]


def test_a_window_may_open_with_the_first_call(clock: Clock) -> None:
    clock.advance(7)
    with Sandbox(clock=clock, burst_limit=3, window="first") as sandbox:
        answered = statuses_at(sandbox, clock, 0, 10, 19, 19.75, 20, 20.25, 20.5, 20.75, 39.75, 40)

    assert answered == [200, 200, 200, 422, 200, 200, 200, 422, 422, 200]


def test_a_window_may_be_aligned_to_the_clock(clock: Clock) -> None:
    clock.advance(15)  # five seconds before the next window
    with Sandbox(clock=clock, burst_limit=3, window="clock") as sandbox:
        answered = statuses_at(sandbox, clock, 0, 1, 2, 4.75, 5, 6, 7, 8, 24.75, 25)

    assert answered == [200, 200, 200, 422, 200, 200, 200, 422, 422, 200]


@pytest.mark.parametrize("window", ["sliding", "first", "clock"])
def test_a_refused_call_counts_only_where_it_is_told_to(clock: Clock, window: Kind) -> None:
    moments = (0, 1, 19, 21)
    with Sandbox(clock=clock, burst_limit=1, window=window) as lenient:
        not_counted = statuses_at(lenient, clock, *moments)
    clock.now = NOW
    with Sandbox(clock=clock, burst_limit=1, window=window, count_refused=True) as strict:
        counted = statuses_at(strict, clock, *moments)

    assert not_counted == [200, 422, 422, 200]
    assert counted == [200, 422, 422, 422 if window == "sliding" else 200]


def test_a_client_that_never_lets_up_stays_out_where_refused_calls_count(clock: Clock) -> None:
    with Sandbox(clock=clock, burst_limit=2, count_refused=True) as sandbox:
        answered = statuses_at(sandbox, clock, *range(0, 120, 5))
        clock.advance(20)

        assert answered == [200, 200] + [422] * 22
        assert call(sandbox).status == 200


def test_refused_calls_use_up_the_day_where_they_count(clock: Clock) -> None:
    with Sandbox(clock=clock, burst_limit=1, daily_limit=10, count_refused=True) as sandbox:
        left = [call(sandbox).quota for _ in range(3)]

    assert left == [(0, 9), (0, 8), (0, 7)]


def test_by_default_100_calls_are_allowed_in_20_seconds(sandbox: Sandbox, clock: Clock) -> None:
    answered = [call(sandbox).status for _ in range(101)]
    clock.advance(20)

    assert answered == [200] * 100 + [422]
    assert call(sandbox).quota == (99, 50_000 - 101)


@pytest.mark.parametrize("window", ["sliding", "first"])
def test_the_daily_limit_holds_for_24_hours(clock: Clock, window: Kind) -> None:
    with Sandbox(clock=clock, daily_limit=3, window=window, token_ttl=2 * DAY) as sandbox:
        answered = statuses_at(sandbox, clock, 0, 100, 200, 300, DAY - 0.25, DAY)

    assert answered == [200, 200, 200, 422, 422, 200]


def test_the_daily_limit_may_be_aligned_to_the_day(clock: Clock) -> None:
    midnight = DAY - NOW % DAY
    with Sandbox(clock=clock, daily_limit=2, window="clock", token_ttl=2 * DAY) as sandbox:
        answered = statuses_at(sandbox, clock, 0, 100, midnight - 0.25, midnight)

    assert answered == [200, 200, 422, 200]


# ---- what a refusal is


def test_past_the_limit_the_answer_is_the_guides_422(clock: Clock) -> None:
    with Sandbox(clock=clock, burst_limit=1) as sandbox:
        call(sandbox)

        refused = call(sandbox)

    assert (refused.status, refused.body["error"]) == (422, "Rate limit exceeded")
    assert refused.quota == (0, 49_999)


def test_a_refused_call_is_not_carried_out(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    for _ in range(100):
        call(sandbox)

    refused = start(sandbox, chain)
    clock.advance(20)

    assert refused.body["error"] == "Rate limit exceeded"
    assert not get(sandbox, f"{chain.path}/history", start_date=int(NOW))["chainExecutors"]


def test_each_user_has_limits_of_their_own(clock: Clock) -> None:
    with Sandbox(clock=clock, burst_limit=2) as sandbox:
        other = sandbox.enable_access([email for email, admin in sandbox.users.items() if admin][1])
        mine = [call(sandbox).quota[0] for _ in range(3)]

        theirs = call(sandbox, token=other["access_token"])

    assert mine == [1, 0, 0]
    assert (theirs.status, theirs.quota[0]) == (200, 1)


def test_all_tokens_of_a_user_share_the_limits(clock: Clock) -> None:
    with Sandbox(clock=clock, burst_limit=2) as sandbox:
        second = sandbox.enable_access()["access_token"]
        third = refresh(sandbox, sandbox.credentials).body["access_token"]

        answers = [call(sandbox), call(sandbox, token=second), call(sandbox, token=third)]

    assert [each.quota[0] for each in answers] == [1, 0, 0]
    assert [each.status for each in answers] == [200, 200, 422]


# ---- the headers

EVERYTHING: dict[str, tuple[int, Callable[[Sandbox], Answer]]] = {
    "an answer": (200, call),
    "no token": (401, lambda it: call(it, "")),
    "a wrong token": (401, lambda it: call(it, "none of ours")),
    "no administrator": (403, lambda it: call(it, nobody(it))),
    "an unknown id": (404, lambda it: ask(it, "GET", f"{WORKSPACES}/1")),
    "an unknown path": (404, lambda it: ask(it, "GET", "/v2")),
    "another method": (405, lambda it: ask(it, "DELETE", WORKSPACES)),
    "a body that is no JSON": (400, lambda it: ask(it, "POST", "/v1/chains/54001/publish", b"{")),
    "a parameter out of range": (
        422,
        lambda it: ask(it, "GET", "/v1/security/users", query={"page": "first"}),
    ),
    "a run that has ended": (
        422,
        lambda it: ask(it, "POST", f"/v1/execute/chain_run/{old(it)}/stop"),
    ),
    "new tokens": (200, lambda it: refresh(it, it.credentials)),
    "a refused refresh": (400, lambda it: refresh(it, {**it.credentials, "refresh_token": "no"})),
    "an unknown client": (401, lambda it: refresh(it, {**it.credentials, "client_id": "no"})),
    "a token asked with GET": (405, lambda it: ask(it, "GET", "/oauth/token", token="")),
    "a body of unknown length": (
        411,
        lambda it: ask(it, "POST", "/oauth/token", headers={"Transfer-Encoding": "chunked"}),
    ),
}


def nobody(sandbox: Sandbox) -> str:
    email = next(email for email, admin in sandbox.users.items() if not admin)
    return sandbox.enable_access(email)["access_token"]


def old(sandbox: Sandbox) -> str:
    found = get(sandbox, "/v1/execute/chain_run/search", state="completed")
    return str(found["chainExecutors"][0]["id"])


@pytest.mark.parametrize("kind", EVERYTHING)
def test_every_answer_carries_both_headers(sandbox: Sandbox, kind: str) -> None:
    status, question = EVERYTHING[kind]

    answer = question(sandbox)

    assert answer.status == status
    assert all(answer.headers[name].isdigit() for name in QUOTA)


def test_the_headers_count_down_and_recover(sandbox: Sandbox, clock: Clock) -> None:
    counted = [call(sandbox).quota for _ in range(3)]
    clock.advance(20)

    assert counted == [(99, 49_999), (98, 49_998), (97, 49_997)]
    assert call(sandbox).quota == (99, 49_996)


def test_an_answer_with_tokens_tells_what_is_left_to_their_user(sandbox: Sandbox) -> None:
    for _ in range(5):
        call(sandbox)

    answer = refresh(sandbox, sandbox.credentials)

    assert answer.quota == (95, 49_995)
    assert sandbox.requests[-1].account == sandbox.requests[0].account != ""


# ---- whatever the times of the calls

PURE = Pure()
# Quarters of a second are exact in binary, so that "20 s later" means just that.
GAPS = st.lists(st.integers(0, 100).map(lambda quarters: quarters / 4), max_size=60)


def accepted_of(gaps: list[float], kind: Kind, count_refused: bool) -> list[float]:
    """When calls at these distances were taken, at most four in 20 s."""
    PURE.world.limits = limits(4, kind, count_refused)
    moments = [NOW + moment for moment in accumulate(gaps)]
    return [moment for moment in moments if PURE.ask("GET", WORKSPACES, moment)[0] == 200]


@given(GAPS, st.booleans())
def test_a_sliding_window_never_takes_more_than_the_limit_in_any_20_seconds(
    gaps: list[float], count_refused: bool
) -> None:
    accepted = accepted_of(gaps, "sliding", count_refused)

    assert all(later - first >= 20 for first, later in zip(accepted, accepted[4:], strict=False))


@given(GAPS)
def test_a_sliding_window_refuses_nobody_who_keeps_to_the_limit(gaps: list[float]) -> None:
    calls = [gap for each in gaps for gap in (each + 20, 0, 0, 0)]

    assert len(accepted_of(calls, "sliding", count_refused=False)) == len(calls)


@given(GAPS, st.booleans())
def test_a_window_by_the_clock_never_takes_more_than_the_limit(
    gaps: list[float], count_refused: bool
) -> None:
    windows = [moment // 20 for moment in accepted_of(gaps, "clock", count_refused)]

    assert all(windows.count(window) <= 4 for window in set(windows))
