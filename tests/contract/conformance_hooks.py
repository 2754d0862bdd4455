"""Hooks that schemathesis loads in its own process: ids that exist, and calls that must succeed.

What is known comes as JSON in the file that `CONFORMANCE_KNOWN` names.
"""

import base64
import json
import os
import zlib
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.core import NotSet

AnyCase = schemathesis.Case[Any]
AnyOperation = schemathesis.APIOperation[Any, Any, Any, Any]
KNOWN = json.loads(Path(os.environ["CONFORMANCE_KNOWN"]).read_text(encoding="utf-8"))
FILES = [base64.b64decode(call["file"]) for call in KNOWN["calls"].values() if "file" in call]

# Random bytes are never a file that can be read: draw one that is, or a short text that is not.
schemathesis.openapi.format("binary", st.sampled_from([*FILES, b"no such file"]))


def fitting(operation: AnyOperation, number: int) -> dict[str, str]:
    """Path parameters that exist and fit together."""
    names = [parameter.name for parameter in operation.path_parameters]
    pool: list[dict[str, str]] = KNOWN["pools"].get(" ".join(sorted(names)), [{}])
    return pool[number % len(pool)]


@schemathesis.hook
def before_add_examples(context: schemathesis.HookContext, examples: list[AnyCase]) -> None:
    """Add one call that must succeed; the document's own examples name ids that do not exist."""
    operation = context.operation
    if operation is None:
        return
    call = KNOWN["calls"].get(operation.definition.raw["operationId"], {})
    examples.append(
        operation.Case(
            path_parameters=dict(call.get("path") or fitting(operation, 0)),
            query=dict(call.get("query", {})),
            **body_of(call),
        )
    )


def body_of(call: dict[str, Any]) -> dict[str, Any]:
    """The body of a call, as schemathesis takes it."""
    if "file" in call:
        form = {"file": base64.b64decode(call["file"]), **call.get("form", {})}
        return {"body": form, "media_type": "multipart/form-data"}
    return {"body": call["json"], "media_type": "application/json"} if "json" in call else {}


@schemathesis.hook
def map_case(context: schemathesis.HookContext, case: AnyCase) -> AnyCase:
    """Give three of four generated cases ids that exist; the fourth keeps its own."""
    # A count of calls would choose otherwise when a failure is replayed; the case itself does not.
    body = "" if isinstance(case.body, NotSet) else case.body
    number = zlib.crc32(repr((case.path_parameters, case.query, body)).encode())
    if case.path_parameters and number % 4:
        case.path_parameters = dict(fitting(case.operation, number))
    return case
