from collections.abc import Iterator
from typing import Any

import pytest

from onecloud_magic.api import Pages
from onecloud_magic.api.paging import next_cursor
from onecloud_magic.errors import BadAnswer, UsageError

RUNS = [{"id": str(number)} for number in range(120)]


class Service:
    """Gives *rows* page by page, and remembers how it was asked."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: list[dict[str, Any]] = []

    def call(self, name: str, /, **parameters: Any) -> Any:
        self.asked.append(parameters)
        if "pageSize" in parameters:
            size = parameters["pageSize"]
            return self.rows[parameters["page"] * size :][:size]
        size, start = parameters["limit"], int(parameters.get("cursor", 0))
        end = start + size
        cursor = str(end) if end < len(self.rows) else ""
        return {"cursor": cursor, "chainExecutors": self.rows[start:end]}


def read(service: Service, name: str, limit: int | None) -> tuple[list[int], bool]:
    pages = Pages(service.call, name, limit, {"chain_id": 1})
    return [len(rows) for rows in pages], pages.complete


@pytest.mark.parametrize(
    ("limit", "lengths", "complete"),
    [
        (None, [50, 50, 20], True),
        (200, [50, 50, 20], True),
        (120, [50, 50, 20], True),
        (119, [50, 50, 19], False),
        (100, [50, 50], False),
        (7, [7], False),
        (0, [], False),
    ],
)
def test_runs_are_read_page_by_page_up_to_the_limit(
    limit: int | None, lengths: list[int], complete: bool
) -> None:
    service = Service(RUNS)

    assert read(service, "chainRunHistory", limit) == (lengths, complete)
    assert len(service.asked) == len(lengths)


def test_the_largest_page_is_asked_for_and_the_parameters_go_with_each() -> None:
    service = Service(RUNS)
    read(service, "chainRunHistory", None)

    assert service.asked[0] == {"chain_id": 1, "limit": 50}
    assert service.asked[2] == {"chain_id": 1, "limit": 50, "cursor": "100"}


@pytest.mark.parametrize(
    ("there", "limit", "lengths", "complete"),
    [
        (250, None, [100, 100, 50], True),
        (200, None, [100, 100, 0], True),
        (0, None, [0], True),
        (250, 100, [100], False),
        (250, 30, [30], False),
    ],
)
def test_a_numbered_list_ends_with_a_short_page(
    there: int, limit: int | None, lengths: list[int], complete: bool
) -> None:
    service = Service([{"id": number} for number in range(there)])

    assert read(service, "getUsers", limit) == (lengths, complete)
    assert [one["page"] for one in service.asked] == list(range(len(lengths)))


def test_an_operation_without_pages_is_one_page() -> None:
    pages = Pages(lambda name, **parameters: RUNS, "getChains", 3, {})

    assert list(pages) == [RUNS[:3]]
    assert not pages.complete


def test_cursors_that_go_in_a_circle_are_a_bad_answer() -> None:
    circle: Iterator[str] = iter("abcab")
    pages = Pages(
        lambda name, **parameters: {"cursor": next(circle), "chainExecutors": RUNS[:1]},
        "chainFilterSearch",
        None,
        {},
    )

    with pytest.raises(BadAnswer, match="again and again"):
        list(pages)
    assert not pages.complete


def test_a_service_that_does_not_count_pages_is_a_bad_answer() -> None:
    pages = Pages(lambda name, **parameters: RUNS, "getUsers", None, {})

    with pytest.raises(BadAnswer, match="again and again"):
        list(pages)


@pytest.mark.parametrize("page", [{}, {"cursor": None}, {"cursor": ""}])
def test_an_empty_null_or_missing_cursor_is_the_end(page: dict[str, Any]) -> None:
    assert next_cursor(page) is None


def test_a_cursor_may_be_a_number() -> None:
    assert next_cursor({"cursor": 7}) == "7"


@pytest.mark.parametrize("cursor", [True, 1.5, [], {}])
def test_a_cursor_that_is_no_text_is_a_bad_answer(cursor: object) -> None:
    with pytest.raises(BadAnswer):
        next_cursor({"cursor": cursor})


def test_a_negative_limit_is_refused_before_any_call() -> None:
    service = Service(RUNS)

    with pytest.raises(UsageError, match="limit is -1"):
        Pages(service.call, "getUsers", -1, {})
    assert service.asked == []
