"""Every path that we write: where it is, who may read it, and how it is replaced.

Folders are made 0700 and files 0600. A file is replaced whole or stays as it was, also through a
crash and on a full disk. Below the root nothing may be a symlink.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from .errors import OneCloudError, UsageError

__all__ = ["Home"]

# A dot at the end would leave the folder ("..") or be dropped by Windows.
_PROFILE = re.compile(r"[A-Za-z0-9_.-]{0,63}[A-Za-z0-9_-]")


@dataclass(frozen=True)
class Home:
    """The folder below which everything lies that we write."""

    root: Path

    @classmethod
    def find(cls, getenv: Callable[[str], str | None] = os.getenv) -> Home:
        """The home that `ONECLOUD_HOME` names, else the platform's folder for a user's state."""
        import platformdirs

        named = getenv("ONECLOUD_HOME")
        if named:
            return cls(Path(named).expanduser().absolute())
        return cls(platformdirs.user_state_path("onecloud-magic", appauthor=False))

    def record(self, profile: str) -> Path:
        """Where the session of *profile* is kept; a name that could be a path is a `UsageError`."""
        if not _PROFILE.fullmatch(profile):
            raise UsageError(
                "That cannot be the name of a profile.",
                "Use up to 64 letters, digits and - _ . (the last one not a dot).",
            )
        return self.root / "profiles" / profile / "record.json"

    def profiles(self) -> list[str]:
        """The names of the profiles that something is kept for."""
        try:
            return sorted(each.name for each in (self.root / "profiles").iterdir())
        except OSError:  # nothing was written yet, or nothing that we may see
            return []

    def read(self, path: Path) -> memoryview | None:
        """The bytes of a file of ours, None if there is none.

        They come as a memoryview, because a traceback that shows variables shows nothing of it.
        """
        with _told("read", path):
            self._refuse_symlinks(path)
            with suppress(FileNotFoundError), open(path, "rb", opener=_no_follow) as file:
                return memoryview(file.read())
        return None

    def replace(self, path: Path, data: memoryview) -> None:
        """Put *data* into the file at *path*, as one step: others see the old bytes or the new."""
        with _told("write", path):
            self._refuse_symlinks(path)
            for folder in reversed(path.relative_to(self.root).parents):
                (self.root / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(path, data)

    def remove(self, path: Path) -> None:
        """Take the file at *path* away; none there is well too."""
        with _told("remove", path):
            self._refuse_symlinks(path)
            with suppress(FileNotFoundError):
                path.unlink()
                _sync(path.parent)

    def _refuse_symlinks(self, path: Path) -> None:
        """A link below the root could lead a secret out of it."""
        for part in (path, *path.parents):
            if part == self.root:
                return
            if part.is_symlink():
                raise OSError(errno.ELOOP, f"{part} is a symlink")


def _replace(path: Path, data: memoryview) -> None:
    # mkstemp opens with O_EXCL, O_NOFOLLOW and 0600.
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
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


def _no_follow(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


@contextmanager
def _told(verb: str, path: Path) -> Iterator[None]:
    """Say in our words what the operating system refused."""
    try:
        yield
    except OSError as error:
        raise OneCloudError(
            f"Could not {verb} {path}: {error.strerror or error}.",
            "See that the folder is yours and has room, or name another one in ONECLOUD_HOME.",
        ) from None
