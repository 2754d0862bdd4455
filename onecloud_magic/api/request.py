"""From an operation and its parameters to what is sent, without a socket.

    make_request("getChain", environment_id=139, chain_id="61549").path

An id becomes one part of the path whatever it holds: it is quoted whole, and `.` and `..` are
refused, so that no id can lead a call (and the bearer with it) to another operation.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, SupportsIndex
from urllib.parse import quote, urlencode

from ..errors import UsageError
from .operations import Operation, named

__all__ = ["Request", "make_request"]

_LONGEST_ID = 512
_LONGEST_QUERY = 8_000  # what the usual servers take in one line, less the rest of the address

_NAMES = {
    "workspace_id": "workspace",
    "environment_id": "environment",
    "chain_id": "chain",
    "chain_run_id": "run",
    "userId": "user",
    "userGroupId": "group",
    "mappingGroupGuid": "mapping group",
}

_Part = tuple[str | None, str | bytes]
_Files = dict[str, _Part]


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent; the body is not shown, as inputs may be passwords."""

    operation: Operation
    path: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None = field(default=None, repr=False)
    files: _Files | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """The same text for the same question: what an answer is kept under."""
        query = urlencode(sorted(self.query.items()))
        return f"{self.path}?{query}" if query else self.path

    @property
    def wanted(self) -> tuple[str, str] | None:
        """What a 404 did not find: the kind and the id of the last thing that was named."""
        given = {**self.ids, **self.query}
        return next(
            ((_NAMES[name], given[name]) for name in reversed(given) if name in _NAMES), None
        )


def make_request(name: str, /, **parameters: object) -> Request:
    """Make the request of the operation *name* (an operationId).

    Parameters bear the contract's names (`wk_target_workspace` for the header); None is left out.
    A file is a pair of its name and its bytes.

    Raises:
        TypeError: a parameter is unknown or missing, as for any function.
        UsageError: a value that cannot be sent; `NotFound` for an unknown operation.
    """
    operation = named(name)
    given = _given(operation, parameters)
    ids = {part: _id(part, given[part]) for part in operation.parts}
    body, files = _body(operation, {one: given[one] for one in operation.fields if one in given})
    return Request(
        operation,
        operation.path.format_map({part: quote(text, safe="") for part, text in ids.items()}),
        ids,
        {one: _query(one, given[one]) for one in operation.query if one in given},
        _headers(operation, given),
        body,
        files,
    )


def _given(operation: Operation, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters under the contract's names, held against what the operation takes."""
    takes = (*operation.parts, *operation.query, *operation.headers, *operation.fields)
    spelt = {one.replace("-", "_"): one for one in takes}
    unknown = [one for one in parameters if one.replace("-", "_") not in spelt]
    if unknown:
        known = ", ".join(spelt) or "no parameters"
        raise TypeError(f"{operation.id} takes {known}, not {', '.join(map(_cut, unknown))}")
    given = {
        spelt[one.replace("-", "_")]: value
        for one, value in parameters.items()
        if value is not None
    }
    missing = [one for one in (*operation.parts, *operation.needs) if one not in given]
    if missing:
        raise TypeError(f"{operation.id} needs {', '.join(missing)}")
    return given


def _id(name: str, value: object) -> str:
    text = _text(name, value, _LONGEST_ID)
    if isinstance(value, bool) or not text.strip() or text in {".", ".."}:
        raise UsageError(f"{name} is {text!r}, which is no id.")
    return text


def _query(name: str, value: object) -> str:
    if not isinstance(value, list | tuple | set | frozenset):
        return _text(name, value, _LONGEST_QUERY)
    texts = [_id(name, one) for one in value]
    if not texts or any("," in text for text in texts):
        raise UsageError(f"{name} is an empty list, or has an id with a comma in it.")
    return _text(name, ",".join(texts), _LONGEST_QUERY)


def _headers(operation: Operation, given: Mapping[str, object]) -> dict[str, str]:
    headers = {one: _id(one, given[one]) for one in operation.headers if one in given}
    for name, text in headers.items():
        if not text.isascii() or text != text.strip():
            raise UsageError(f"{name} is {text!r}, which no header can carry.")
    return headers | ({"Content-Type": "application/json"} if operation.body == "json" else {})


def _text(name: str, value: object, longest: int) -> str:
    """A value as it goes into a path, a query or a header."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, SupportsIndex) and value.__index__().bit_length() < 64:
        return str(value.__index__())
    if not isinstance(value, str):
        raise UsageError(f"{name} takes text or a whole number, not {_cut(type(value).__name__)}.")
    return _sendable(name, str(value), longest)


def _sendable(name: str, text: str, longest: int) -> str:
    """The text, if no server and no proxy will read something else in it."""
    if len(text) > longest:
        raise UsageError(f"{name} has {len(text):,} characters; at most {longest:,} can be sent.")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in text):
        raise UsageError(f"{name} holds control characters: {_cut(repr(text))}")
    return text


def _body(operation: Operation, fields: Mapping[str, Any]) -> tuple[bytes | None, _Files | None]:
    if operation.body == "json":
        return _json(operation, fields), None
    if operation.body == "multipart":
        return None, {name: _part(name, value) for name, value in fields.items()}
    return None, None


def _json(operation: Operation, fields: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(fields, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        why = _cut(str(error))
    raise UsageError(f"What {operation.id} is given cannot be written as JSON: {why}")


def _part(name: str, value: Any) -> _Part:
    if name != "file":
        return None, _text(name, value, _LONGEST_ID)
    match value:
        case (str() as filename, bytes() as content):
            return _text(name, filename, _LONGEST_ID), content
    raise UsageError("file takes a pair: the file's name and its bytes.")


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
