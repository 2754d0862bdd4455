"""The service's own words where it refuses, made fit for one line of a message."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

__all__ = ["one_line", "words_in"]

_MOST = 300


def words_in(body: bytes) -> str | None:
    """Give what the body of a refusal says: `error` and `error_description`, or plain text.

    Empty where it gives no reason; None where it cannot be read, as half an answer or a web page.
    """
    try:
        text = body.decode("utf-8-sig")
        said = json.loads(text)
    except UnicodeDecodeError:
        return None
    except (ValueError, RecursionError):
        # Mapping groups and gateways answer in plain text; half a JSON or a web page is no words.
        return one_line(text) if text.strip() and text.lstrip()[0] not in '<{["' else None
    return one_line(": ".join(_said(said)))


def one_line(text: str) -> str:
    """The text as one line without control characters, cut where it is too long to read."""
    kept = "".join(
        " " if unicodedata.category(one)[0] in "CZ" else one for one in text[: 4 * _MOST]
    )
    line = " ".join(kept.split())
    return line if len(line) <= _MOST else line[: _MOST - 1] + "…"


def _said(said: Any) -> list[str]:
    if isinstance(said, str):
        return [said]
    if not isinstance(said, dict):
        return []
    told = [said.get("error"), said.get("error_description"), *_lines(said.get("errors"))]
    return [one for one in told if isinstance(one, str) and one]


def _lines(errors: Any) -> list[str]:
    """What a refused upload of mapping rules says, line by line."""
    listed = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return [f"line {one.get('lineNumber')}: {one.get('error')}" for one in listed]
