"""What a start would send, without sending it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..api import make_request
from ..show import Text, printable

if TYPE_CHECKING:
    from ..account import OneCloud
    from ..runs import Start

__all__ = ["what_would_be_sent"]


def what_would_be_sent(oc: OneCloud, start: Start) -> Text:
    """The call that would start the chain, as JSON without secrets, and what else would count."""
    target, shown = start.target, start.inputs.shown
    request = make_request(
        "startChain",
        environment_id=target.environment_id,
        chain_id=target.chain_id,
        runtimeVariables=shown,
    )
    session = oc.session
    lines = [
        f"Nothing was sent. It would start {printable(target.path)}, "
        f"as the profile {session.profile}:",
        f"POST {session.host}{request.path}",
        json.dumps({"runtimeVariables": shown}, indent=2, ensure_ascii=False),
        *_beside(oc, start),
    ]
    return Text("\n".join(lines))


def _beside(oc: OneCloud, start: Start) -> list[str]:
    """What the account would do before, as far as is known here."""
    from ..account import is_protected

    target = start.target
    same = oc.starts.same(target, start.inputs)
    told = [f"The same start is not known to have ended: {_run(each.run_id)}." for each in same[:1]]
    if is_protected(oc, target.environment, target.home):
        told.append(f"{printable(target.home)} is protected: --yes is needed.")
    return told


def _run(number: str | None) -> str:
    return f"run {number}" if number else "what became of it is not known"
