"""A process that starts a chain, and is killed at a step of it: `victim.py STEP AGAIN CHAIN`.

It says what came of it as a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

from onecloud_magic import OneCloud, OneCloudError
from onecloud_magic.api import Transport
from onecloud_magic.runs import Starts

INPUTS = {"period": "2026-10"}


def die(*_: Any, **__: Any) -> Any:
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGKILL)


def after_the_mark() -> None:
    exchange = Transport._exchange

    def marked(self: Transport, asked: Any, trip: Any) -> Any:
        if asked.operation.id != "startChain":
            return exchange(self, asked, trip)
        trip.leaving()
        return die()

    Transport._exchange = marked  # type: ignore[method-assign]


STEPS: dict[str, Callable[[], object]] = {
    "never": lambda: None,
    "before it is written": lambda: setattr(Starts, "ask", die),
    "between ledger and mark": lambda: setattr(Starts, "sending", die),
    "between mark and POST": after_the_mark,
    "between answer and ledger": lambda: setattr(Starts, "became", die),
}


def main(step: str, again: str, chain: str) -> dict[str, Any]:
    STEPS[step]()
    warnings.simplefilter("ignore")
    try:
        run = OneCloud().prepare(chain, inputs=INPUTS).send(again=again == "again")
    except OneCloudError as error:
        return {"error": type(error).__name__, "said": str(error)}
    return {"run": run.id, "adopted": run.adopted, "earlier": run.earlier}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])), flush=True)  # noqa: T201  # the test reads it
