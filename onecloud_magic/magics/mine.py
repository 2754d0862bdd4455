"""What was started from here, as the ledger of starts knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import NotSignedIn

if TYPE_CHECKING:
    import pandas as pd

    from ..account import OneCloud
    from ..runs import ChainRun

__all__ = ["latest_live", "started_here"]


def started_here(oc: OneCloud) -> pd.DataFrame:
    """All starts of the account that is signed in, newest first. Costs no call."""
    _signed_in(oc)
    return oc.starts.frame()


def latest_live(oc: OneCloud) -> list[ChainRun]:
    """The runs that were live when they were seen last, newest first, as they stand now."""
    _signed_in(oc)
    return oc.live_runs(ended=True)


def _signed_in(oc: OneCloud) -> None:
    # Without an account there is no ledger, which would look as if nothing had been started.
    if oc.session.state == "signed_out":
        raise NotSignedIn(
            f"Not signed in at {oc.session.host}.",
            "Sign in with %onecloud login, or try %onecloud sandbox, which needs no account.",
        )
