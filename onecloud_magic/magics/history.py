"""The history of a shell: where a text is taken out of it."""

from __future__ import annotations

import linecache
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["forget"]

_INSTEAD = "[secret]"
_LEFT = "It was taken out of the history, but stands where it was typed: delete it there"


def forget(shell: InteractiveShell, texts: Sequence[str]) -> str:
    """Replace *texts* in what the shell keeps of this session; says what is left to the user.

    That is `In`, `_ih`, `_i` and their like, the database of the history, and the sources that
    tracebacks quote. The cell in the browser, and copies of it, are beyond reach.
    """
    history: Any = shell.history_manager
    for kept in (history.input_hist_parsed, history.input_hist_raw):
        kept[:] = [_without(texts, each) for each in kept]
    for name in ("_i00", "_i", "_ii", "_iii"):
        setattr(history, name, _without(texts, getattr(history, name, "")))
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_i") and isinstance(value, str):
            shell.user_ns[name] = _without(texts, value)
    for name, entry in list(linecache.cache.items()):
        if len(entry) == 4 and any(text in "".join(entry[2]) for text in texts):
            lines = [_without(texts, each) for each in entry[2]]
            linecache.cache[name] = (entry[0], entry[1], lines, entry[3])
    _forget_typed(shell, texts)
    stored = _forget_stored(history, texts)
    return f"{_LEFT}{'.' if stored else ', and in the history file, which could not be changed.'}"


def _forget_stored(history: Any, texts: Sequence[str]) -> bool:
    """Replace them in the database, written or about to be; False where that failed."""
    if not getattr(history, "enabled", False):
        return True
    with suppress(sqlite3.Error, AttributeError):
        history.writeout_cache()
        # Else the old text stays readable in the free pages of the file.
        history.db.execute("PRAGMA secure_delete = ON")
        with history.db as database:
            for column in ("source", "source_raw"):
                for text in texts:
                    database.execute(
                        f"UPDATE history SET {column} = replace({column}, ?, ?)"  # noqa: S608  # ours
                        " WHERE session = ?",
                        (text, _INSTEAD, history.session_number),
                    )
        return True
    return False


def _forget_typed(shell: Any, texts: Sequence[str]) -> None:
    """Replace them in what the arrow keys of a terminal bring back."""
    typed = getattr(getattr(shell, "pt_app", None), "history", None)
    for name in ("_loaded_strings", "_storage"):
        kept = getattr(typed, name, None)
        if isinstance(kept, list):
            kept[:] = [_without(texts, each) for each in kept]


def _without(texts: Sequence[str], text: str) -> str:
    for each in texts:
        text = text.replace(each, _INSTEAD)
    return text
