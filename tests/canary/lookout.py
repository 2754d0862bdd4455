"""A kernel that tells all it can: talkative logs, a second client, a person who looks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import onecloud_magic
from tests.magics.kernel.running import Kernel, Place, Ran, running

from .canaries import Canaries
from .eye import Sight
from .listening import Passive, listening

__all__ = ["TALK", "Lookout", "watched"]

INSIDE = Path(__file__).with_name("inside.py")
TALK = """
import http.client, logging
logging.basicConfig(filename="debug.log", level=logging.DEBUG, force=True)
for each in ("", "urllib3", "requests", "asyncio", "traitlets", "onecloud_magic", "filelock"):
    logging.getLogger(each).setLevel(logging.DEBUG)
http.client.HTTPConnection.debuglevel = 1
"""


class Lookout:
    """A kernel that is watched.

    Attributes:
        kernel: the kernel.
        passive: the second client.
    """

    def __init__(self, kernel: Kernel, passive: Passive) -> None:
        self.kernel, self.passive = kernel, passive
        self._failed = 0

    def run(self, *cells: str, answers: Sequence[str] | None = None) -> list[Ran]:
        """Run cells that succeed; whoever is asked gives these *answers*."""
        return [self.kernel.run(cell, answers).succeeded() for cell in cells]

    def fails(self, cell: str, name: str, answers: Sequence[str] | None = None) -> None:
        """Run a cell that fails with the error *name*, and look at it from all sides."""
        error = self.kernel.run(cell, answers).error
        assert error["ename"] == name, error["evalue"]
        self._failed += 1
        for mode in ("Minimal", "Context"):
            self.kernel.run(f"%tb {mode}")
        ours = self.kernel.value(f"walk('frames of {self._failed}.txt')")
        assert int(ours) > 0, "no frame of ours was looked at"
        self.run(f"import sys; take_along('error {self._failed}.txt', error=sys.last_value)")

    def look_around(self, *things: str) -> None:
        """Look at all that a kernel shows of its variables, and take these *things* along."""
        self.run("In, Out, _, __, _i", "%whos", "%history -g", "vars(), dir()", "globals()")
        taken = ", ".join(f"{each!r}: {each}" for each in things)
        self.run(f"take_along('taken along.txt', **{{{taken}}})")


@contextmanager
def watched(place: Place, *, debug: bool = True) -> Iterator[Lookout]:
    """Start a kernel with the extension, and watch it; with *debug* it logs every message."""
    if debug:
        _make_talkative(place)
    with running(place) as kernel, listening(kernel) as passive:
        lookout = Lookout(kernel, passive)
        lookout.run(f"import os; os.chdir({str(place.root)!r})", TALK, f"%run {INSIDE}")
        lookout.run("%load_ext onecloud_magic", "%xmode Verbose")
        ours = kernel.value("__import__('onecloud_magic').__file__")
        assert ours == onecloud_magic.__file__, f"{ours} is another installation"
        yield lookout


def _make_talkative(place: Place) -> None:
    """Let the kernel log every message that it gets and sends."""
    for spec in place.root.glob("jupyter/kernels/*/kernel.json"):
        told = json.loads(spec.read_text())
        told["argv"].append("--debug")
        spec.write_text(json.dumps(told))


def search(lookout: Lookout, canaries: Canaries, printed: str) -> list[Sight]:
    """All that the eye sees of what a watched kernel left; it has ended by now."""
    eye, kernel = canaries.eye(), lookout.kernel
    assert len(lookout.passive.heard) > len("are you there")
    told = json.dumps(kernel.heard, default=str)
    return [
        *eye.at(lookout.passive.heard, "heard by the second client"),
        *eye.at(told, "told to the front end"),
        *eye.at(printed, "printed by the process"),
        *eye.below(kernel.place.root),
    ]
