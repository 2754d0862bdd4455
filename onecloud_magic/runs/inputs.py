"""The inputs of a start: what may be given, under which names, and what is a secret among them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..errors import UsageError
from .secrecy import HIDDEN, canonical, hidden, masked, names_a_secret

__all__ = ["Declared", "Inputs"]

_MOST = 60  # characters of a name in a message
_DEEPEST = 50


@dataclass(frozen=True)
class Declared:
    """What a chain says of the inputs that it takes: most hosts tell types, and no names."""

    names: tuple[str, ...] = ()
    secret: frozenset[str] = frozenset()
    any_secret: bool = False  # among those without a name

    @classmethod
    def from_wire(cls, chain: Mapping[str, Any]) -> Declared:
        """Read `runtime_inputs` of a chain; what is none is taken as nothing."""
        listed = chain.get("runtime_inputs")
        told = [each for each in _list(listed) if isinstance(each, dict)]
        names = [each["name"] for each in told if isinstance(each.get("name"), str)]
        secret = [each for each in told if names_a_secret(str(each.get("data_type") or ""))]
        return cls(
            tuple(names) if len(names) == len(told) else (),
            frozenset(each["name"] for each in secret if isinstance(each.get("name"), str)),
            any(not isinstance(each.get("name"), str) for each in secret),
        )


class Inputs(dict[str, Any]):
    """The inputs of one start, as they are sent; no repr of them shows a secret.

    *secret* are the keys that are declared to be secret.
    """

    def __init__(self, given: Mapping[str, Any], secret: frozenset[str] = frozenset()) -> None:
        super().__init__(given)
        self.secret = secret
        self._written: tuple[bytes, str] = (b"", "")

    @classmethod
    def read(cls, given: object) -> Inputs:
        """Take what people give: a mapping of text to JSON values, or None.

        Raises:
            UsageError: it is none, or holds what JSON cannot carry as it is.
        """
        if not isinstance(given, Mapping | None):
            raise _refused(
                f"inputs cannot be this {type(given).__name__:.{_MOST}}.",
                'Give a mapping of names to values, as {"period": "2026-10"}.',
            )
        return cls({_name(name): _plain(_name(name), each) for name, each in (given or {}).items()})

    def declared(self, chain: str, takes: Declared, before: Sequence[str]) -> Inputs:
        """The same under the names that the chain has, as far as anybody knows them.

        *before* are keys that it took before: they complete, and refuse nothing.

        Raises:
            UsageError: the chain names its inputs, and one is not among them.
        """
        spelt: dict[str, str] = {}
        for given in self:
            name = _matching(given, takes.names or before)
            if name is None and takes.names:
                raise UsageError(
                    f"{chain} has no input {given[:_MOST]!r}.", _offered(given, takes.names)
                )
            if (name := name or given) in spelt:
                raise UsageError(f"The input {name[:_MOST]!r} is given twice.")
            spelt[name] = given
        # Which of the keys that one without a name is, nobody can tell.
        secret = frozenset(spelt) if takes.any_secret else takes.secret
        return Inputs({name: self[given] for name, given in spelt.items()}, secret)

    def unchecked(self, takes: Declared, before: Sequence[str]) -> str:
        """What has to be said of keys that nobody could check; empty where all are known."""
        unknown = [name for name in self if name not in (takes.names or before)]
        if not unknown:
            return ""
        keys = ", ".join(name[:_MOST] for name in unknown[:6]) + (" …" if unknown[6:] else "")
        offered = f" Taken before: {', '.join(before[:8])}." if before else ""
        return f"The service gives inputs no names: {keys} could not be checked.{offered}"

    @property
    def shown(self) -> dict[str, Any]:
        """The inputs as they may be shown."""
        return hidden(self, self.secret)

    def written(self, salt: bytes, known: dict[str, str] | None = None) -> str:
        """The inputs as they are written down: the same text for the same inputs.

        Fingerprints are slow: they are made once, and in *known* for equal secrets of others.
        """
        if self._written[0] != salt:
            self._written = salt, canonical(masked(self, salt, self.secret, known))
        return self._written[1]

    def cleared(self, text: str) -> str:
        """The *text* of others without the values of those that are secret."""
        values = {form for each in _secrets(self, self.secret) for form in _forms(each)}
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"<Inputs {self.shown}>"


def _secrets(value: Any, secret: Collection[str] = (), within: bool = False) -> Iterator[Any]:
    """The single values that are secret, or in something that is."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _secrets(each, (), within or name in secret or names_a_secret(name))
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, (), within)
    elif within and value is not None and not isinstance(value, bool):
        yield value


def _forms(value: Any) -> set[str]:
    """How a value may stand in a text."""
    plain = str(value)
    written = {plain, json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1]}
    return {each for each in (*written, repr(plain)[1:-1], " ".join(plain.split())) if each}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _matching(given: str, names: Sequence[str]) -> str | None:
    """The name that was meant: the same one, else the only one in other letter case."""
    if given in names:
        return given
    alike = [name for name in names if name.casefold() == given.casefold()]
    return alike[0] if len(alike) == 1 else None


def _offered(given: str, names: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in names}
    near = [folded[each] for each in get_close_matches(given.casefold()[:_MOST], folded, n=3)]
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    return f"It has {', '.join(names)}." if names else "It has none."


def _name(given: object) -> str:
    if isinstance(given, str) and given.strip():
        return str(given)
    raise _refused(
        f"The name of an input cannot be {given!r:.{_MOST}}."
        if isinstance(given, str | int)
        else f"The name of an input cannot be this {type(given).__name__:.{_MOST}}.",
        "Give names as text.",
    )


def _plain(name: str, value: Any, deep: int = 0) -> Any:
    """A copy of what JSON carries as it is; the value stands in no message: it may be a secret."""
    if deep > _DEEPEST:
        raise _refused(f"The input {name[:_MOST]!r} is nested too deeply.")
    value = _unboxed(value)
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, list | tuple):
        return [_plain(name, each, deep + 1) for each in value]
    if isinstance(value, Mapping):
        return {_name(key): _plain(name, each, deep + 1) for key, each in value.items()}
    what = "that number" if isinstance(value, float) else f"this {type(value).__name__:.{_MOST}}"
    raise _refused(
        f"The input {name[:_MOST]!r} cannot be {what}.",
        "Inputs are text, numbers, true, false, null, and lists and mappings of those.",
    )


def _unboxed(value: Any) -> Any:
    """A number, truth or text of numpy as Python has it: what a cell of a frame gives is one."""
    numpy: Any = sys.modules.get("numpy")  # where it was never imported nothing is of it
    if numpy is None or not isinstance(value, numpy.number | numpy.bool_ | numpy.str_):
        return value
    # As it is written: 0.1 of 32 bits is 0.1.
    return float(str(value)) if isinstance(value, numpy.floating) else value.item()


def _refused(message: str, hint: str = "") -> UsageError:
    error = UsageError(message, hint)
    error.private = True  # the variables on its way hold what was given
    return error
