import json
from pathlib import Path
from typing import Any

import pytest

from onecloud_magic.api import OPERATIONS, Operation
from onecloud_magic.api.operations import named
from onecloud_magic.errors import NotFound

CONTRACT = Path(__file__).parents[1] / "contract" / "operations.json"
FACTS: dict[str, dict[str, Any]] = {
    one["id"]: one for one in json.loads(CONTRACT.read_text(encoding="utf-8"))["operations"]
}
SHAPES = {"list": "rows", "object": "row", "page": "runs", "binary": "binary", "bare": "plain"}

each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def names(fact: dict[str, Any], place: str) -> list[str]:
    return [one["name"] for one in fact["parameters"] if one["in"] == place]


def test_the_table_has_the_29_operations_of_the_contract() -> None:
    assert len(OPERATIONS) == 29
    assert set(OPERATIONS) == set(FACTS)


@each_operation
def test_an_operation_is_where_the_contract_says_and_takes_what_it_says(
    operation: Operation,
) -> None:
    fact = FACTS[operation.id]

    assert (operation.method, operation.path) == (fact["method"], fact["path"])
    assert list(operation.parts) == names(fact, "path")
    assert sorted(operation.query) == sorted(names(fact, "query"))
    assert list(operation.headers) == names(fact, "header")


@each_operation
def test_an_operation_carries_the_body_of_the_contract(operation: Operation) -> None:
    body = FACTS[operation.id]["body"] or {"kind": "none", "fields": {}}

    assert operation.body == body["kind"]
    assert list(operation.fields) == list(body["fields"])


@each_operation
def test_an_operation_needs_what_the_contract_requires(operation: Operation) -> None:
    fact = FACTS[operation.id]
    required = [one["name"] for one in fact["parameters"] if one["required"]]
    files = ["file"] if operation.body == "multipart" else []

    assert [*operation.parts, *operation.needs] == required + files


@each_operation
def test_an_operation_answers_in_the_shape_of_the_contract(operation: Operation) -> None:
    assert operation.answer == SHAPES[FACTS[operation.id]["answers"]["200"]["shape"]]


@each_operation
def test_a_page_is_as_long_as_the_contract_allows(operation: Operation) -> None:
    longest = {one["name"]: one.get("max") for one in FACTS[operation.id]["parameters"]}

    assert (operation.paging == "number") == ("page" in longest)
    assert (operation.paging == "cursor") == ("cursor" in longest)
    if operation.size_name:
        assert operation.page_size == longest[operation.size_name]


def test_what_acts_is_never_cached_and_every_read_is() -> None:
    for operation in OPERATIONS.values():
        assert (operation.kind is None) == operation.acts

    assert OPERATIONS["exportChain"].acts
    assert OPERATIONS["searchChains"].kind == "metadata"
    assert OPERATIONS["getUsers"].kind == "security"
    assert OPERATIONS["chainRunHistory"].kind == "runs"


def test_an_unknown_operation_names_the_near_ones() -> None:
    with pytest.raises(NotFound, match="'getChian'") as caught:
        named("getChian")

    assert "getChain" in caught.value.near
