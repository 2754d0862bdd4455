"""The owners' OpenAPI document, where the shared folder is present, read apart from our facts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

PATH = Path(__file__).parents[2].parent / "shared" / "contract" / "openapi.yaml"
present = pytest.mark.skipif(
    not PATH.is_file(), reason="the owners' document (../shared/contract/openapi.yaml) is not here"
)

Json = dict[str, Any]


def load() -> Json:
    """The document as plain Python."""
    document: Json = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and definition of every operation."""
    for path, methods in document["paths"].items():
        for method, definition in methods.items():
            yield method.upper(), path, definition


def resolved(document: Json, node: Json) -> Json:
    """What a node says once its reference, if any, is followed."""
    while "$ref" in node:
        *_, section, name = node["$ref"].split("/")
        node = document["components"][section][name]
    return node


def merged(document: Json, schema: Json) -> Json:
    """A schema with its reference followed and its `allOf` put together."""
    schema = resolved(document, schema)
    if "allOf" not in schema:
        return schema
    parts = [merged(document, part) for part in schema["allOf"]]
    properties = {name: one for part in parts for name, one in part["properties"].items()}
    required = [name for part in parts for name in part.get("required", ())]
    return {"type": "object", "properties": properties, "required": required}


def tree(document: Json, schema: Json) -> object:
    """A schema as nested plain types, without names: what the facts' types unfold to."""
    if schema.get("$ref", "").endswith("/ID"):
        return "id"
    whole = merged(document, schema)
    if whole.get("nullable"):
        return {"or null": tree(document, whole | {"nullable": False})}
    if "enum" in whole:
        return {"one of": whole["enum"]}
    if whole.get("type") == "array":
        return [tree(document, whole["items"])]
    if "properties" in whole:
        return {name: tree(document, one) for name, one in whole["properties"].items()}
    if "additionalProperties" in whole:
        return "{any}"
    return "binary" if whole.get("format") == "binary" else whole["type"]


def content(node: Mapping[str, Any]) -> tuple[str, Json]:
    """Media type and definition of the one content that a body or an answer has."""
    ((media, definition),) = node["content"].items()
    return media, definition


def examples(definition: Json) -> Iterator[tuple[str, Any]]:
    """Status and value of every answer's example."""
    for status, response in definition["responses"].items():
        example = content(response)[1].get("example")
        if example is not None:
            yield status, json.loads(example)
