"""What is to be done about a refresh, as one table."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.answers import Tokens
from onecloud_magic.credentials.hosts import HOSTS
from onecloud_magic.credentials.journal import Entry
from onecloud_magic.credentials.records import Record
from onecloud_magic.credentials.recovery import Again, Clear, Finish, Stop, Verdict, verdict
from onecloud_magic.credentials.secret import Secret

NOW = 1_790_000_000.0
OLD, NEXT, ACCESS = (Secret(secrets.token_hex(20)) for _ in range(3))
RECORD = Record.given(
    HOSTS["classic"], "argument", client_id="an-app", access_token=ACCESS, refresh_token=OLD
)
TOKENS = Tokens(Secret(secrets.token_hex(20)), NEXT, NOW, NOW + 3600)
GOOD = json.dumps(
    {
        "access_token": TOKENS.access.reveal(),
        "refresh_token": NEXT.reveal(),
        "token_type": "Bearer",
        "expires_in": 3600,
    }
).encode()
PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"

REFUSAL = b'{"error": "invalid_grant"}'

FINISH = Finish(TOKENS)


def rejected(status: int) -> Stop:
    return Stop(rejected=True, status=status)


def lost(status: int = 0) -> Stop:
    return Stop(rejected=False, status=status)


def intent(attempt: int) -> Entry:
    return Entry("intent", OLD.fingerprint, attempt, NOW, client="an-app")


def unsent(attempt: int) -> Entry:
    return replace(intent(attempt), kind="unsent")


def answer(attempt: int, status: int, body: bytes = REFUSAL) -> Entry:
    return replace(intent(attempt), kind="received", status=status, body=body)


FIRST, SECOND = [intent(1)], [intent(1), intent(2)]

# What the journal tells of the token that the record holds, and what is to be done.
TABLE: dict[str, tuple[list[Entry], Verdict]] = {
    "no journal": ([], Clear()),
    "asked": (FIRST, Again()),
    "asked, not sent": ([*FIRST, unsent(1)], Clear()),
    "answered with tokens": ([*FIRST, answer(1, 200, GOOD)], FINISH),
    "answered with a page": ([*FIRST, answer(1, 200, PAGE)], lost(200)),
    "answered with nothing": ([*FIRST, answer(1, 200, b"")], lost(200)),
    "answered 302": ([*FIRST, answer(1, 302)], Clear()),
    "answered 400": ([*FIRST, answer(1, 400)], rejected(400)),
    "answered 401": ([*FIRST, answer(1, 401)], rejected(401)),
    "answered 403": ([*FIRST, answer(1, 403)], rejected(403)),
    "answered 404": ([*FIRST, answer(1, 404)], Clear()),
    "answered 422": ([*FIRST, answer(1, 422)], Clear()),
    "answered 429": ([*FIRST, answer(1, 429)], Clear()),
    "answered 500": ([*FIRST, answer(1, 500)], Again()),
    "answered 503": ([*FIRST, answer(1, 503)], Again()),
    "a page with 400": ([*FIRST, answer(1, 400, PAGE)], Clear()),
    "a page with 403": ([*FIRST, answer(1, 403, PAGE)], Clear()),
    "answered 201": ([*FIRST, answer(1, 201, GOOD)], FINISH),
    "500 with tokens in it": ([*FIRST, answer(1, 500, GOOD)], Again()),
    "asked twice": (SECOND, lost()),
    "twice, not sent": ([*SECOND, unsent(2)], Again()),
    "twice, tokens": ([*SECOND, answer(2, 200, GOOD)], FINISH),
    "twice, a page": ([*SECOND, answer(2, 200, PAGE)], lost(200)),
    "twice, 302": ([*SECOND, answer(2, 302)], Again()),
    # Refused at the repeat: the first question may be what has spent it.
    "twice, 400": ([*SECOND, answer(2, 400)], lost(400)),
    "twice, 401": ([*SECOND, answer(2, 401)], lost(401)),
    "twice, 403": ([*SECOND, answer(2, 403)], lost(403)),
    "twice, 404": ([*SECOND, answer(2, 404)], Again()),
    "twice, 422": ([*SECOND, answer(2, 422)], Again()),
    "twice, 429": ([*SECOND, answer(2, 429)], Again()),
    "twice, 500": ([*SECOND, answer(2, 500)], lost(500)),
    "twice, 503": ([*SECOND, answer(2, 503)], lost(503)),
    "500, then asked again": ([*FIRST, answer(1, 500), intent(2)], lost()),
    "500, then 400": ([*FIRST, answer(1, 500), intent(2), answer(2, 400)], lost(400)),
    "500, then tokens": ([*FIRST, answer(1, 500), intent(2), answer(2, 200, GOOD)], FINISH),
    "the repeat repeated, unsent": ([*SECOND, unsent(2), intent(2)], lost()),
    "the repeat repeated, limited": ([*SECOND, answer(2, 429), intent(2)], lost()),
}
each_row = pytest.mark.parametrize(("entries", "due"), TABLE.values(), ids=TABLE)


@each_row
def test_it_is_done_to_the_token_as_the_table_says(entries: list[Entry], due: Verdict) -> None:
    assert verdict(RECORD, entries, NOW) == due


@each_row
@pytest.mark.parametrize(
    "record",
    [
        RECORD.renewed(TOKENS),
        RECORD.renewed(TOKENS).emptied(),
        replace(RECORD, refresh_token=None),
        replace(RECORD, refresh_token=None, client_secret=NEXT),
        replace(RECORD, refresh_token=Secret("another")),
        None,
    ],
    ids=["successor", "signed out", "no refresh token", "grant", "other token", "none"],
)
def test_a_journal_of_what_is_settled_or_of_another_asks_for_nothing(
    record: Record | None, entries: list[Entry], due: Verdict
) -> None:
    assert verdict(record, entries, NOW) == Clear()


@each_row
def test_with_another_client_id_only_tokens_that_came_count(
    entries: list[Entry], due: Verdict
) -> None:
    record = replace(RECORD, client_id="another-app")

    assert verdict(record, entries, NOW) == (due if due == FINISH else Clear())


@each_row
def test_what_stands_before_of_another_token_does_not_count(
    entries: list[Entry], due: Verdict
) -> None:
    others = [replace(each, token=NEXT.fingerprint) for each in SECOND]

    assert verdict(RECORD, [*others, *entries], NOW) == due


def test_entries_that_name_no_client_count_for_every_one() -> None:
    assert verdict(RECORD, [replace(intent(1), client="")], NOW) == Again()


# ---- whatever happened

STATUSES = (200, 201, 204, 302, 400, 401, 403, 404, 408, 418, 422, 429, 500, 502, 503)
BODIES = (GOOD, PAGE, REFUSAL, b"")
ENDS = st.one_of(
    st.none(),  # it crashed, or the answer was lost
    st.just(unsent(1)),
    st.builds(
        answer, st.just(1), st.sampled_from(STATUSES), st.sampled_from([GOOD, PAGE, REFUSAL, b""])
    ),
)
HISTORIES = st.lists(ENDS, max_size=5)


def told(history: list[Entry | None]) -> list[Entry]:
    """The journal of some questions, each with its end."""
    return [
        each
        for number, end in enumerate(history, 1)
        for each in (intent(number), end)
        if each is not None
    ]


def may_have_spent(end: Entry | None) -> bool:
    """Whether a question that ended so may have spent the token; written apart from the code."""
    if end is None or end.kind == "unsent":
        return end is None
    refused = end.status in (400, 401, 403) and end.body == REFUSAL
    return refused or not 300 <= end.status < 500


@given(HISTORIES)
def test_a_token_that_may_have_arrived_twice_is_never_sent_again(
    history: list[Entry | None],
) -> None:
    arrived = sum(may_have_spent(end) for end in history)

    due = verdict(RECORD, told(history), NOW)

    if arrived >= 2:
        assert isinstance(due, Stop | Finish)
    if arrived >= 1:
        assert due != Clear()


@given(HISTORIES)
def test_tokens_that_came_are_never_asked_for_again(history: list[Entry | None]) -> None:
    came = any(
        end is not None and end.status in (200, 201, 204) and end.body == GOOD for end in history
    )

    assert (verdict(RECORD, told(history), NOW) == FINISH) == came


@given(HISTORIES)
def test_rejected_is_said_only_where_no_earlier_question_can_have_spent_it(
    history: list[Entry | None],
) -> None:
    due = verdict(RECORD, told(history), NOW)

    if isinstance(due, Stop) and due.rejected:
        assert sum(may_have_spent(end) for end in history) == 1
        assert due.status in (400, 401, 403)


@given(HISTORIES, st.integers(0, 9))
def test_a_journal_that_was_cut_never_clears_a_question_that_was_asked(
    history: list[Entry | None], kept: int
) -> None:
    entries = told(history)[:kept]

    if entries and entries[-1].kind == "intent":
        assert verdict(RECORD, entries, NOW) != Clear()


# ---- when the one repeat is due


@pytest.mark.parametrize("late", [0.0, 119.0, -60.0])
@pytest.mark.parametrize("ends", [None, NOW - 1, NOW + 3600])
def test_a_lost_answer_is_asked_for_once_more_at_once(late: float, ends: float | None) -> None:
    assert verdict(replace(RECORD, expires_at=ends), [intent(1)], NOW + late) == Again()


@pytest.mark.parametrize("late", [121.0, 3 * 86_400.0])
@pytest.mark.parametrize(
    ("life", "due"),
    [(None, Again()), (-1.0, Again()), (3600.0, lost())],
    ids=["end not known", "ended", "still works"],
)
def test_later_it_is_only_where_no_token_that_works_is_put_at_risk(
    late: float, life: float | None, due: Verdict
) -> None:
    ends = None if life is None else NOW + late + life

    assert verdict(replace(RECORD, expires_at=ends), [intent(1)], NOW + late) == due
