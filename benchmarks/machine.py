"""On what was measured: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

BESIDE_US = ("pandas", "pyarrow", "requests", "ipython")
PEERS = (
    *("jupysql", "bigquery-magics", "sparkmagic"),
    *("requests-cache", "workiva-chains-client", "pyrate-limiter"),
)


def machine() -> str:
    """The class of this machine, and the versions that were measured, in one paragraph."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    beside, peers = (
        ", ".join(f"{name} {version(name)}" for name in names) for names in (BESIDE_US, PEERS)
    )
    system = f"{platform.system()} on {platform.machine()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cores} cores, {system}, {python}, {beside}. Measured against {peers}."
