"""The history of a shell: where a text is taken out of it."""

from __future__ import annotations

import linecache
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["forget"]

_INSTEAD = "[secret]"
_GONE = "It was taken out of the history, but stands where it was typed: delete it there."
_LEFT = "It could not be taken out of the history as a whole: delete it there, and where it stands."
_Clean = Callable[[str], str]


def forget(shell: InteractiveShell, line: str, texts: Sequence[str]) -> str:
    """Take *line* out of the cell that is running, and *texts* out of the session.

    That is `In`, `_ih`, `_i` and their like, the database of the history, the sources that
    tracebacks quote, and the arrow keys of a terminal. The cell in the browser, and copies of it,
    are beyond reach. Says what is left to the user.
    """
    history: Any = shell.history_manager
    typed = history.input_hist_raw[-1] if history.input_hist_raw else ""
    parsed = history.input_hist_parsed[-1] if history.input_hist_parsed else ""

    def clean(text: str) -> str:
        # The line says all that is in it, however it was quoted; elsewhere only what is certain.
        return _without([line, *texts] if text in (typed, parsed) else texts, text)

    _forget_kept(shell, clean)
    _forget_typed(shell, clean)
    stored = _forget_stored(history, clean)
    left = [*history.input_hist_raw, *history.input_hist_parsed]
    return _GONE if stored and not any(each in one for each in texts for one in left) else _LEFT


def _forget_kept(shell: InteractiveShell, clean: _Clean) -> None:
    history: Any = shell.history_manager
    for kept in (history.input_hist_parsed, history.input_hist_raw):
        kept[:] = map(clean, kept)
    for name in ("_i00", "_i", "_ii", "_iii"):
        setattr(history, name, clean(getattr(history, name, "")))
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_i") and isinstance(value, str):
            shell.user_ns[name] = clean(value)
    for name, entry in list(linecache.cache.items()):
        if len(entry) == 4:
            source = "".join(entry[2])
            lines = clean(source.rstrip("\n")).splitlines(keepends=True)
            if lines != source.rstrip("\n").splitlines(keepends=True):
                linecache.cache[name] = (entry[0], entry[1], lines, entry[3])


def _forget_stored(history: Any, clean: _Clean) -> bool:
    """Replace it in the database, written or about to be; False where that failed."""
    if not getattr(history, "enabled", False):
        return True
    with suppress(sqlite3.Error, AttributeError):
        history.writeout_cache()
        # Else the old text stays readable in the free pages of the file.
        history.db.execute("PRAGMA secure_delete = ON")
        with history.db as database:
            rows = database.execute(
                "SELECT line, source, source_raw FROM history WHERE session = ?",
                (history.session_number,),
            ).fetchall()
            for number, source, raw in rows:
                database.execute(
                    "UPDATE history SET source = ?, source_raw = ? WHERE session = ? AND line = ?",
                    (clean(source), clean(raw), history.session_number, number),
                )
        return True
    return False


def _forget_typed(shell: Any, clean: _Clean) -> None:
    """Replace it in what the arrow keys of a terminal bring back."""
    typed = getattr(getattr(shell, "pt_app", None), "history", None)
    for name in ("_loaded_strings", "_storage"):
        kept = getattr(typed, name, None)
        if isinstance(kept, list):
            kept[:] = map(clean, kept)


def _without(texts: Sequence[str], text: str) -> str:
    for each in texts:
        for form in _forms(each):
            text = text.replace(form, _INSTEAD)
    return text


def _forms(text: str) -> Iterator[str]:
    """The text, and how it stands in the Python that a line of a cell becomes."""
    if text.strip():
        yield text.strip()
        yield repr(text.strip())[1:-1]
        yield text.strip().replace("\\", "\\\\").replace("'", "\\'")
