import re

import pytest

from . import document as owners
from .document import Json
from .facts import (
    ENUMERATIONS,
    OPERATIONS,
    PLAIN,
    RAW,
    SCHEMAS,
    SHAPES,
    UNDOCUMENTED,
    Answer,
    Misfit,
    Operation,
    answer_of,
    misfits,
    operation_of,
)

Described = tuple[str, object, tuple[str, ...]]  # media type, unfolded type, headers


def unfold(kind: str) -> object:
    if kind.endswith("?"):
        return {"or null": unfold(kind[:-1])}
    if kind in SCHEMAS:
        return {name: unfold(one) for name, one in SCHEMAS[kind].items()}
    if kind in ENUMERATIONS:
        return {"one of": ENUMERATIONS[kind]}
    return [unfold(kind[1:-1])] if kind.startswith("[") else kind


def names_in(kind: str) -> set[str]:
    name = kind.strip("[]{}?")
    return {name}.union(*(names_in(one) for one in SCHEMAS.get(name, {}).values()))


def named_types() -> set[str]:
    kinds = {one.type for each in OPERATIONS.values() for one in each.parameters}
    kinds |= {
        kind for each in OPERATIONS.values() if each.body for kind in each.body.fields.values()
    }
    answers = [answer for each in OPERATIONS.values() for answer in each.answers.values()]
    kinds |= {answer.schema for answer in answers if answer.schema}
    kinds |= {one.schema for one in UNDOCUMENTED}
    return set[str]().union(*(names_in(kind) for kind in kinds))


# ---- the facts by themselves


def test_there_are_29_operations_each_with_its_own_id_and_its_own_route() -> None:
    routes = {(one.method, one.path) for one in OPERATIONS.values()}

    assert len(RAW["operations"]) == len(OPERATIONS) == len(routes) == 29


def test_every_type_that_is_named_is_defined_and_every_definition_is_used() -> None:
    defined = set(SCHEMAS) | set(ENUMERATIONS)

    assert named_types() - set(PLAIN) - {"binary"} == defined


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_path_names_its_parameters_and_all_of_them_are_required(operation: Operation) -> None:
    in_path = [one for one in operation.parameters if one.place == "path"]

    assert re.findall(r"\{(\w+)\}", operation.path) == list(operation.named("path"))
    assert all(one.required for one in in_path)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_succeeds_in_one_known_shape_and_may_answer_401(
    operation: Operation,
) -> None:
    assert operation.answers[200].shape in SHAPES
    assert 401 in operation.answers


WORDS = {
    "RunState": "sleeping enqueueing paused all_succeeded warned errored stopped",
    "NodeState": "sleeping paused skipped errored warned succeeded",
    "ResultState": "active errored skipped warned succeeded stopped",
    "RunSearchState": "running succeeded failed paused warned completed",
}


@pytest.mark.parametrize(("name", "words"), WORDS.items(), ids=WORDS)
def test_states_and_search_words_are_those_of_the_service(name: str, words: str) -> None:
    assert sorted(ENUMERATIONS[name]) == sorted(words.split())


def test_lists_come_wrapped_in_data_and_runs_in_pages() -> None:
    wrapped = {one.answers[200].shape for one in OPERATIONS.values()} - {"bare", "binary"}

    assert wrapped == {"list", "object", "page"}
    assert all(SHAPES[shape]["wrapped"] for shape in wrapped)
    assert SCHEMAS["ChainRunPage"] == {"cursor": "string", "chainExecutors": "[ChainRun]"}


def test_the_closed_list_adds_only_statuses_that_the_operation_does_not_document() -> None:
    listed = [one for one in UNDOCUMENTED if one.operations != set(OPERATIONS)]

    assert {one.status for one in UNDOCUMENTED} == {400, 403, 404, 405, 411, 422}
    assert not [
        (one.status, id)
        for one in listed
        for id in one.operations
        if one.status in OPERATIONS[id].answers
    ]


def test_a_status_is_documented_or_on_the_closed_list_or_not_allowed() -> None:
    workspaces = OPERATIONS["getWorkspaces"]

    assert answer_of(workspaces, 200) == Answer("list", "Workspace")
    assert answer_of(workspaces, 422) == Answer("bare", "SingleError")
    assert answer_of(workspaces, 404) is None
    assert answer_of(workspaces, 500) is None


