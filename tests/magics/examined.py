"""What `%onecloud doctor` tells of a check, and what must stay as it is meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from onecloud_magic.home import Home

from .shell import Shell

Says = tuple[str, str, str]  # state, detail, next


def told(frame: pd.DataFrame, check: str) -> list[Says]:
    """The lines of one check; `~` stands for the home."""
    rows = frame[frame["check"] == check]
    root = str(Home.find().root)
    return [
        (state, detail.replace(root, "~"), after)
        for state, detail, after in zip(rows["state"], rows["detail"], rows["next"], strict=True)
    ]


def examined(shell: Shell, check: str) -> list[Says]:
    return told(shell.run("%onecloud doctor"), check)


def kept(home: Path) -> dict[str, tuple[int, int, bytes]]:
    """All that lies below a folder: names, modes, times of the last change, and bytes.

    Not so the count of calls, in which the doctor's own one has to be, and when a lock was last
    tried: old versions of filelock touch it.
    """
    found = [each for each in home.rglob("*") if "answers" not in each.parts]
    looks = {str(each): each.lstat() for each in found}
    return {
        name: (seen.st_mode, changed(name, seen), Path(name).read_bytes() if is_file(name) else b"")
        for name, seen in looks.items()
    }


def is_file(name: str) -> bool:
    return Path(name).is_file()


def changed(name: str, seen: os.stat_result) -> int:
    return 0 if Path(name).name in ("lock", "writing") else seen.st_mtime_ns
