"""A way to the service without a socket, on which answers can be changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from onecloud_magic.api import OPERATIONS, Pages, Reply, make_request, read_reply
from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.messages import Request

Change = Callable[[str, Any], Any]

MARK = "trace_mark"
_MOST = {"getEnvironments": 4}  # records of a list that are enough; the others make do with three


class Wire:
    """Stands in for `Transport`. Answers are the sandbox's, cut short, each record with a mark.

    The mark is an unknown field, so that a row can be traced to the record that it was made of.
    *change* is given the operation and the body of each answer, and gives the body that arrives.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._token = f"Bearer {sandbox.enable_access()['access_token']}"
        self._recorded: dict[str, tuple[int, bytes]] = {}
        self._marks = 0
        self.change: Change = lambda operation, body: body

    def __call__(self, *_arguments: object, **_settings: object) -> Wire:
        """Be what the line makes of us."""
        return self

    def call(self, name: str, /, **parameters: object) -> Any:
        asked = make_request(name, **parameters)
        if asked.key not in self._recorded:
            self._recorded[asked.key] = self._record(name, asked.path, dict(asked.query))
        status, recorded = self._recorded[asked.key]
        body = json.loads(recorded)
        if status == 200:
            body = self.change(name, body)
        return read_reply(asked, Reply(status, {}, json.dumps(body).encode()))

    def pages(self, name: str, limit: int | None, /, **parameters: object) -> Pages:
        return Pages(self.call, name, limit, parameters)

    def close(self) -> None:
        """Nothing is open."""

    def _record(self, name: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        headers = {"authorization": self._token}
        reply = self._sandbox._work(Request(OPERATIONS[name].method, path, query, headers))
        body = json.loads(reply.body)
        if reply.status == 200:
            self._cut(body["data"], _MOST.get(name, 3))
            self._mark(body["data"])
        return reply.status, json.dumps(body).encode()

    def _cut(self, data: Any, most: int) -> None:
        if isinstance(data, dict):
            data["cursor"] = None
            data = data.get("chainExecutors", [])
        del data[most:]

    def _mark(self, data: Any) -> None:
        for record in records(data):
            self._marks += 1
            record[MARK] = f"mark {self._marks}"


def records(data: Any) -> Iterator[dict[str, Any]]:
    """Every object that stands in a list, however deep."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for each in inner:
        if isinstance(data, list) and isinstance(each, dict):
            yield each
        yield from records(each)


def marks(data: Any) -> set[str]:
    """The marks of every record in some data."""
    own = [data] if isinstance(data, dict) else []
    return {str(record[MARK]) for record in (*own, *records(data)) if MARK in record}
