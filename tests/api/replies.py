"""Requests of every operation, and replies to them, without a socket."""

import json
from typing import Any

from onecloud_magic.api import OPERATIONS, Operation, Reply, Request, make_request

RUN = {"id": "1", "chainId": "37", "state": "sleeping", "startAt": "2019-02-08 06:25:00"}
GOOD: dict[str, Any] = {
    "rows": {"data": [{"id": 1, "name": "é"}, {"id": None}]},
    "row": {"data": {"id": "1", "nodes": [{"results": []}]}},
    "runs": {"data": {"cursor": "c2", "chainExecutors": [RUN]}},
    "plain": {"mappingRules": [], "errors": []},
}
PARAMETERS = {"search_text": "a", "file": ("a", b"")}


def asked(operation: Operation | str) -> Request:
    one = OPERATIONS[operation] if isinstance(operation, str) else operation
    return make_request(
        one.id, **dict.fromkeys(one.parts, "7"), **{name: PARAMETERS[name] for name in one.needs}
    )


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-"): one for name, one in headers.items()}, content)
