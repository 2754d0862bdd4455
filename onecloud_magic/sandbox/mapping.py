"""Mapping groups and their rules. The contract leaves the file's form open; here it is CSV.

A line `type,source,target` heads it; *type* is LIKE, EXACT or REGEX.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

TYPES = ("LIKE", "EXACT", "REGEX")
HEADER = ["type", "source", "target"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what *source* is mapped to."""

    type: str
    source: str
    target: str


@dataclass
class MappingGroup:
    """A mapping group with its two versions."""

    guid: str
    published: list[Rule] = field(default_factory=lambda: [Rule("LIKE", "4%", "Revenue")])
    draft: list[Rule] | None = None


class Flawed(Exception):
    """The file has errors: pairs of a line's number (None for the whole file) and the words."""

    def __init__(self, errors: Sequence[tuple[int | None, str]]) -> None:
        self.errors = errors
        super().__init__(errors)


def read_rules(file: bytes) -> list[Rule]:
    """Read a file of rules, or raise `Flawed` with every line that is wrong."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        # A quoted cell may hold line breaks: the reader knows on which line a row ended.
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise Flawed([(reader.line_num, f"The line cannot be read as CSV: {error}")]) from None
    if not rows or [name.strip().lower() for name in rows[0][1]] != HEADER:
        raise Flawed([(1, "The first line must be: type,source,target")])
    errors = [(number, words) for number, row in rows[1:] if row and (words := _error(row))]
    if errors:
        raise Flawed(errors)
    return [Rule(*row) for _, row in rows[1:] if row]


def _text(file: bytes) -> str:
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Flawed([(None, f"The file is no UTF-8 text: {error}")]) from None


def _error(row: list[str]) -> str:
    if len(row) != 3:
        return f"3 columns are needed, {len(row)} were found"
    kind, source, target = row
    if kind not in TYPES:
        return f"Type must be one of {', '.join(TYPES)}"
    if not source or not target:
        return "Source and target must not be empty"
    if kind == "REGEX":
        try:
            re.compile(source)
        except (re.error, OverflowError, RecursionError) as error:
            return f"Source is no regular expression: {error}"
    return ""
