"""The OneCloud service in a box, for trying things out and for tests.

    with Sandbox() as sandbox:
        OneCloud(base_url=sandbox.url).login(**sandbox.credentials)

It answers all 29 operations of the contract and the token endpoints, from a seeded company
that is the same at every start. It listens on loopback, needs no account, and keeps nothing.
"""

from __future__ import annotations

from . import faults
from .box import Recorded, Sandbox

__all__ = ["Recorded", "Sandbox", "faults"]
