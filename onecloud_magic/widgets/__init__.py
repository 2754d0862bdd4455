"""Live parts of a notebook: core ipywidgets that watch the account and never call the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .login import LoginForm
    from .quota import QuotaGauge
    from .run import RunCard
    from .secret_field import SecretField

__all__ = ["LoginForm", "QuotaGauge", "RunCard", "SecretField"]


def __getattr__(name: str) -> Any:
    """Import what is shown when it is asked for: progress in a terminal needs no ipywidgets."""
    if name == "LoginForm":
        from .login import LoginForm

        return LoginForm
    if name == "QuotaGauge":
        from .quota import QuotaGauge

        return QuotaGauge
    if name == "RunCard":
        from .run import RunCard

        return RunCard
    if name == "SecretField":
        from .secret_field import SecretField

        return SecretField
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
