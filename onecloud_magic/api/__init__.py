"""The service: how it is asked, what it answers, how often it may be asked.

`operations`, `request`, `wire`, `words`, `paging`, `share` and `tally` know no socket and no
clock; `pace` and `answers` know a clock, `ledger` and `shelf` a file, `transport` the socket. No
secret is seen here: the bearer is added by an `AuthBase` that is given.
"""

from __future__ import annotations

from .address import certificates, checked_url, is_loopback, proxies
from .answers import TTL, Answers
from .flights import Flights
from .kept import Kept, KeptRun, KindInfo, Span, kept_text
from .ledger import FileLedger, Ledger, MemoryLedger
from .operations import OPERATIONS, Kind, Operation
from .pace import Pace, Turn
from .paging import Pages, Record
from .request import Request, make_request
from .share import Share, Wait
from .shelf import TABLES, Place, Shelf, Stamp
from .tally import Tally
from .transport import CONNECTIONS, USER_AGENT, Transport, Trip
from .trouble import explain
from .trust import SYSTEM, adapter
from .wire import Quota, Reply, read_reply

__all__ = [
    "CONNECTIONS",
    "OPERATIONS",
    "SYSTEM",
    "TABLES",
    "TTL",
    "USER_AGENT",
    "Answers",
    "FileLedger",
    "Flights",
    "Kept",
    "KeptRun",
    "Kind",
    "KindInfo",
    "Ledger",
    "MemoryLedger",
    "Operation",
    "Pace",
    "Pages",
    "Place",
    "Quota",
    "Record",
    "Reply",
    "Request",
    "Share",
    "Shelf",
    "Span",
    "Stamp",
    "Tally",
    "Transport",
    "Trip",
    "Turn",
    "Wait",
    "adapter",
    "certificates",
    "checked_url",
    "explain",
    "is_loopback",
    "kept_text",
    "make_request",
    "proxies",
    "read_reply",
]
