"""How each kind of column is read: lists of the wire's values become one array of a fixed dtype.

This takes two steps: each list is packed into cells while it is warm in the processor's cache; at
last the array of a column is built from all its packs. `None` is missing in every kind. What a kind
cannot read raises `Unreadable`: nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from itertools import count
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

__all__ = [
    "CLOCK",
    "COUNT",
    "DAYS",
    "DURATION",
    "FLAG",
    "ID",
    "JSON",
    "SIZE",
    "TEXT",
    "TIME",
    "Cells",
    "Kind",
    "Unreadable",
    "one_of",
    "sort_of",
]

Values = Sequence[Any]
Cells = Any  # an array of numpy's, or of pandas' for texts

STRING = pd.StringDtype()
STRINGS: Any = STRING.construct_array_type()
IN_ARROW = STRING.storage == "pyarrow"
MOMENT = pd.DatetimeTZDtype("us", "UTC")

# Numpy alone would also take "now", "2018", a zone, and years of so many digits that they overflow.
PLAIN_TIMES = re.compile(
    r"(?:(?!0000)\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6}+)?+\n)*+", re.ASCII
)
INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)
# JSON may escape one half of a surrogate pair; no file and no screen takes it.
HALF_A_PAIR = re.compile("[\ud800-\udfff]")
# 1 and 0 are among them: they equal True and False.
FLAGS = {True: 1, False: 0, "true": 1, "false": 0, None: -1}
# As NaT among times: the one number that stands for a missing one.
NO_NUMBER = np.iinfo(np.int64).min
SORTS = {
    bool: "a boolean",
    dict: "an object",
    float: "a number",
    int: "a number",
    list: "a list",
    str: "a text",
    tuple: "hours, minutes and seconds",
    type(None): "null",
}


class Unreadable(ValueError):
    """A value that its column cannot hold; `str(error)` says what it was: "a list"."""

    def __init__(self, value: Any) -> None:
        super().__init__(sort_of(value))


def sort_of(value: Any) -> str:
    """What a value of the wire is, in words; never the value itself, which may be a secret."""
    return SORTS.get(type(value), "no JSON")


def _refuse(_: Any) -> NoReturn:
    raise TypeError


@dataclass(frozen=True)
class Kind:
    """One kind of column.

    Attributes:
        noun: what its values are, in words: "a time".
        dtype: of its array, always.
        pack: from values as the contract has them, and `None`, to cells; a `TypeError` for others.
        build: from packs of cells, at least one, to the array.
        convert: from any value to one that can be packed.
    """

    noun: str
    dtype: str
    pack: Callable[[Values], Cells]
    build: Callable[[list[Cells]], ExtensionArray]
    convert: Callable[[Any], Any] = _refuse

    def read(self, values: Values) -> Cells:
        """Make cells of *values*; raises `Unreadable`."""
        try:
            try:
                return self.pack(values)
            except TypeError:
                return self.pack(self._converted(values))
        except (LookupError, OverflowError, RecursionError, TypeError, ValueError):
            # The one that cannot be read among others cannot be read alone.
            for value in values if len(values) > 1 else ():
                self.read([value])
            raise Unreadable(values[0]) from None

    def _converted(self, values: Values) -> Values:
        missing, convert = pd.NA, self.convert
        return [None if v is None or v is missing else convert(v) for v in values]


def _are(kind: type, values: Values) -> bool:
    return {kind, type(None)}.issuperset(map(type, values))


def _whole(texts: Values) -> Values:
    if all(map(str.isascii, [text for text in texts if text is not None])):
        return texts
    return [text and HALF_A_PAIR.sub("\ufffd", text) for text in texts]


def _pack_texts(texts: Values) -> Cells:
    cells = np.array(_whole(texts), object)
    # Arrow copies each text, and does so faster while they are warm.
    return pd.array(cells, dtype=STRING) if IN_ARROW else cells


def _pack_ids(ids: Values) -> Cells:
    # On the older host all are numbers: too many to convert one by one.
    if _are(int, ids):
        ids = [None if number is None else str(number) for number in ids]
    return _pack_texts(ids)


def _build_texts(packs: list[Cells]) -> ExtensionArray:
    if IN_ARROW:
        strings: ExtensionArray = STRINGS._concat_same_type(packs)
        return strings
    return pd.array(np.concatenate(packs), dtype=STRING, copy=False)


def _pack_words(codes: Mapping[str | None, int], words: Values) -> Cells:
    try:
        return np.fromiter(map(codes.__getitem__, words), np.int32, len(words))
    except KeyError:
        return np.array([codes.get(text, text) for text in _whole(words)], object)


def _build_words(known: pd.CategoricalDtype, packs: list[Cells]) -> ExtensionArray:
    cells = np.concatenate(packs)
    if cells.dtype == object:  # unknown words stand among the codes
        unknown = [cell for cell in dict.fromkeys(cells) if isinstance(cell, str)]
        codes = dict(zip(unknown, count(len(known.categories)), strict=False))
        known = pd.CategoricalDtype([*known.categories, *unknown])
        cells = np.array([codes.get(cell, cell) for cell in cells], np.int32)
    return pd.Categorical.from_codes(cells, dtype=known)


def _pack_times(texts: Values) -> Cells:
    given = [text for text in texts if text is not None]
    lines = "\n".join([*given, ""])
    if lines.count("\n") == len(given) and PLAIN_TIMES.fullmatch(lines):
        # A None in their midst would make numpy ten times slower.
        return np.array([text or "NaT" for text in texts], "M8[us]")
    return np.array([_moment(text) for text in texts], "M8[us]")


def _moment(text: str | None) -> np.datetime64:
    if not text:
        return np.datetime64("NaT", "us")
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(moment, "us")


def _build_times(packs: list[Cells]) -> ExtensionArray:
    return pd.array(np.concatenate(packs), dtype=MOMENT)


def _pack_integers(numbers: Values) -> Cells:
    if not _are(int, numbers):
        raise TypeError
    if NO_NUMBER in numbers:
        raise OverflowError  # as numpy does for those beyond it
    return np.array([NO_NUMBER if number is None else number for number in numbers], np.int64)


def _build_integers(packs: list[Cells]) -> ExtensionArray:
    numbers = np.concatenate(packs)
    return pd.arrays.IntegerArray(numbers, numbers == NO_NUMBER)


def _pack_sizes(lists: Values) -> Cells:
    if not _are(list, lists):
        raise TypeError
    return np.array([NO_NUMBER if items is None else len(items) for items in lists], np.int64)


def _pack_flags(flags: Values) -> Cells:
    return np.fromiter(map(FLAGS.__getitem__, flags), np.int8, len(flags))


def _build_flags(packs: list[Cells]) -> ExtensionArray:
    flags = np.concatenate(packs)
    return pd.arrays.BooleanArray(flags == 1, flags < 0)


def _to_json(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _to_text(value: Any) -> str:
    return _refuse(value) if isinstance(value, list | dict) else _to_json(value)


def _to_id(value: Any) -> str:
    return str(value) if type(value) in (int, str) else _refuse(value)


def _to_integer(value: Any) -> int:
    return value if type(value) is int or not INTEGER.fullmatch(value) else int(value)


def _to_days(days: Any) -> Any:
    if not isinstance(days, list):
        return days
    return ", ".join(TEXT.read([day for day in days if day is not None]))


def _to_clock(parts: Any) -> str | None:
    if parts[0] is None:
        return None
    numbers = COUNT.read([0 if part is None else part for part in parts])
    return time(*numbers.tolist()).isoformat()


ID = Kind("an id", "string", _pack_ids, _build_texts, _to_id)
TEXT = Kind("a text", "string", _pack_texts, _build_texts, _to_text)
JSON = Kind("a value", "string", _pack_texts, _build_texts, _to_json)
DAYS = Kind("a list of days", "string", _pack_texts, _build_texts, _to_days)
CLOCK = Kind("a time of day", "string", _pack_texts, _build_texts, _to_clock)
TIME = Kind("a time", "datetime64[us, UTC]", _pack_times, _build_times)
COUNT = Kind("a count", "Int64", _pack_integers, _build_integers, _to_integer)
SIZE = Kind("a list", "Int64", _pack_sizes, _build_integers)
FLAG = Kind("a boolean", "boolean", _pack_flags, _build_flags)
DURATION = Kind("a duration", "timedelta64[us]", _refuse, _refuse)  # computed, never read


def one_of(*known: str) -> Kind:
    """A kind for words of a fixed list, which come first among the categories; others follow."""
    codes = dict(zip(known, count(), strict=False)) | {None: -1}
    build = partial(_build_words, pd.CategoricalDtype(list(known)))
    return Kind("a word", "category", partial(_pack_words, codes), build, _to_text)
