"""A run in a terminal: one line of stderr for each change."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

from ..runs import ChainRun
from ..show import printable

__all__ = ["RunLines"]


class RunLines:
    """Writes what has changed of *run* since the last line; *said* is a notice, if there is one."""

    def __init__(self, run: ChainRun, said: Callable[[], str] = lambda: "") -> None:
        self._run, self._said = run, said
        self._told: dict[str, str] = {}
        self._lock = threading.Lock()

    def show(self) -> None:
        """Write how the run stands now."""
        self.changed()

    def changed(self) -> None:
        """Write what is new, where something is."""
        with self._lock:
            new = {label: words for label, words in self._words() if words != self._told.get(label)}
            self._told.update(new)
            if new:
                _out(f"{self._name}: {'; '.join(new.values())}")

    def resend(self) -> None:
        """Nothing to do: what is written stays."""

    def end(self) -> None:
        """Nothing to do: the last change was written."""

    @property
    def _name(self) -> str:
        return f"run {self._run.id} of {self._run.chain or self._run.chain_id}"

    def _words(self) -> Iterator[tuple[str, str]]:
        run = self._run
        yield "", run.facts.words
        for number, node in enumerate(run.node_facts):
            if node.begun or run.done:
                yield str(number), f"{node.name} {node.words}"
        if said := self._said():
            yield "said", said


def _out(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{printable(text)}\n")
        sys.stderr.flush()
