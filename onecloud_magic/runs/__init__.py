"""Chain runs: one start exactly once, the ledger of starts, and a run that is watched to its end.

A `ChainRun` is given its account (`Account`); nothing here knows where an account is kept.
"""

from __future__ import annotations

from .account import Account
from .batch import Row, named
from .chain_run import ChainRun
from .entries import Entry
from .facts import ENDED, LIVE, STATES, NodeFacts, RunFacts, has_ended, id_in
from .following import Following
from .history import latest
from .inputs import Declared, Inputs
from .ledger import Starts
from .many import Many
from .many_card import many_card, row_words
from .notices import say
from .outcome import Sheet
from .secrecy import hidden, names_a_secret, says_secret
from .starting import Start, settle
from .stopping import Stopped
from .target import Target
from .waiting import Wait

__all__ = [
    "ENDED",
    "LIVE",
    "STATES",
    "Account",
    "ChainRun",
    "Declared",
    "Entry",
    "Following",
    "Inputs",
    "Many",
    "NodeFacts",
    "Row",
    "RunFacts",
    "Sheet",
    "Start",
    "Starts",
    "Stopped",
    "Target",
    "Wait",
    "has_ended",
    "hidden",
    "id_in",
    "latest",
    "many_card",
    "named",
    "names_a_secret",
    "row_words",
    "say",
    "says_secret",
    "settle",
]
