"""The rows of a frame as the inputs of starts: each column is an input, each cell a JSON value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .inputs import Inputs

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ADDED", "OUTPUT", "inputs_of_rows"]

ADDED = (
    *("run_id", "run_state", "run_ok", "run_start_at", "run_end_at", "run_duration"),
    "run_error",
)
OUTPUT = "output."
_MOST = 60  # characters of a name in a message


def inputs_of_rows(frame: Any) -> list[Inputs]:
    """Read the inputs of each row; what is missing is null, times are ISO text.

    Raises:
        UsageError: *frame* is no frame, its columns cannot be inputs, or a cell cannot be sent:
            that is named by its row and column, and its value stands in no message.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise _refused(
            f"frame cannot be this {type(frame).__name__:.{_MOST}}.",
            "Give a DataFrame: a run for each row, its columns are the inputs.",
        )
    names = list(_names(frame))
    columns = [list(_cells(frame, place, name)) for place, name in enumerate(names)]
    every = zip(*columns, strict=True) if columns else ((),) * len(frame)
    return [Inputs(dict(zip(names, row, strict=True))) for row in every]


def _names(frame: pd.DataFrame) -> Iterator[str]:
    """The columns, each of which is the name of an input."""
    seen: set[str] = set()
    for name in frame.columns:
        if name in ADDED or str(name).startswith(OUTPUT):
            raise _refused(
                f"The column {name!r:.{_MOST}} is one that the result has, and no input.",
                "Is it a result already? frame.drop(columns=[...]) takes such columns out.",
            )
        try:
            Inputs.read({name: None})
        except UsageError as error:
            raise _refused(f"A column cannot be an input. {error}", error.hint) from None
        if name in seen:
            raise _refused(f"The column {name!r:.{_MOST}} is there twice.", "Name each one once.")
        seen.add(name)
        yield name


def _cells(frame: pd.DataFrame, place: int, name: str) -> Iterator[Any]:
    for row, value in zip(frame.index, frame.iloc[:, place].array, strict=True):
        try:
            plain = Inputs.read({name: _plain(value)})[name]
        except UsageError as error:
            where = f"Row {row!s:.{_MOST}}, column {name:.{_MOST}}"
            raise _refused(f"{where}: {error}", f"Nothing was started. {error.hint}") from None
        yield plain


def _plain(value: Any) -> Any:
    """What JSON has for what is missing, for times and for arrays; others as they are."""
    import numpy as np
    import pandas as pd

    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(each) for each in value]
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, np.datetime64):
        return pd.Timestamp(value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, pd.Period):
        return str(value)
    return value


def _refused(message: str, hint: str) -> UsageError:
    error = UsageError(message, hint)
    error.private = True  # the variables on its way hold what was given
    return error
