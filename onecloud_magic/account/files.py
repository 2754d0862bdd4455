"""What each account has once in this process, whatever profile it is used by: pace and answers."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..api import TABLES, FileLedger, Ledger, MemoryLedger, Shelf
from ..home import Home
from ..home.sharing import InFile, InMemory

_Account = tuple[Home, str, str]
_ledgers: dict[_Account, Ledger] = {}
_shelves: dict[_Account, Shelf] = {}
_lock = threading.Lock()


def ledger(home: Home, token_store: str, account: str) -> Ledger:
    """The calls of *account*: in its file, or in memory where its session is not written either.

    Before anybody is known to be signed in there is no account, and nothing to share.
    """
    if not account:
        return MemoryLedger()
    with _lock:
        kept = _ledgers.get((home, token_store, account))
        if kept is None:
            kept = MemoryLedger() if _in_memory(token_store) else FileLedger(home, account)
            _ledgers[home, token_store, account] = kept
    return kept


def shelf(home: Home, token_store: str, account: str, say: Callable[[str], object]) -> Shelf:
    """Where the answers to *account* lie: in its file, or in memory like its session."""
    if not account:
        return Shelf(InMemory(TABLES))
    with _lock:
        kept = _shelves.get((home, token_store, account))
        if kept is None:
            in_file = InFile(home, home.answers(account), TABLES, say)
            kept = Shelf(InMemory(TABLES) if _in_memory(token_store) else in_file)
            _shelves[home, token_store, account] = kept
    return kept


def close() -> None:
    """Close all files; what uses them next opens them again."""
    with _lock:
        for shelf in _shelves.values():
            shelf.database.close()
        for each in _ledgers.values():
            if isinstance(each, FileLedger):
                each.close()


def _in_memory(token_store: str) -> bool:
    return token_store == "memory"  # noqa: S105  # a place, no password
