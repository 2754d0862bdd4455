"""The helper, made to fail at a step: `breaking.py STEP PROFILE …` is `refresh.main` but for that.

Nothing in the product knows of it: the functions it works with are replaced here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onecloud_magic.credentials import refresh
from onecloud_magic.credentials.journal import Journal
from onecloud_magic.credentials.settling import Settling
from onecloud_magic.errors import OneCloudError
from onecloud_magic.home import places


def die(*_given: object, **_more: object) -> Any:
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGKILL)


def breaks(owner: Any, name: str, *, after: bool = False, turn: int = 1) -> None:
    """Die before or after the call of *owner*'s *name* that has that turn."""
    real: Callable[..., Any] = getattr(owner, name)
    turns = iter(range(1, 100))

    def call(*given: Any, **more: Any) -> Any:
        due = next(turns) == turn
        if due and not after:
            die()
        result = real(*given, **more)
        return die() if due and after else result

    setattr(owner, name, call)


def full_disk() -> None:
    """No file can get the room that the journal needs."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))


def full_once_asked(owner: Any, name: str) -> None:
    """From the moment the token endpoint has answered, *owner*'s *name* finds no room."""
    asked = vars(refresh)["exchange"]

    def no_room(*_given: object) -> None:
        raise OneCloudError("no room")

    def fill(*given: Any, **more: Any) -> Any:
        answer = asked(*given, **more)
        setattr(owner, name, no_room)
        return answer

    vars(refresh)["exchange"] = fill


STEPS: dict[str, Callable[[], None]] = {
    "before the journal": lambda: breaks(Journal, "write"),
    "after the intent": lambda: breaks(Journal, "write", after=True),
    "before it is sent": lambda: breaks(refresh, "exchange"),
    "answer not yet in the journal": lambda: breaks(refresh, "exchange", after=True),
    "answer in the journal": lambda: breaks(Journal, "write", after=True, turn=2),
    "before the store": lambda: breaks(places, "replace"),
    "store half done": lambda: breaks(Path, "replace"),
    "store done": lambda: breaks(places, "replace", after=True),
    "before the journal goes": lambda: breaks(Journal, "drop"),
    "journal gone": lambda: breaks(Journal, "drop", after=True),
    "disk full": full_disk,
    "no room for the store": lambda: full_once_asked(Settling, "_store"),
    "no room for the journal": lambda: full_once_asked(Journal, "write"),
}

if __name__ == "__main__":
    STEPS[sys.argv[1]]()
    sys.exit(refresh.main(sys.argv[2:]))
