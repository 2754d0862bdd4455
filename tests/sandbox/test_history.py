"""Reading many rows: pages of runs by cursor, other pages by number."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW, Clock
from .asking import Placed, Wire, ask, get, seconds
from .running import SEARCH, busiest, history, ids, inputs_search, pages, runs, search, start

DAY = 86_400


# ---- pages by cursor


def test_a_page_has_at_most_50_runs_and_the_last_one_no_cursor(company: Sandbox) -> None:
    chain = busiest(company)

    sizes = [len(page) for page in pages(company, history(chain))]

    assert len(sizes) > 20
    assert set(sizes[:-1]) == {50}
    assert 0 < sizes[-1] <= 50


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (7, 7), (50, 50), (51, 50), (10**9, 50)])
def test_a_page_has_as_many_runs_as_asked_for_up_to_50(
    company: Sandbox, asked: int, given: int
) -> None:
    page = get(company, history(busiest(company)), limit=asked)

    assert len(page["chainExecutors"]) == given
    assert page["cursor"]


def test_no_runs_are_one_empty_page(company: Sandbox) -> None:
    page = get(company, history(busiest(company)), end_date=1)

    assert page == {"cursor": "", "chainExecutors": []}


def test_a_history_that_fills_its_page_ends_with_it(company: Sandbox) -> None:
    chain = busiest(company)
    first = get(company, history(chain), limit=10)["chainExecutors"]
    since = int(seconds(first[-1]["startAt"]))

    page = get(company, history(chain), limit=10, start_date=since)

    assert ids(page["chainExecutors"]) == ids(first)
    assert page["cursor"] == ""


def test_runs_come_newest_first_and_each_once(company: Sandbox) -> None:
    found = runs(company, history(busiest(company)))

    assert all(newer["startAt"] >= older["startAt"] for newer, older in pairwise(found))
    assert len(set(ids(found))) == len(found) > 1000


@pytest.mark.parametrize("where", [history, search, inputs_search])
def test_every_run_comes_once_though_new_ones_start_between_the_pages(
    sandbox: Sandbox, clock: Clock, where: Callable[[Placed], str]
) -> None:
    chain = busiest(sandbox)
    query = {"search_text": "a", "start_date": int(NOW) - 2 * DAY}
    path = where(chain)
    before = ids(starting_between(sandbox, clock, chain, pages(sandbox, path, **query), rounds=0))

    meanwhile = ids(starting_between(sandbox, clock, chain, pages(sandbox, path, **query)))

    assert meanwhile == before
    assert len(set(before)) == len(before)


def starting_between(
    sandbox: Sandbox, clock: Clock, chain: Placed, each: Iterator[list[Wire]], rounds: int = 3
) -> list[Wire]:
    """The runs of at most eight pages; after the first few, a run is started."""
    found = []
    for number, page in zip(range(8), each, strict=False):
        found += page
        if number < rounds:
            clock.advance(1)
            assert start(sandbox, chain).status == 200
    return found


def test_in_ascending_order_new_runs_come_at_the_end(sandbox: Sandbox, clock: Clock) -> None:
    chain = busiest(sandbox)
    asked = {"chain_id": chain.id, "sort": "asc", "start_date": int(NOW) - 5 * DAY}
    before = ids(runs(sandbox, SEARCH, **asked))

    each, found = pages(sandbox, SEARCH, **asked), []
    for page in each:
        found += ids(page)
        if len(found) == 50:
            clock.advance(1)
            new = start(sandbox, chain).body["data"]["id"]

    assert found == [*before, new]


def test_runs_that_start_in_the_same_moment_are_told_apart(sandbox: Sandbox, chain: Placed) -> None:
    started = [start(sandbox, chain).body["data"]["id"] for _ in range(5)]

    found = ids(runs(sandbox, history(chain), limit=2, start_date=int(NOW)))

    assert found == started[::-1]


@pytest.mark.parametrize("cursor", ["abc", "%00", "é", "MS8y%FF", "Zm9v", "=", "bm9uZS9vbmU="])
def test_a_cursor_that_is_none_of_ours_is_refused(company: Sandbox, cursor: str) -> None:
    answer = ask(company, "GET", SEARCH, query={"cursor": cursor})

    assert (answer.status, answer.body["error"]) == (422, "Invalid parameters")


# ---- pages by number

LISTS = (
    "users",
    "users/5/groups",
    "user_groups",
    "user_groups/21/permissions",
    "permissions",
    "login_activity",
    "authorizations_activity",
)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [3, 100])
def test_numbered_pages_end_with_a_short_one(company: Sandbox, name: str, size: int) -> None:
    path, found, number = f"/v1/security/{name}", list[Wire](), 0
    while True:
        page = get(company, path, pageSize=size, page=number)
        found, number = found + page, number + 1
        if len(page) < size or number == 12:
            break

    assert len({each["id"] for each in found}) == len(found)
    assert found[:100] == get(company, path)[: len(found)]


@pytest.mark.parametrize("name", LISTS)
def test_a_page_beyond_the_end_is_empty(company: Sandbox, name: str) -> None:
    assert get(company, f"/v1/security/{name}", page=10**6) == []


@pytest.mark.parametrize(
    ("asked", "given"), [({}, 100), ({"pageSize": 1000}, 100), ({"pageSize": 0}, 0)]
)
def test_a_numbered_page_has_at_most_100_rows(
    company: Sandbox, asked: dict[str, int], given: int
) -> None:
    assert len(get(company, "/v1/security/login_activity", **asked)) == given


@pytest.mark.parametrize("query", [{"page": "-1"}, {"page": "one"}, {"pageSize": "²"}])
def test_a_page_that_is_no_number_is_refused(company: Sandbox, query: dict[str, str]) -> None:
    answer = ask(company, "GET", "/v1/security/users", query=query)

    assert (answer.status, answer.body["error"]) == (422, "Invalid parameters")
