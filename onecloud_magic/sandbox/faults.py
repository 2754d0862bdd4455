"""Faults to switch on: each is a small callable around the work, named for what it does.

    sandbox.faults.add(status(502), path="/v1/metadata/*", times=2, after=1)

A fault is given the request and a function that does the work and returns the reply; it may
call that function or not, change the reply, or raise `Dropped` to close the connection.
Faults that fit the same request are nested, the first one added outermost.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from .messages import JSON, Reply, Request, json_reply

Work = Callable[[], Reply]
Fault = Callable[[Request, Work], Reply]


class Dropped(Exception):
    """The connection is closed without an answer."""


def latency(seconds: float, sleep: Callable[[float], object] = time.sleep) -> Fault:
    """Answer *seconds* late; other connections are served meanwhile."""

    def late(request: Request, work: Work) -> Reply:
        sleep(seconds)
        return work()

    return late


def status(code: int) -> Fault:
    """Answer with another status, the work not done: 502 as a gateway would."""
    return lambda request, work: json_reply({"error": f"Status {code}"}, code)


def drop_before_work() -> Fault:
    """Close the connection; nothing was done."""

    def drop(request: Request, work: Work) -> Reply:
        raise Dropped

    return drop


def drop_after_work() -> Fault:
    """Do the work, and close the connection instead of answering."""

    def drop(request: Request, work: Work) -> Reply:
        work()
        raise Dropped

    return drop


def truncated_body(keep: float = 0.5) -> Fault:
    """Promise the whole body, send this share of it, and close the connection."""

    def cut(request: Request, work: Work) -> Reply:
        reply = work()
        return replace(reply, cut=int(len(reply.body) * keep))

    return cut


def html_instead(code: int = 200) -> Fault:
    """Do the work, and answer with a page of HTML, as a proxy's login page would."""
    page = b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"
    return _reworked(
        lambda reply: replace(reply, status=code, body=page, headers=_typed("text/html", reply))
    )


def empty_body() -> Fault:
    """Do the work, and answer without a body."""
    return _reworked(lambda reply: replace(reply, body=b""))


def bare_list() -> Fault:
    """Answer with what stands under `data`, without the object around it."""
    return _with_data(lambda reply, body: replace(reply, body=json.dumps(body).encode()))


def redirect(to: str, code: int = 302) -> Fault:
    """Answer with a redirect to *to*, the work not done."""
    return lambda request, work: Reply(code, b"", {"Location": to, "Content-Type": JSON})


def quota_nearly_spent(burst: int = 1, daily: int = 1) -> Fault:
    """Do the work, and tell these figures in the quota headers."""
    told = {"oc-api-burst-remaining": str(burst), "oc-api-daily-remaining": str(daily)}
    return _reworked(lambda reply: replace(reply, headers={**reply.headers, **told}))


def header_missing(name: str) -> Fault:
    """Do the work, and leave a header out of the answer."""

    def without(reply: Reply) -> Reply:
        kept = {key: value for key, value in reply.headers.items() if key.lower() != name.lower()}
        return replace(reply, headers=kept)

    return _reworked(without)


def without_metadata(environment: str | int) -> Fault:
    """Do the work, and answer 201 with the chain's place in *environment*.

    `importChain` and `publishChain` may answer so.
    """
    message = "Operation succeeded, but an additional request failed."

    def created(reply: Reply, chain: Any) -> Reply:
        if not isinstance(chain, dict) or "id" not in chain:
            return reply
        where = f"/v1/metadata/environment/{environment}/chain/{chain['id']}"
        said = {"message": message, "id": chain["id"], "url": where}
        headers = {**reply.headers, "Location": where}
        return replace(json_reply({"data": said}, 201), headers=headers)

    return _with_data(created)


def _reworked(change: Callable[[Reply], Reply]) -> Fault:
    return lambda request, work: change(work())


def _with_data(change: Callable[[Reply, Any], Reply]) -> Fault:
    """Change replies that have `data`; others, a refusal or a file, pass as they are."""

    def changed(reply: Reply) -> Reply:
        if reply.headers.get("Content-Type") != JSON:
            return reply
        body = json.loads(reply.body)
        return change(reply, body["data"]) if "data" in body else reply

    return _reworked(changed)


def _typed(kind: str, reply: Reply) -> dict[str, str]:
    return {**reply.headers, "Content-Type": kind}


@dataclass
class _Switched:
    fault: Fault
    path: str
    method: str
    times: float
    after: int

    def due(self, request: Request) -> bool:
        """Whether it fits, counting down first *after* and then *times*."""
        if not fnmatchcase(request.path, self.path) or not fnmatchcase(request.method, self.method):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return self.times >= 0


@dataclass
class Faults:
    """The faults that are switched on."""

    _switched: list[_Switched] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(
        self,
        fault: Fault,
        path: str = "*",
        method: str = "*",
        times: float = float("inf"),
        after: int = 0,
    ) -> None:
        """Switch *fault* on for requests whose path and method fit these patterns (fnmatch).

        The first *after* of them are spared, the next *times* are hit.
        """
        with self._lock:
            self._switched.append(_Switched(fault, path, method, times, after))

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._switched.clear()

    def around(self, request: Request, work: Work) -> Work:
        """Wrap *work* in the faults that are due for *request*."""
        with self._lock:
            due = [switched.fault for switched in self._switched if switched.due(request)]
        for fault in reversed(due):
            work = partial(fault, request, work)
        return work
