"""What is to be started: one chain in its environment, as the service has just told it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .inputs import Declared

__all__ = ["Target"]


@dataclass(frozen=True)
class Target:
    """A chain that one fresh read has confirmed.

    Attributes:
        path: `Workspace/Environment/Chain`.
        takes: what it says of its inputs.
        usual: how many seconds a run of it takes as a rule, where that is known.
        before: the runs that are there already, by id, with their start in seconds since 1970.
    """

    chain_id: str
    chain: str
    environment_id: str
    environment: str
    path: str = ""
    takes: Declared = field(default_factory=Declared)
    usual: float | None = None
    before: tuple[tuple[str, float | None], ...] = field(default=(), repr=False)

    @property
    def home(self) -> str:
        """The path of its environment, as far as it is known."""
        return self.path.removesuffix(f"/{self.chain}") or self.environment

    @property
    def written(self) -> dict[str, Any]:
        """What the ledger keeps of it."""
        names = ("chain_id", "chain", "environment_id", "environment", "usual")
        return {name: getattr(self, name) for name in names}
