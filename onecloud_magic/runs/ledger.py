"""The ledger of starts: every one is written down, and on the disk, before it is sent.

A file of its own, `starts.sqlite`, that clearing the cache never touches. A start that cannot be
written down is not sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import OneCloudError
from ..home import Home
from .batches import Batches, of_row
from .book import GONE, Book, Page
from .claims import Claim
from .entries import Entry, holding, is_replaced, process
from .facts import RunFacts
from .inputs import Inputs
from .secrecy import canonical, masked
from .target import Target

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Starts"]

_NOTHING = "Nothing was started"
_NEAR = 600.0  # seconds within which the runs of two starts may be taken for one another


class Starts:
    """The starts of one account, whichever kernel of this user made them.

    Attributes:
        batches: those that were started together.
    """

    def __init__(self, home: Home, account: str, clock: Callable[[], float] = time.time) -> None:
        self._book, self._account, self._clock = Book(home, account), account, clock
        self.batches = Batches(self._book, account, clock)

    def ask(
        self,
        target: Target,
        inputs: Inputs,
        *,
        again: bool = True,
        batch: tuple[str, int] | None = None,
        claim: Claim | None = None,
    ) -> tuple[Entry, bool]:
        """Write down that a start is asked for; tells the entry, and whether it is a new one.

        Unless *again*, one that is live or open, of the same chain, environment and inputs, is
        told instead: of two kernels that ask at once, one gets the entry of the other. A row of a
        *batch* (its name, and the row) keeps the one that it has, also where its run has ended.
        A new one is taken by *claim* before any other thread can see it.

        Raises:
            OneCloudError: it cannot be written down, so it must not be sent.
        """
        name, place = batch or (None, None)
        with self._book.writing(f"{_NOTHING}: the start cannot be written down") as page:
            kept = inputs.written(page.salt())
            if batch and (had := of_row(page, *batch, self._clock())):
                return had, False
            if not again and (same := self._same(page, target, kept, name)):
                if batch:
                    page.share(*batch, same[0])
                return same[0], False
            made = page.add(
                **target.written,
                **{"inputs": kept, "step": "asked", "process": process()},
                **{"asked_at": self._clock(), "batch": name, "place": place},
                **{"before": "[]", "state": "", "adopted": 0, "ended": 0},
            )
            if claim is not None:
                claim.take(made)
            return made, True

    def sending(self, entry: Entry, served_at: float | None, before: Sequence[str]) -> None:
        """Note that it is about to leave; the service's clock said *served_at* last."""
        told = {"served_at": served_at, "before": canonical(list(before))}
        self._note(entry, step="sending", sent_at=self._clock(), **told)

    def held_back(self, entry: Entry) -> None:
        """Note that the service did not carry it out, and that it may be sent again."""
        self._note(entry, step="asked")

    def unsent(self, entry: Entry) -> None:
        """Note that it was surely not carried out."""
        self._note(entry, step="unsent")

    def refused(self, entry: Entry) -> None:
        """Note that the service refused it."""
        self._note(entry, step="refused")

    def gone(self, entry: Entry) -> None:
        """Note that the service does not know its run any more."""
        self._note(entry, ended=1)

    def lost(self, entry: Entry) -> None:
        """Note that its answer is lost."""
        self._note(entry, step="lost", lost_at=self._clock())

    def became(self, entry: Entry, facts: RunFacts) -> None:
        """Note which run it became, by its own answer, and whose runs these are."""
        with self._book.writing("The run cannot be written down") as page:
            for other in page.entries("and run_id = ? and id <> ?", facts.id, entry.id):
                # Whoever adopted it was mistaken: this is the answer itself.
                page.change(other.id, step="lost", run_id=None, adopted=0)
            page.change(entry.id, step="run", **_seen(facts))
            if facts.user_id:
                user = (self._account, facts.user_id, facts.user_name)
                page.file.execute("insert or replace into users values (?, ?, ?)", user)

    def adopted(self, entry: Entry, facts: RunFacts) -> bool:
        """Note which run it is taken to have become; False where that is another start's."""
        with self._book.writing("The run cannot be written down") as page:
            if page.entries("and run_id = ?", facts.id):
                return False
            page.change(entry.id, step="run", adopted=1, **_seen(facts))
        return True

    def seen(self, runs: Sequence[RunFacts]) -> None:
        """Note which of ours among these *runs* have ended since they were looked at."""
        ended = {each.id: each for each in runs if each.ended}
        live = self._entries("and step = 'run' and ended = 0")
        if not (late := [each for each in live if each.run_id in ended]):
            return
        with self._book.writing("The runs cannot be written down") as page:
            for each in late:
                page.change(each.id, **_seen(ended[each.run_id or ""]))

    def living(self, target: Target) -> list[Entry]:
        """Those of that chain and environment whose run lives, as far as was seen."""
        with self._book.reading() as page:
            every = page.like(target) if page else []
        return [each for each in every if each.step == "run" and not each.ended]

    def forgotten(self, target: Target, inputs: Inputs) -> list[Entry]:
        """Equal starts of which nobody ever knew, and that are too old to forbid another."""
        now = self._clock()
        with self._book.reading() as page:
            found = page.like(target, inputs.written(page.salt())) if page else []
        return [
            each
            for each in found
            if each.is_open(now) and not each.is_unknown(now) and not is_replaced(each, found)
        ]

    def follow(self, facts: RunFacts, start: Entry | None = None) -> None:
        """Note how a run of ours stands; one that is none of ours is passed over.

        *start* is the one that it came from, where that is known: its answer may not be noted yet.
        """
        entry = self.of_run(facts.id)
        if entry is None and start is not None:
            for each in self._entries("and id = ? and asked_at = ?", start.id, start.asked_at):
                if each.run_id is None:
                    self.became(each, facts)
        elif entry is None or (entry.ended and not facts.ended):
            return
        elif (entry.state, entry.ended) != (facts.state, int(facts.ended)):
            self._note(entry, **_seen(facts))

    @property
    def user(self) -> tuple[str, str] | None:
        """The id and the name of the account's user; None until a start of ours has told them."""
        with self._book.reading() as page:
            asked = "select id, name from users where account = ?"
            found = page.file.execute(asked, (self._account,)).fetchone() if page else None
        return (found[0], found[1]) if found else None

    def mine(self) -> list[Entry]:
        """All starts, newest first."""
        return self._entries("order by id desc")

    def live(self) -> list[Entry]:
        """Those whose run lives, as far as was seen, or that are being sent; newest first."""
        now = self._clock()
        return [each for each in self.mine() if each.is_live(now)]

    def open(self) -> list[Entry]:
        """Those that `settle` can still do something about, newest first."""
        now = self._clock()
        return [each for each in self.mine() if each.may_be_found(now) or each.is_left(now)]

    def unknown(self) -> list[Entry]:
        """Those of the last day of which nobody knows what became of them; newest first."""
        now, mine = self._clock(), self.mine()
        return [each for each in mine if each.is_unknown(now) and not is_replaced(each, mine)]

    def same(self, target: Target, inputs: Inputs) -> list[Entry]:
        """Those live or open, of that chain, environment and inputs; newest first."""
        with self._book.reading() as page:
            if page is None:
                return []
            return self._same(page, target, inputs.written(page.salt()))

    def entry(self, number: int) -> Entry:
        """One start, as it stands now; raises `OneCloudError` where it is there no more."""
        for each in self._entries("and id = ?", number):
            return each
        raise OneCloudError(GONE)

    def of_run(self, run_id: str) -> Entry | None:
        """The start that became this run; None where it was none of ours."""
        return next(iter(self._entries("and run_id = ?", run_id)), None)

    def rivals(self, entry: Entry) -> list[Entry]:
        """Other starts of that chain whose run could be taken for the one of *entry*.

        Those that are being sent, and those whose answer was lost that had other inputs.
        """
        now = self._clock()
        others = self._entries(
            "and chain_id = ? and environment_id = ? and id <> ? and asked_at > ?",
            *(entry.chain_id, entry.environment_id, entry.id, entry.asked_at - _NEAR),
        )
        return [each for each in others if each.is_rival(entry, now)]

    def run_ids(self) -> frozenset[str]:
        """The ids of all runs that our starts became."""
        return frozenset(each.run_id for each in self._entries("and run_id <> ''") if each.run_id)

    def keys(self, chain_id: str) -> list[str]:
        """The names of the inputs that this chain took before, the latest first."""
        taken = self._entries("and chain_id = ? and step = 'run' order by id desc", chain_id)
        return list(dict.fromkeys(name for each in taken for name in each.shown_inputs))

    def written(self, inputs: Mapping[str, Any], like: Entry) -> str:
        """Any inputs as the ledger would have written them for *like*, to be compared."""
        with self._book.writing("The ledger of starts cannot be used") as page:
            return canonical(masked(inputs, page.salt(), like.secret_keys))

    def written_rows(self, every: Sequence[Inputs]) -> list[str]:
        """The inputs of many starts as they are written down: the same text for the same inputs."""
        with self._book.writing(f"{_NOTHING}: the ledger of starts cannot be used") as page:
            salt = page.salt()
        known: dict[str, str] = {}
        return [each.written(salt, known) for each in every]

    def frame(self) -> pd.DataFrame:
        """All starts as a frame, newest first; no inputs that are secret are in it."""
        from .listing import listed

        return listed(self.mine(), self._clock())

    def _same(
        self, page: Page, target: Target, inputs: str, batch: str | None = None
    ) -> list[Entry]:
        """What forbids another start of the same, newest first, and no row of *batch* has."""
        ours = {each.id for each in page.of_batch(batch)} if batch else ()
        found = holding(page.like(target, inputs), self._clock())
        return [each for each in found if each.id not in ours]

    def _note(self, entry: Entry, **values: Any) -> None:
        with self._book.writing("The start cannot be written down") as page:
            page.change(entry.id, **values)

    def _entries(self, where: str, *values: Any) -> list[Entry]:
        with self._book.reading() as page:
            return page.entries(where, *values) if page else []


def _seen(facts: RunFacts) -> dict[str, Any]:
    return {
        "run_id": facts.id,
        "state": facts.state,
        "ended": int(facts.ended),
        "start_at": facts.start_at.timestamp() if facts.start_at else None,
        "end_at": facts.end_at.timestamp() if facts.end_at else None,
    }
