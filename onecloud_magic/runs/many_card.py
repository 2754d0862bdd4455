"""Many runs as people see them: one card, the same facts in a notebook and in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from ..show import Card, Done, Fact, in_words
from .batch import Row
from .many import Many

__all__ = ["many_card", "row_words"]

_MOST = 30  # rows on a card
_SHORT = 60  # characters of the inputs of a row


def many_card(many: Many) -> Card:
    """The batch as it stands. Costs no call."""
    account, target, ended = many.account, many.target, many.ended_at
    facts: list[tuple[str, Fact]] = [*account.facts]
    facts += [("chain", target.path or target.chain), ("rows", _rows(many))]
    facts.append(("begun", account.clock_time(many.began_at)))
    until = account.now() if ended is None else ended
    facts.append(("so far" if ended is None else "took", _took(until - many.began_at)))
    if ended is not None:
        facts.append(("ended", account.clock_time(ended)))
    shown = _shown(many)
    facts += [(f"row {row.label}", row_words(many, row)) for row in shown]
    if len(shown) < len(many.rows):
        facts.append(("…", f"and {len(many.rows) - len(shown):,} more rows"))
    left = ended is not None and any(row.waits or row.is_live for row in many.rows)
    goes_on = "the same call" + (" without again" if many.batch.anew else "") + " goes on"
    next_ = (goes_on, "oc.starts.frame()") if left else ()
    return Card("Chain runs", tuple(facts), next_, account.badge)


def row_words(many: Many, row: Row) -> str:
    """What there is to say of one row: its inputs, its state in words, its run."""
    shown = ", ".join(f"{name} {value}" for name, value in row.inputs.shown.items())
    shown = shown if len(shown) <= _SHORT else f"{shown[: _SHORT - 1]}…"
    return ": ".join(filter(None, (shown, "; ".join(_state(many, row)))))


def _state(many: Many, row: Row) -> Iterator[str]:
    run = row.run
    yield _word(row)
    if run is not None:
        if run.done and not row.ok and run.facts.result_text:
            yield run.facts.result_text
        if run.duration is not None:
            yield f"took {in_words(run.duration)}"
        elif run.start_at is not None and not run.done and many.ended_at is None:
            yield f"so far {_took(many.account.now() - run.start_at.timestamp())}"
        yield f"run {run.id}"
    if row.error:
        yield row.error


def _word(row: Row) -> str:
    if row.run is not None:
        return row.run.facts.words
    return "without a run" if row.error else "waiting for a turn"


def _rows(many: Many) -> Fact:
    """How many have ended, and how they all stand; while it goes on with a bar."""
    ended = sum(row.run is not None and row.run.done for row in many.rows)
    counted = Counter(map(_word, many.rows))
    told = ", ".join(f"{number:,} {word}" for word, number in counted.items())
    words = f"{ended:,} of {len(many.rows):,} have ended: {told}"
    return words if many.ended_at is not None else Done(words, "rows", ended, len(many.rows))


def _shown(many: Many) -> list[Row]:
    """The rows that are worth a line, in their order: what failed and what lives comes first."""
    ranked = sorted(many.rows, key=_rank)
    wanted = {id(row) for row in ranked[:_MOST]}
    return [row for row in many.rows if id(row) in wanted]


def _rank(row: Row) -> int:
    if row.error or (row.run is not None and row.run.done and not row.ok):
        return 0
    return 1 if row.is_live else 2 if row.waits else 3


def _took(seconds: float) -> str:
    return in_words(timedelta(seconds=seconds))
