"""`%onecloud run CHAIN --over FRAME`: a run for each row of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ChainRunFailed, UsageError
from ..runs import Sheet, Target

if TYPE_CHECKING:
    import pandas as pd

    from ..account import OneCloud

__all__ = ["inputs_over", "run_over"]

_NAMED = 3  # rows in a message
_LONGEST = 200  # characters of what is said of one


def run_over(
    oc: OneCloud,
    target: Target,
    frame: str,
    variables: Mapping[str, Any],
    max_parallel: str | None = None,
    stop_on_failure: bool = False,
    again: bool = False,
) -> pd.DataFrame:
    """Start a chain for each row of the variable *frame*, and give that with its runs.

    Raises:
        UsageError: there is no such frame, or what it holds cannot be sent.
        ChainRunFailed: a row has no run that ended well; the result is its `run`.
    """
    rows = _frame(frame, variables)
    del variables  # a traceback shows what frames hold: these are the user's
    options = {} if max_parallel is None else {"max_parallel": _number(max_parallel)}
    try:
        result = oc.start_many(
            target.chain_id,
            rows,
            target.environment_id,
            stop_on_failure=stop_on_failure,
            again=again,
            **options,
        )
    finally:
        del rows
    _check(result)
    return result


def inputs_over(
    oc: OneCloud, target: Target, frame: str, variables: Mapping[str, Any]
) -> pd.DataFrame:
    """What would be sent for each row of the variable *frame*, secrets left out; sends nothing.

    Raises:
        UsageError: as `run_over`.
    """
    import pandas as pd

    rows = _frame(frame, variables)
    sent = [each.shown for each in oc.declared(target, Sheet(rows).inputs)]
    return pd.DataFrame(sent, index=rows.index, dtype=object)


def _frame(name: str, variables: Mapping[str, Any]) -> Any:
    if name in variables:
        return variables[name]
    error = UsageError(f"There is no variable {name!r:.60}.", "--over takes the name of a frame.")
    error.private = True  # the variables on its way are the user's
    raise error


def _check(result: pd.DataFrame) -> None:
    """Let the cell fail where a row has; what came of all is on the error."""
    bad = result[~result["run_ok"]]
    if bad.empty:
        return
    told = [(str(label), str(said)) for label, said in bad["run_error"].items()]
    rows = "; ".join(f"row {label}: {said:.{_LONGEST}}" for label, said in told[:_NAMED])
    more = f"; and {len(told) - _NAMED} more" if told[_NAMED:] else ""
    says = f"{len(told)} of {len(result)} rows did not end well: {rows}{more}"
    raise ChainRunFailed(says, "-o NAME stores the whole result, failed rows too.", result, told)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(
            f"--max-parallel cannot be {text!r:.40}.", "Give a number, as in --max-parallel 3."
        ) from None
