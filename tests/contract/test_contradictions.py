"""Where the owners' document contradicts itself: found by reading it, held against our list."""

import pytest

from . import document as owners
from .document import Json
from .facts import CONTRADICTIONS, OPERATIONS, SCHEMAS, SHAPES, Misfit, contradicted, misfits


@pytest.fixture(scope="module")
def document() -> Json:
    return owners.load()


def misfits_of_examples(document: Json) -> set[tuple[str, Misfit]]:
    found = set()
    for _, _, definition in owners.operations(document):
        operation = OPERATIONS[definition["operationId"]]
        for status, example in owners.examples(definition):
            answer = operation.answers[int(status)]
            value = [example] if not SHAPES[answer.shape]["wrapped"] else [example["data"]]
            place = f"{operation.id}.{status}"
            found |= {(place, one) for one in misfits(value, f"[{answer.type}]")}
    return found


def mistyped_parameters(document: Json) -> set[str]:
    found = set()
    for _, _, definition in owners.operations(document):
        theirs = [owners.resolved(document, one) for one in definition["parameters"]]
        operation = OPERATIONS[definition["operationId"]]
        for ours, one in zip(operation.parameters, theirs, strict=True):
            number_for_id = ours.name.endswith("_id") and ours.type == "integer"
            if number_for_id or ("example" in one and any(misfits(one["example"], ours.type))):
                found.add(f"{operation.id}.{ours.name}")
    return found


def test_every_contradiction_says_what_was_found_and_what_was_chosen() -> None:
    assert all(one.where and one.found and one.choice for one in CONTRADICTIONS)


def test_operations_without_security_are_just_those_we_say() -> None:
    assert {id for id, one in OPERATIONS.items() if not one.secured} == contradicted("security")


@owners.present
def test_the_documents_examples_break_its_schemas_just_where_we_say(document: Json) -> None:
    found = misfits_of_examples(document)

    assert {one.where for _, one in found if one.kind == "null"} == contradicted("null")
    assert {place for place, one in found if one.kind == "unknown"} == contradicted("shape")
    assert {one.kind for _, one in found} == {"null", "unknown"}


@owners.present
def test_required_fields_that_are_defined_nowhere_are_just_those_we_say(document: Json) -> None:
    required = {
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field in owners.merged(document, schema).get("required", ())
    }

    assert required == contradicted("required")
    assert not any(field.split(".")[1] in SCHEMAS[field.split(".")[0]] for field in required)


@owners.present
def test_mistyped_parameters_are_just_those_we_say(document: Json) -> None:
    assert mistyped_parameters(document) == contradicted("type")
