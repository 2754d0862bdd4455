"""The one ledger of calls that each account has in this process, whatever profile it is used by."""

from __future__ import annotations

import threading

from ..api import FileLedger, Ledger, MemoryLedger
from ..home import Home

_ledgers: dict[tuple[Home, str, str], Ledger] = {}
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
            in_memory = token_store == "memory"  # noqa: S105  # a place, no password
            kept = MemoryLedger() if in_memory else FileLedger(home, account)
            _ledgers[home, token_store, account] = kept
    return kept