def test_a_fixed_path_is_told_from_one_with_a_parameter() -> None:
    search = operation_of("GET", "/v1/execute/chain_run/search")
    one_run = operation_of("GET", "/v1/execute/chain_run/94532")

    assert search is OPERATIONS["chainFilterSearch"]
    assert one_run is OPERATIONS["getChainRun"]
    assert operation_of("DELETE", "/v1/metadata/workspace") is None


def test_a_value_that_does_not_fit_its_type_is_told_by_field_and_kind() -> None:
    chain = {"id": 7, "disabled": None, "schedules": [{"enabled": "yes"}], "colour": "red"}
    node = {"state": "asleep"}

    assert set(misfits(chain, "Chain")) == {
        Misfit("Chain.id", "type"),
        Misfit("Chain.disabled", "null"),
        Misfit("ChainSchedule.enabled", "type"),
        Misfit("Chain.colour", "unknown"),
    }
    assert list(misfits(node, "ChainRunNode")) == [Misfit("ChainRunNode.state", "enum")]
    assert not list(misfits({"first_name": None}, "User"))


# ---- the facts against the owners' document


@pytest.fixture(scope="module")
def document() -> Json:
    return owners.load()


def definition_of(document: Json, id: str) -> tuple[str, str, Json]:
    found = [one for one in owners.operations(document) if one[2]["operationId"] == id]
    ((method, path, definition),) = found
    return method, path, definition


def their_parameters(document: Json, definition: Json) -> list[Json]:
    return [
        {
            "name": one["name"],
            "place": one["in"],
            "type": owners.tree(document, one["schema"]),
            "required": one.get("required", False),
            "style": "comma" if (one.get("style"), one.get("explode")) == ("form", False) else None,
            "max": next(map(int, re.findall(r"\b[Mm]ax (\d+)", one.get("description", ""))), None),
        }
        for one in (owners.resolved(document, one) for one in definition["parameters"])
    ]


def their_body(document: Json, definition: Json) -> Json | None:
    if "requestBody" not in definition:
        return None
    media, body = owners.content(definition["requestBody"])
    assert "required" not in body["schema"]
    return {
        "media": media,
        "required": definition["requestBody"]["required"],
        "fields": owners.tree(document, body["schema"]),
    }


def their_answers(document: Json, definition: Json) -> dict[int, Described]:
    answers = {}
    for status, response in definition["responses"].items():
        media, body = owners.content(response)
        headers = tuple(response.get("headers", ()))
        answers[int(status)] = (media, owners.tree(document, body["schema"]), headers)
    return answers


def our_answer(answer: Answer) -> Described:
    shape = SHAPES[answer.shape]
    kind = unfold(answer.type or {"text": "string"}.get(answer.shape, answer.shape))
    return shape["media"], {"data": kind} if shape["wrapped"] else kind, answer.headers


@owners.present
def test_the_document_has_these_operations_and_no_other(document: Json) -> None:
    theirs = [definition["operationId"] for _, _, definition in owners.operations(document)]

    assert theirs == list(OPERATIONS)


@owners.present
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_request_is_as_the_document_says(document: Json, operation: Operation) -> None:
    method, path, definition = definition_of(document, operation.id)
    ours = [vars(one) | {"type": unfold(one.type)} for one in operation.parameters]
    media = {"json": "application/json", "multipart": "multipart/form-data"}
    body = operation.body and {
        "media": media[operation.body.kind],
        "required": operation.body.required,
        "fields": {name: unfold(kind) for name, kind in operation.body.fields.items()},
    }

    assert (method, path) == (operation.method, operation.path)
    assert bool(definition.get("security")) == operation.secured
    assert their_parameters(document, definition) == ours
    assert their_body(document, definition) == body


@owners.present
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_answers_are_as_the_document_says(document: Json, operation: Operation) -> None:
    *_, definition = definition_of(document, operation.id)
    ours = {status: our_answer(answer) for status, answer in operation.answers.items()}

    assert their_answers(document, definition) == ours
