"""Live parts of a notebook: core ipywidgets that watch the account and never call the service."""

from __future__ import annotations

from .login import LoginForm
from .quota import QuotaGauge
from .secret_field import SecretField

__all__ = ["LoginForm", "QuotaGauge", "SecretField"]
