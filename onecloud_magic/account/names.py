"""From what people give (a name, an id, a path, a row of a frame) to what they mean.

What is given is held against ids first, then against full paths, then against names; letter
case is ignored where that leaves one spelling. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..api import Record
from ..errors import Ambiguous, NotFound, UsageError
from ..runs import ChainRun
from .given import has_controls, shown, whole

_LONGEST = 1_000
_TABLES = {
    "workspace": "workspaces",
    "environment": "environments",
    "chain": "chains",
    "run": "runs",
    "user": "users",
    "group": "groups",
}
_WAYS = {
    "run": "id",
    "workspace": "id or name",
    "user": "id, e-mail or name",
    "group": "id or name",
}
# A run is asked for at once, by its id: what could be read as more of an address is none.
_RUN_ID = re.compile(r"[\w.:~+=-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: a text, or with *is_id* the id of a row and nothing else."""

    text: str
    is_id: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Something that the service knows under an id and a name, inside of *home*.

    *also* are other names that it answers to: the e-mail of a user.
    """

    id: str
    name: str
    record: Record
    home: Named | None = None
    also: tuple[str, ...] = ()

    @property
    def line(self) -> tuple[Named, ...]:
        """Where it stands: its workspace, its environment, down to itself."""
        return (*self.home.line, self) if self.home else (self,)

    @property
    def path(self) -> str:
        """The names from the workspace down, with slashes between; a name may contain some."""
        return "/".join(each.name for each in self.line)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)


def wanted(kind: str, given: object) -> Wanted:
    """Read what was given for a *kind* (workspace, environment, chain, run, user, group).

    Raises:
        UsageError: nothing that could be a name or an id, or a row that has none of that kind.
    """
    if isinstance(given, str):
        return Wanted(_sendable(kind, given))
    if kind == "run" and isinstance(given, ChainRun):
        return Wanted(given.id, is_id=True)
    if (number := whole(given)) is not None:
        return Wanted(str(number))
    row = _fields(given)
    if row is None:
        raise UsageError(f"{kind} cannot be {shown(given)}.", _how(kind))
    return Wanted(_sendable(kind, _id_in(kind, row, given)), is_id=True)


def find(kind: str, asked: Wanted, among: Sequence[Named]) -> list[Named]:
    """Everything that *asked* fits, for reads: a name that fits several means all of them.

    Raises:
        NotFound: nothing fits; it has the near names.
    """
    found = located(asked, among)
    if not found and not asked.is_id:
        found = _matching(asked.text, _spelt(among))
    if not found:
        raise NotFound(kind, asked.text, () if asked.is_id else _near(asked.text, among))
    return found


def located(asked: Wanted, among: Sequence[Named]) -> list[Named]:
    """What has that id or that full path, which say where it is; a name does not."""
    found = [each for each in among if each.id == asked.text]
    if found or asked.is_id:
        return found
    return _matching(asked.text, [(each.path, each) for each in among])


def find_one(kind: str, asked: Wanted, among: Sequence[Named]) -> Named:
    """The one thing that *asked* fits, for acts and wherever one is needed.

    Raises:
        NotFound: nothing fits; it has the near names.
        Ambiguous: several fit; it has their paths.
    """
    found = find(kind, asked, among)
    if len(found) > 1:
        raise Ambiguous(kind, asked.text, sorted(each.path for each in found))
    return found[0]


def id_of(record: Record) -> str:
    """The id of a record as text; empty where it has none that could be asked for."""
    given = record.get("id")
    usable = isinstance(given, str | int) and not isinstance(given, bool)
    return str(given) if usable else ""


def name_of(record: Record) -> str:
    """The name of a record; empty where it has none."""
    given = record.get("name")
    return given if isinstance(given, str) else ""


def _spelt(among: Iterable[Named]) -> list[tuple[str, Named]]:
    return [(name, each) for each in among for name in each.names if name]


def _matching(text: str, spelt: Iterable[tuple[str, Named]]) -> list[Named]:
    """What is spelt like *text*: exactly, else in other letter case if that is one spelling."""
    spelt = list(spelt)
    exact = [each for name, each in spelt if name == text]
    if exact:
        return exact
    folded = text.casefold()
    alike = [(name, each) for name, each in spelt if name.casefold() == folded]
    return [each for _, each in alike] if len({name for name, _ in alike}) == 1 else []


def _near(text: str, among: Iterable[Named]) -> list[str]:
    """The names that come near: in their letters, or because they begin with the text."""
    names = {name.casefold(): name for name, _ in _spelt(among)}
    folded = text.casefold()[:100]
    close = get_close_matches(folded, names, n=3)
    close += [each for each in names if each.startswith(folded) and each not in close]
    return [names[each] for each in close[:3]]


def _fields(given: object) -> Mapping[str, Any] | None:
    """The fields of a row, however it was taken out of its frame; None where it is no row."""
    if isinstance(given, Mapping):
        return given
    if isinstance(given, tuple) and hasattr(given, "_asdict"):
        return dict(given._asdict())
    if type(given).__name__ == "Series" and hasattr(given, "to_dict"):
        return dict(given.to_dict())
    return None


def _id_in(kind: str, row: Mapping[str, Any], given: object) -> str:
    """The id of that kind in a row: the row's own, where its frame is of that kind."""
    attrs = getattr(given, "attrs", None)
    facts = attrs.get("onecloud") if isinstance(attrs, Mapping) else None
    table = str(facts.get("table", ""))[:80] if isinstance(facts, Mapping) else ""
    value = row.get("id" if table == _TABLES[kind] else f"{kind}_id")
    if isinstance(value, str) and value:
        return value
    if (number := whole(value)) is not None:
        return str(number)
    raise UsageError(
        f"That row{f' of {table}' if table else ''} does not tell the id of {_a(kind)}.",
        f"Give a row of {_TABLES[kind]} (frame.iloc[0]), or the {kind}'s id.",
    )


def _sendable(kind: str, text: str) -> str:
    """The text, unless it cannot be a name or an id; said before any call is made."""
    if not text.strip() or len(text) > _LONGEST:
        what = f"a text of {len(text):,} characters" if text.strip() else "an empty text"
        raise UsageError(f"{kind} cannot be {what}.", _how(kind))
    if has_controls(text):
        raise UsageError(f"{kind} cannot be {shown(text)}: it has control characters.", _how(kind))
    if kind == "run" and not _RUN_ID.fullmatch(text):
        raise UsageError(f"run cannot be {shown(text)}: that is no id.", _how(kind))
    return text


def _how(kind: str) -> str:
    ways = _WAYS.get(kind, "id, name or path")
    return f"Give the {kind}'s {ways}, or a row of a frame (frame.iloc[0])."


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
