"""What is said of a start: that it was sent, that it was not, or that nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime

from ..errors import OneCloudError, RunInterrupted, StartOutcomeUnknown
from .account import Account
from .chain_run import ChainRun
from .entries import Entry
from .lookup import Finding, since

__all__ = [
    "UNDER_WAY",
    "adopted",
    "how_to_look",
    "lower",
    "nothing_started",
    "started",
    "unknown",
]

UNDER_WAY = "Interrupted while the start was under way"


def started(run: ChainRun) -> RunInterrupted:
    """After Ctrl-C, where the run is known."""
    how = f'oc.get_run("{run.id}").stop() stops it, .wait() waits for it.'
    return RunInterrupted(f"{UNDER_WAY}: run {run.id} was started, and goes on.", how, run)


def nothing_started(error: BaseException) -> BaseException:
    """The same error, or what Ctrl-C says, where surely nothing was started."""
    if isinstance(error, KeyboardInterrupt):
        return RunInterrupted("Interrupted before the start was sent: nothing was started.")
    if isinstance(error, OneCloudError) and "othing was started" not in f"{error}{error.hint}":
        error.hint = f"Nothing was started. {error.hint}".strip()
    return error


def unknown(
    account: Account, entry: Entry, finding: Finding, earlier: bool = False
) -> StartOutcomeUnknown:
    """What is said where the history does not tell."""
    which = "an earlier, equal start" if earlier else "the start"
    says = f"The answer to {which} of {entry.chain} in {entry.environment} was lost"
    runs = [ChainRun(account, facts, chain=entry.chain, environment=entry.environment)
            for facts in finding.candidates]  # fmt: skip
    listed = ", ".join(run.id for run in runs)
    if finding.trouble:
        says += f", and its run history cannot be read: {finding.trouble}"
    elif not runs:
        says += ", and its run history shows no run that could be it."
    else:
        says += f", and its run history does not tell which run is it: {listed}."
    return StartOutcomeUnknown(says, how_to_look(account, entry), candidates=runs)


def how_to_look(account: Account, entry: Entry) -> str:
    """What to do about a start of which nobody knows what became."""
    at = datetime.fromtimestamp(int(since(entry)), UTC).isoformat()
    sent = account.clock_time(entry.served_at or entry.sent_at or entry.asked_at)
    return (
        f'It was sent at {sent}: oc.runs(chain="{entry.chain_id}", since="{at}") shows what was '
        "started since; it may show up late. again=True (%onecloud run … --again) starts anyway."
    )


def adopted(run: ChainRun, account: Account) -> str:
    """What is said of a run that was found in the history."""
    who = run.facts.user_name or "a user whom the service does not name"
    when = f" at {account.clock_time(run.start_at.timestamp())}" if run.start_at else ""
    return (
        f"The answer to the start of {run.chain} was lost. Run {run.id}, which {who} started"
        f"{when}, is the only one since then: it is taken for ours."
    )


def lower(words: str) -> str:
    """The words as they go on in a sentence."""
    return words[:1].lower() + words[1:]
