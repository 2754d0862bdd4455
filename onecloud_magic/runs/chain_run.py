"""`ChainRun`: one run of a chain, as people hold it in a notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import BadAnswer, OneCloudError
from . import waiting
from .account import Account
from .entries import Entry
from .face import run_card
from .facts import NodeFacts, RunFacts
from .following import Following
from .notices import say
from .stopping import Stopped, stop

if TYPE_CHECKING:
    import pandas as pd

    from ..show import Card

__all__ = ["ChainRun"]

Observer = Callable[["ChainRun"], object]


class ChainRun:
    """One run of a chain; live until the service says that it has ended.

    Attributes:
        inputs: what it was started with, secrets left out; None where that is not known.
        usual: how long a run of its chain takes as a rule, where that is known.
        adopted: whether the answer to its start was lost, and the run history told which it is.
        earlier: whether it was live already when it was asked for.
        looked_at: when it was seen last, in seconds since 1970.
        shown_by: a card that stands for it: asked to show it here, it tells whether it does.
    """

    def __init__(
        self,
        account: Account,
        facts: RunFacts,
        entry: Entry | None = None,
        *,
        chain: str = "",
        environment: str = "",
        earlier: bool = False,
    ) -> None:
        self._account, self._facts, self._start = account, facts, entry
        self._chain = chain or (entry.chain if entry else "")
        self._environment = environment or (entry.environment if entry else "")
        self._place = (entry.chain_id, entry.environment_id) if entry else ("", "")
        self.inputs: Mapping[str, Any] | None = entry.shown_inputs if entry else None
        self.usual = timedelta(seconds=entry.usual) if entry and entry.usual else None
        self.adopted, self.earlier = bool(entry and entry.adopted), earlier
        self.looked_at = account.now()
        self.shown_by: Callable[[], bool] | None = None
        self._observers: dict[Observer, bool] = {}
        self._lock = threading.RLock()

    @property
    def id(self) -> str:
        return self._facts.id

    @property
    def chain(self) -> str:
        """The name of the chain; empty where it is not known."""
        return self._chain

    @property
    def chain_id(self) -> str:
        return self._facts.chain_id or self._place[0]

    @property
    def environment(self) -> str:
        """The name of the environment; empty where it is not known."""
        return self._environment

    @property
    def environment_id(self) -> str:
        return self._facts.environment_id or self._place[1]

    @property
    def state(self) -> str:
        """The state as the service told it last."""
        return self._facts.state

    @property
    def done(self) -> bool:
        """Whether it has ended. A state that is not known here is live until there is an end."""
        return self._facts.ended

    @property
    def ok(self) -> bool:
        """Whether it has ended in `all_succeeded` or `warned`."""
        return self.done and self.state in ("all_succeeded", "warned")

    @property
    def start_at(self) -> datetime | None:
        return self._facts.start_at

    @property
    def end_at(self) -> datetime | None:
        return self._facts.end_at

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None while it lives."""
        return self._facts.duration

    @property
    def facts(self) -> RunFacts:
        """All that the service told last."""
        return self._facts

    @property
    def node_facts(self) -> tuple[NodeFacts, ...]:
        """The nodes as they were seen last; empty where nobody looked."""
        return self._facts.nodes or ()

    @property
    def card(self) -> Card:
        """The run as it was seen last; costs no call."""
        return run_card(self, self._account)

    def refresh(self, *, nodes: bool = False) -> ChainRun:
        """Look at it once (`getChainRun`, 1 call; with *nodes* `getChainRunNodes`), in place."""
        name = "getChainRunNodes" if nodes or any(self._observers.values()) else "getChainRun"
        self.take(RunFacts.from_wire(self._account.call(name, chain_run_id=self.id)))
        return self

    def take(self, facts: RunFacts) -> None:
        """Take over what an answer told, write it down, and tell the observers of a change.

        An end is final: what an answer tells that is late changes nothing.

        Raises:
            BadAnswer: it is about another run.
        """
        if facts.id != self.id:
            raise BadAnswer(f"The answer for run {self.id} is about another run.")
        with self._lock:
            if self._facts.ended and not facts.ended:
                return
            if facts.nodes is None:
                facts = facts.with_nodes(self._facts.nodes)
            changed, self._facts = facts != self._facts, facts
            self.looked_at = self._account.now()
        if changed:
            self._write_down()
            for observer in list(self._observers):
                observer(self)

    def observe(self, observer: Observer, *, nodes: bool = False) -> Callable[[], None]:
        """Call *observer* with the run on each change, in the thread that saw it; undo by calling.

        With *nodes* each look brings the nodes too (one call all the same).
        """
        self._observers[observer] = nodes

        def undo() -> None:
            self._observers.pop(observer, None)

        return undo

    def wait(self, timeout: float | None = None, raise_on_failure: bool = True) -> ChainRun:
        """Wait until it has ended; gives the run back.

        It is looked at after one second, then more and more rarely, every fifteen at last.

        Raises:
            ChainRunFailed: it ended neither in `all_succeeded` nor in `warned`.
            WaitTimeout: it is still live after *timeout* seconds; it goes on.
            RunInterrupted: Ctrl-C; it goes on.
        """
        waiting.wait(self, self._account, timeout)
        if raise_on_failure:
            waiting.check(self, self._account)
        return self

    def __await__(self) -> Generator[Any, None, ChainRun]:
        """`await run` is `run.wait()`, while the event loop goes on."""
        return waiting.awaited(self, self._account).__await__()

    def follow(
        self,
        *,
        tell: Callable[[str], object] = say,
        over: Callable[[], object] = lambda: None,
    ) -> Following:
        """Have a thread of its own look at it until it has ended, see `Following`."""
        return Following(self, self._account, tell=tell, over=over)

    def stop(self) -> Stopped:
        """Stop it (`stopChain`); tells one of three things, see `Stopped`.

        Raises:
            Unreachable: the wish was surely not sent, as with `offline`.
        """
        return stop(self, self._account)

    def nodes(self) -> pd.DataFrame:
        """Its nodes, a row each, as `OneCloud.nodes` gives them."""
        return self._account.frame("nodes", self.id)

    def outputs(self) -> pd.DataFrame:
        """What its nodes brought forth, a row a value, as `OneCloud.outputs` gives it."""
        return self._account.frame("outputs", self.id)

    def _write_down(self) -> None:
        try:
            self._account.starts.follow(self._facts, self._start)
        except OneCloudError as error:
            # The run is what counts: the service knows how it stands.
            say(f"{error} {error.hint}")

    def _ipython_display_(self) -> None:
        if self.shown_by is None or not self.shown_by():
            raise NotImplementedError  # then its mimebundle is shown

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.card._repr_mimebundle_()

    def __str__(self) -> str:
        return self.card.text

    def __repr__(self) -> str:
        where = f"{self.chain or self.chain_id} in {self.environment or self.environment_id}"
        return f"<ChainRun {self.id} {self.state}: {where}>"
