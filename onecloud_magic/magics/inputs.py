"""What a chain is started with, as it is typed: `-i key=text`, `-i key:=JSON`, or a body in YAML.

YAML is read as version 1.2 has it: 012345, 2026-01-31, 12:30 and `no` are text, since they are
account numbers, dates and countries. JSON is YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..api.words import one_line
from ..errors import UsageError

if TYPE_CHECKING:
    import yaml

__all__ = ["inputs_of", "spelt_out"]

_PAIR = re.compile(r"([^=]*?)(:?=)(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_HOW = "As in -i period=2026-11, or -i limit:=5 for JSON."
_BODY = "Write a line for each input, as in period: 2026-11."
_WHOLE, _POWER = r"[-+]?(?:0|[1-9][0-9]*)", r"[eE][-+]?[0-9]+"
_KINDS = {
    "null": (r"|~|null|Null|NULL", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (_WHOLE, "-+0123456789"),
    "float": (
        r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)",
        "-+0123456789",
    ),
}


def inputs_of(
    pairs: Sequence[str], body: str | None, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The inputs of a start; a pair beats the same key in the body.

    A value of the body that is exactly `$name` is the value of that variable.

    Raises:
        UsageError: a pair or the body cannot be read, or there is no such variable.
    """
    told: dict[str, Any] = {}
    for pair in pairs:
        key, value = _pair(pair)
        if key in told:
            raise UsageError(f"The input {key!r:.60} is given twice.", "Give it once.")
        told[key] = value
    return {**_filled(_mapping(body or ""), variables), **told}


def spelt_out(pairs: Sequence[str], body: str | None) -> list[str]:
    """The keys whose values stand where they were typed, and not in a variable."""
    in_body = [
        key
        for key, value in _mapping(body or "").items()
        if not (isinstance(value, str) and _VARIABLE.fullmatch(value))
    ]
    return [*(_pair(each)[0] for each in pairs), *in_body]


def _pair(text: str) -> tuple[str, Any]:
    found = _PAIR.fullmatch(text)
    if found is None or not found[1].strip():
        raise UsageError(f"-i cannot be {text!r:.60}.", _HOW)
    key, value = found[1].strip(), found[3]
    if found[2] == "=":
        return key, value
    try:
        return key, json.loads(value, parse_constant=_no_json)
    except ValueError as error:
        raise UsageError(f"The value of {key!r:.60} is no JSON: {error}.", _HOW) from None


def _mapping(body: str) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        read = json.loads(body, object_pairs_hook=_once, parse_constant=_no_json)
    except ValueError:
        read = _yaml(body)
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise UsageError("The cell names no inputs: it is no mapping.", _BODY)
    return read


def _no_json(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, value in pairs:
        if key in told:
            raise UsageError(f"The input {key!r:.60} is given twice.", "Give it once.")
        told[key] = value
    return told


def _yaml(body: str) -> Any:
    import yaml

    try:
        return yaml.load(body, _loader())  # noqa: S506  # a SafeLoader of fewer types
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" in line {mark.line + 1}" if mark else ""
        why = one_line(str(error.problem or error.context or "it cannot be read"))
        raise UsageError(f"The cell cannot be read{where}: {why}.", _BODY) from None
    except UsageError:
        raise
    except Exception as error:  # what a tag does not fit ends in whatever it does
        raise UsageError(f"The cell cannot be read: {one_line(str(error))}.", _BODY) from None


def _loader() -> type[yaml.SafeLoader]:
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML 1.2, and of its types those that JSON has; keys are text."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # as the library wants it

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            pairs = [(_key(key), self.construct_object(value, True)) for key, value in node.value]
            return _once(pairs)

        def construct_yaml_map(self, node: Any) -> Any:
            return self.construct_mapping(node)

    Loader.add_constructor("tag:yaml.org,2002:map", Loader.construct_yaml_map)
    for name, (pattern, first) in _KINDS.items():
        Loader.add_implicit_resolver(
            f"tag:yaml.org,2002:{name}",
            re.compile(rf"(?:{pattern})\Z"),
            [*first, *([""] * (name == "null"))],
        )
    return Loader


def _key(node: Any) -> str:
    if not isinstance(node.value, str):
        raise UsageError("The name of an input has to be text.", _BODY)
    return str(node.value)


def _filled(value: Any, variables: Mapping[str, Any]) -> Any:
    """The value with the variables in their places."""
    if isinstance(value, dict):
        return {key: _filled(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, variables) for each in value]
    found = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    if found[1] not in variables:
        raise UsageError(
            f"There is no variable {found[1]!r:.60}.", "Make it first, or spell it out."
        )
    return variables[found[1]]
