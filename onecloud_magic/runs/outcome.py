"""What became of the rows of a frame: the frame, with their runs joined to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import BadAnswer, NotFound
from ..frames import TABLES, Rows
from .account import Account
from .batch import Row
from .chain_run import ChainRun
from .facts import STATES, RunFacts
from .rows import OUTPUT, inputs_of_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Sheet", "read_outputs"]


class Sheet:
    """A frame of inputs; no repr of it shows a secret.

    Attributes:
        inputs: of each row.
        labels: how people call each row.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.inputs = inputs_of_rows(frame)
        self.labels = [str(each) for each in frame.index]
        self._frame = frame.copy()

    def joined(self, rows: Sequence[Row]) -> pd.DataFrame:
        """The frame with what became of its rows: `run_…`, then a column for each output."""
        return _joined(self._frame, rows)


def read_outputs(account: Account, run: ChainRun) -> dict[str, str]:
    """What the nodes of an ended run brought forth (`getChainRunNodes`, 1 call), by name.

    Where several nodes have the same name for it, it is the last one's.
    """
    try:
        record = account.ask("getChainRunNodes", chain_run_id=run.id)
    except NotFound:  # the service keeps no run for ever
        return {}
    facts = RunFacts.from_wire(record)
    if facts.id != run.id or not facts.ended:
        raise BadAnswer(f"The answer for the nodes of run {run.id} is of another moment or run.")
    rows = Rows("outputs")
    rows.add([record])
    named = rows.frame()[["name", "value"]].dropna()
    run.take(facts)
    return dict(zip(named["name"], named["value"], strict=True))


def _joined(frame: pd.DataFrame, rows: Sequence[Row]) -> pd.DataFrame:
    import pandas as pd

    runs, kinds = [row.run for row in rows], TABLES["runs"].columns
    state = kinds["state"].kind
    times = {
        name: pd.array([getattr(run, name, None) for run in runs], dtype="datetime64[us, UTC]")
        for name in ("start_at", "end_at")
    }
    took = [run.duration if run is not None else None for run in runs]
    added: dict[str, Any] = {
        "run_id": _texts([run.id if run is not None else None for run in runs]),
        "run_state": state.build(
            [state.read([run.state or None if run else None for run in runs])]
        ),
        "run_ok": pd.array([row.ok for row in rows], dtype="boolean"),
        **{f"run_{name}": values for name, values in times.items()},
        "run_duration": pd.array(took, dtype="timedelta64[us]"),
        "run_error": _texts([_error(row) or None for row in rows]),
        **dict(_outputs(rows)),
    }
    result = pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1)
    # A row of it is no row of the table that the frame was made from.
    result.attrs = {name: each for name, each in frame.attrs.items() if name != "onecloud"}
    return result


def _error(row: Row) -> str:
    run = row.run
    if row.error or run is None or row.ok:
        return row.error
    words = "; ".join(f"{node.name}: {node.message}" for node in run.node_facts if node.message)
    said = run.facts.result_text or words
    return f"{STATES.get(run.state, run.state)}: {said}" if said else run.facts.words


def _outputs(rows: Sequence[Row]) -> Iterator[tuple[str, Any]]:
    for name in dict.fromkeys(name for row in rows for name in row.outputs or ()):
        yield OUTPUT + name, _texts([(row.outputs or {}).get(name) for row in rows])


def _texts(values: Sequence[str | None]) -> Any:
    import pandas as pd

    return pd.array(list(values), dtype="string")
