"""Finding runs: by state, time, environment, chain, and by what they were given."""

from collections.abc import Callable

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW, Clock
from .asking import Placed, ask, chains, get, one_chain, seconds
from .running import SEARCH, busiest, history, ids, inputs_search, runs, search, start, stop

ENDED = {"all_succeeded", "warned", "errored", "stopped"}
DAY = 86_400


@pytest.mark.parametrize(
    ("word", "states"),
    [
        ("succeeded", {"all_succeeded"}),
        ("failed", {"errored"}),
        ("warned", {"warned"}),
        ("completed", ENDED - {"stopped"}),
    ],
)
def test_runs_are_found_by_the_words_of_the_search(
    company: Sandbox, word: str, states: set[str]
) -> None:
    found = runs(company, SEARCH, state=word, start_date=int(NOW) - 3 * DAY)

    assert {run["state"] for run in found} == states


def test_live_runs_are_found_by_what_they_do(sandbox: Sandbox, clock: Clock, chain: Placed) -> None:
    for pause in (None, (5, 25)):
        sandbox.plan_next(seconds=30, pause=pause)
        start(sandbox, chain)
    clock.advance(10)
    start(sandbox, chain)
    asked = {"chain_id": chain.id}

    running, paused = (runs(sandbox, SEARCH, state=word, **asked) for word in ("running", "paused"))

    assert {run["state"] for run in running} == {"enqueueing", "sleeping"}
    assert {run["state"] for run in paused} == {"paused"}


def test_a_stopped_run_counts_as_completed_alone(sandbox: Sandbox, chain: Placed) -> None:
    run = start(sandbox, chain).body["data"]["id"]
    stop(sandbox, run)

    found = {
        word
        for word in ("running", "succeeded", "failed", "paused", "warned", "completed")
        if run in ids(get(sandbox, SEARCH, state=word, chain_id=chain.id)["chainExecutors"])
    }

    assert found == {"completed"}


def test_runs_are_found_by_environment_and_by_chain(company: Sandbox) -> None:
    first, second = chains(company, "Production")[0], chains(company, "Staging")[0]
    since = {"start_date": int(NOW) - 10 * DAY}
    homes, both = (f"{first.environment_id},{second.environment_id}", f"{first.id},{second.id}")

    by_home = runs(company, SEARCH, environment_id=homes, **since)
    by_chain = runs(company, SEARCH, chain_id=both, **since)
    by_both = runs(company, SEARCH, environment_id=first.environment_id, chain_id=both, **since)

    assert {run["envId"] for run in by_home} == {first.environment_id, second.environment_id}
    assert {run["chainId"] for run in by_chain} == {first.id, second.id}
    assert {run["chainId"] for run in by_both} == {first.id}
    assert not runs(company, SEARCH, chain_id="1")


@pytest.mark.parametrize("where", [history, search])
def test_runs_are_found_by_the_time_of_their_start_both_ends_included(
    company: Sandbox, where: Callable[[Placed], str]
) -> None:
    chain = busiest(company)
    every = runs(company, where(chain), chain_id=chain.id)
    newest, oldest = every[20], every[70]
    since, until = (int(seconds(run["startAt"])) for run in (oldest, newest))

    found = runs(company, where(chain), chain_id=chain.id, start_date=since, end_date=until)

    assert found == every[20:71]


def test_ascending_is_descending_from_the_other_end(company: Sandbox) -> None:
    asked = {"start_date": int(NOW) - DAY}

    down, up = (runs(company, SEARCH, **asked, sort=order) for order in ("desc", "asc"))

    assert ids(up) == ids(down)[::-1]
    assert runs(company, SEARCH, **asked) == down


@pytest.mark.parametrize(
    "query",
    [
        {"state": "sleeping"},
        {"state": "all_succeeded"},
        {"state": ""},
        {"sort": "up"},
        {"start_date": "yesterday"},
        {"start_date": "-1"},
        {"end_date": "1.5"},
        {"end_date": "٣"},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(company: Sandbox, query: dict[str, str]) -> None:
    answer = ask(company, "GET", SEARCH, query=query)

    assert (answer.status, answer.body["error"]) == (422, "Invalid parameters")


# ---- the search for inputs


def test_the_runs_of_an_environment_are_found_by_a_part_of_what_they_were_given(
    company: Sandbox,
) -> None:
    with_inputs = one_chain(company, lambda it: it["runtime_inputs"])
    of_chain = {it.id: it.wire for it in chains(company)}

    found = runs(company, inputs_search(with_inputs), search_text="ACTUALS.c", limit=50)

    assert found
    assert {run["envId"] for run in found} == {with_inputs.environment_id}
    types = [it["data_type"] for run in found for it in of_chain[run["chainId"]]["runtime_inputs"]]
    assert types.count("file") >= len(found)


def test_runs_without_inputs_are_found_by_no_text(company: Sandbox) -> None:
    chain = one_chain(company, lambda it: not it["runtime_inputs"] and it["schedules"])
    period = "2026-08"

    found = runs(company, inputs_search(chain), search_text=period)

    assert found
    assert chain.id not in {run["chainId"] for run in found}


@pytest.mark.parametrize("query", [{}, {"search_text": ""}, {"search_text": "a", "limit": "x"}])
def test_a_search_for_nothing_is_refused(company: Sandbox, query: dict[str, str]) -> None:
    answer = ask(company, "GET", inputs_search(chains(company)[0]), query=query)

    assert (answer.status, answer.body["error"]) == (422, "Invalid parameters")
