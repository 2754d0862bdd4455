"""How a file of ours is written: whole or not at all, synced, and for the owner's eyes only."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from ..errors import OneCloudError

__all__ = ["no_follow", "patiently", "refuse_shared", "replace", "reserve", "sync", "told"]


@contextmanager
def told(verb: str, path: Path) -> Iterator[None]:
    """Say in our words what the operating system refused."""
    try:
        yield
    except OSError as error:
        raise OneCloudError(
            f"Could not {verb} {path}: {error.strerror or error}.",
            "See that the folder is yours and has room, or name another one in ONECLOUD_HOME.",
        ) from None


def refuse_shared(folder: Path) -> None:
    """Whoever can write into a folder can put another file in the place of ours."""
    if sys.platform == "win32":
        return
    seen = folder.stat()
    if seen.st_uid != os.geteuid():
        raise OSError(errno.EPERM, f"{folder} belongs to another user")
    if seen.st_mode & 0o022:
        raise OSError(errno.EPERM, f"{folder} can be written to by others (chmod 700 it)")


def reserve(descriptor: int, room: int) -> None:
    """Give a file its room on the disk now, while there is nothing to lose."""
    if not room:
        return
    os.ftruncate(descriptor, 0)
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, room)
    else:
        os.write(descriptor, bytes(room))


def replace(path: Path, data: memoryview) -> None:
    """Put *data* into the file at *path*: others see the old bytes or the new."""
    # mkstemp opens with O_EXCL, O_NOFOLLOW and 0600.
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: draft.replace(path))
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)


def patiently(act: Callable[[], object]) -> None:
    """Do it, and do it again for two seconds while Windows lets another reader stand in the way."""
    for _ in range(40 if sys.platform == "win32" else 0):
        try:
            act()
            return
        except PermissionError:
            time.sleep(0.05)
    act()


def sync(folder: Path) -> None:
    """Make a change of names in *folder* outlast a power cut, where the platform can."""
    if sys.platform == "win32":
        return
    # Some network drives cannot sync a folder; the file in it is whole all the same.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def no_follow(path: str, flags: int) -> int:
    """Open a file, but no symlink (an opener for `open`)."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
