"""A process that starts many runs, and may be killed on its way: `many_victim.py STEP TIMES CHAIN`.

It dies the TIMES-th time that it comes to STEP, and says what came of it as a line of JSON.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

import pandas as pd

from onecloud_magic import OneCloud
from onecloud_magic.api import Transport
from onecloud_magic.runs import Starts
from onecloud_magic.runs.batches import Batches

try:
    from .victim import die
except ImportError:  # as a program
    from victim import die  # type: ignore[import-not-found,no-redef]

FRAME = pd.DataFrame({"period": [f"{2000 + number}-01" for number in range(8)]})
STEPS: dict[str, tuple[type, str]] = {
    "before it is written": (Starts, "ask"),
    "between ledger and mark": (Starts, "sending"),
    "between mark and POST": (Transport, "_send"),
    "between answer and ledger": (Starts, "became"),
    "when a run has ended": (Starts, "follow"),
    "before the batch is over": (Batches, "end"),
}


def dying(owner: type, name: str, times: int) -> None:
    real: Callable[..., Any] = getattr(owner, name)
    left = [times]

    def counted(*told: Any, **options: Any) -> Any:
        posts = name != "_send" or told[1].operation.id == "startChain"
        left[0] -= posts
        if posts and not left[0]:
            if name == "_send":
                told[2].leaving()
            die()
        return real(*told, **options)

    setattr(owner, name, counted)


def main(step: str, times: str, chain: str) -> dict[str, Any]:
    if step in STEPS:
        dying(*STEPS[step], int(times))
    warnings.simplefilter("ignore")
    result = OneCloud().start_many(chain, FRAME, max_parallel=3)
    told = result[["period", "run_id", "run_ok"]].astype(object)
    rows: list[Any] = told.where(told.notna(), None).to_dict("records")
    return {"rows": rows, "errors": result["run_error"].dropna().tolist()}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])), flush=True)  # noqa: T201  # the test reads it
