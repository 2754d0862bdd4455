"""What goes over the wire: a request, a reply, and the ways to make and to read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any
from urllib.parse import parse_qsl

JSON, PLAIN = "application/json", "text/plain; charset=utf-8"
MOST_BYTES = 64 * 2**20  # the largest body that is read


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it came: *path* is still quoted, header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; *cut* is the number of body bytes after which the connection is dropped."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


class Refused(Exception):
    """The service says no: a status, the short `error` and the longer `error_description`."""

    def __init__(self, status: int, error: str, description: str, **headers: str) -> None:
        self.status, self.error, self.description = status, error, description
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.plain = False
        super().__init__(f"{status} {error}: {description}")

    def reply(self) -> Reply:
        if self.plain:
            return Reply(
                self.status, self.description.encode(), {"Content-Type": PLAIN, **self.headers}
            )
        body = {"error": self.error, "error_description": self.description}
        return json_reply(body, self.status, **self.headers)


def json_reply(body: object, status: int = 200, **headers: str) -> Reply:
    """Make a reply of *body* as JSON."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    # Half a surrogate pair can come in as JSON, and must not break the answers it comes out in.
    return Reply(status, text.encode("utf-8", "replace"), {"Content-Type": JSON, **headers})


def data(body: object) -> Reply:
    """Make the reply that nearly all operations give: `{"data": …}`."""
    return json_reply({"data": body})


def body_length(headers: Mapping[str, str]) -> int | None:
    """Read how long the body is, or None where the headers do not tell (RFC 9112, 6.3)."""
    text = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not text.isascii() or not text.isdigit():
        return None
    return int(text) if len(text) < 10 and int(text) <= MOST_BYTES else None


def read_query(text: str) -> dict[str, str]:
    """Read a query string; a name given several times becomes one list with commas."""
    query: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    return query


def read_object(request: Request) -> dict[str, Any]:
    """Read the body as one JSON object; an empty body is an empty one."""
    if not request.body.strip():
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400, "Bad Request", "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "Bad Request", "The body is no JSON object.")
    return body


def read_form(request: Request) -> dict[str, str]:
    """Read a body that is a JSON object or a form: OAuth clients send either (RFC 6749, 4)."""
    if "json" in request.headers.get("content-type", ""):
        return {name: str(value) for name, value in read_object(request).items()}
    return read_query(request.body.decode("utf-8", "replace"))


def read_parts(request: Request) -> dict[str, bytes]:
    """Read a `multipart/form-data` body: the bytes of each part by its name (RFC 7578)."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Refused(400, "Bad Request", "The body is no multipart/form-data.")
    # The newer policies parse headers more strictly, and fall over some that are malformed.
    whole = BytesParser(policy=compat32).parsebytes(
        b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + request.body
    )
    if not whole.is_multipart():
        raise Refused(400, "Bad Request", "The multipart body cannot be read.")
    parts = [part for part in whole.get_payload() if isinstance(part, Message)]
    return {_name(part): _bytes(part) for part in parts}


def _name(part: Message) -> str:
    return str(part.get_param("name", "", header="content-disposition"))


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
