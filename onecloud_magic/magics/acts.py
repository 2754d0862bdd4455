"""The commands that act: start a chain, stop a run, watch one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..errors import OneCloudError, UsageError
from ..runs import Inputs, names_a_secret, say
from ..show import Text
from .command import Typed, command
from .inputs import inputs_of, spelt_out
from .mine import latest_live
from .over import inputs_over, run_over
from .watch import How, keep, wait_for

if TYPE_CHECKING:
    import pandas as pd

    from ..account import OneCloud
    from ..runs import ChainRun, Start

_GROUP = "Chain runs"


@command(_GROUP)
def run(
    oc: OneCloud,
    chain: str,
    *,
    typed: Typed,
    workspace: str | None = None,
    environment: str | None = None,
    input: list[str] | None = None,
    no_wait: bool = False,
    timeout: str | None = None,
    yes: bool = False,
    dry_run: bool = False,
    again: bool = False,
    stop_on_interrupt: bool = False,
    over: str | None = None,
    max_parallel: str | None = None,
    stop_on_failure: bool = False,
) -> ChainRun | Text | pd.DataFrame:
    """Start a chain exactly once, show how it goes, and fail if it fails.

    Inputs are -i key=text and -i key:=JSON, or the body of a cell in YAML, where a value that is
    exactly $name is that variable. Where the same start is live already, its run is shown. Ctrl-C
    ends the wait, not the run. In a shell --no-wait prints the id of the run. With --over a run is
    started for each row of a frame, which comes back with what became of them.

    Example:
        %onecloud run "Finance Close/Test/Monthly Close"
        %onecloud run "Trial Balance Load" -e Staging -i period=2026-10 --dry-run
        %onecloud run "Trial Balance Load" -e Test --over periods --max-parallel 3
    """
    how = How(_seconds(timeout), stop_on_interrupt, not typed.silent)
    if no_wait and (how.stops or how.timeout is not None):
        raise UsageError("--no-wait does not wait.", "Leave out --timeout, --stop-on-interrupt.")
    if over is not None:
        if input or typed.body is not None or no_wait or how.timeout is not None or how.stops:
            raise UsageError(
                "--over takes its inputs from the frame, and waits for all.",
                "Leave out -i, the body, --no-wait, --timeout, --stop-on-interrupt.",
            )
        start = oc.prepare(chain, environment, workspace=workspace)
        if dry_run:
            return inputs_over(oc, start.target, over, typed.variables)
        _guard(oc, start, yes)
        return run_over(
            oc, start.target, over, typed.variables, max_parallel, stop_on_failure, again
        )
    if max_parallel is not None or stop_on_failure:
        raise UsageError("--max-parallel and --stop-on-failure go with --over.", "Name a frame.")
    start = oc.prepare(chain, environment, _inputs(input or [], typed), workspace=workspace)
    if dry_run:
        from .dry_run import what_would_be_sent

        return what_would_be_sent(oc, start)
    _guard(oc, start, yes)
    started = start.send(again=again)
    if started.earlier:
        say(f"The same start is live already, as run {started.id}; --again starts another.")
    if no_wait:
        return _let_go(oc, started, how, typed)
    return wait_for(oc, [started], how)


@command(_GROUP)
def stop(oc: OneCloud, run: str, /) -> ChainRun:
    """Stop a run, and say which it is: stopped, stop requested, or could not stop.

    Example:
        %onecloud stop RUN
    """
    found = oc.get_run(run)
    told = found.stop()
    words = f"Run {found.id} of {found.chain or 'the chain'}: {told}."
    if told.outcome == "could not stop" and not found.done:
        raise OneCloudError(words, f"It goes on. %onecloud watch {found.id} shows how it stands.")
    say(words)
    return found


@command(_GROUP)
def watch(
    oc: OneCloud,
    run: str | None = None,
    /,
    *,
    typed: Typed,
    no_wait: bool = False,
    timeout: str | None = None,
    stop_on_interrupt: bool = False,
) -> ChainRun | Text | None:
    """Show a run until it ends, and fail if it fails; alone, all that were started from here.

    Those are the runs that were live when they were seen last, as before a restart of the kernel.

    Example:
        %onecloud watch
        %onecloud watch RUN
    """
    how = How(_seconds(timeout), stop_on_interrupt, not typed.silent)
    runs = latest_live(oc) if run is None else [oc.get_run(run)]
    for each in oc.starts.unknown() if run is None else ():
        say(f"Whether a start of {each.chain or each.chain_id} was carried out is not known.")
    if not runs:
        say("No run that was started from here is live.")
        return None
    if no_wait:
        return [_let_go(oc, each, how, typed) for each in runs][0]  # noqa: RUF015  # all of them
    return wait_for(oc, runs, how)


def _let_go(oc: OneCloud, run: ChainRun, how: How, typed: Typed) -> ChainRun | Text:
    """Return at once; where there is a card, it goes on by itself."""
    if typed.in_a_shell:
        return Text(run.id)
    if how.shown and oc.progress and not run.done:
        return keep(oc, run, how)
    return run


def _inputs(pairs: list[str], typed: Typed) -> Inputs:
    try:
        given = Inputs.read(inputs_of(pairs, typed.body, typed.variables))
    except UsageError as error:
        error.private = True  # the variables on its way are the user's
        raise
    if kept := [key for key in spelt_out(pairs, typed.body) if names_a_secret(key)]:
        say(
            f"{', '.join(kept)} may be secret, and stays in the notebook and in the history: "
            "in the body of a cell, $name takes the value of that variable."
        )
    return given


def _guard(oc: OneCloud, start: Start, yes: bool) -> None:
    from ..account import is_protected

    target = start.target
    if yes or not is_protected(oc, target.environment, target.home):
        return
    raise UsageError(
        f"{target.home} is protected: nothing was started.",
        f"Add --yes to start {target.chain} there, or --dry-run to see what would be sent.",
    )


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise UsageError(f"--timeout cannot be {text!r:.40}.", "Give a number of seconds.")
    return seconds
