"""Every path that we write: where it is, who may read it, and how it is replaced.

Folders are made 0700 and files 0600. A file is replaced whole or stays as it was, also through a
crash and on a full disk. Below the root nothing may be a symlink.
"""

from __future__ import annotations

import errno
import math
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from ..errors import OneCloudError, UsageError
from .files import no_follow, patiently, refuse_shared, replace, reserve, sync, told

if TYPE_CHECKING:
    from sqlite3 import Connection

__all__ = ["Home", "named_profile"]

_NO_LOCKS = (None, errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP)  # what a drive without them says
_WAIT_FOR_WRITE = 10.0  # seconds; a write takes some thousandths of one
# A dot at the end would leave the folder ("..") or be dropped by Windows.
_PROFILE = re.compile(r"[A-Za-z0-9_.-]{0,63}[A-Za-z0-9_-]")
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*")


def named_profile(name: str) -> str:
    """The name of a profile; one that could be a path is a `UsageError`."""
    if not _PROFILE.fullmatch(name):
        raise UsageError(
            "That cannot be the name of a profile.",
            "Use up to 64 letters, digits and - _ . (the last one not a dot).",
        )
    return name


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
            # Every read asks where home is, and a Path takes ten times as long.
            where = "" if os.path.isabs(named) else os.getcwd()  # noqa: PTH109, PTH117  # see above
            return cls(_named(named, where))
        return cls(platformdirs.user_state_path("onecloud-magic", appauthor=False))

    def record(self, profile: str, pending: str = "") -> Path:
        """Where the session of *profile* is kept, or the sign-in *pending*, not yet current."""
        return self._folder(profile) / (f"pending-{pending}.json" if pending else "record.json")

    def journal(self, profile: str, pending: str = "") -> Path:
        """Where a refresh of that session or sign-in writes down what it does."""
        return self._folder(profile) / (f"pending-{pending}.journal" if pending else "journal")

    def pending(self, profile: str) -> list[str]:
        """The sign-ins of *profile* that are not yet current, or left something behind."""
        found = self._folder(profile).glob("pending-*")
        kept = (each for each in found if each.suffix in (".json", ".journal"))
        return sorted({each.stem.removeprefix("pending-") for each in kept})

    def lock(self, profile: str) -> Path:
        """What the one refresh of *profile* at a time holds; never removed, nothing is in it."""
        return self._folder(profile) / "lock"

    def answers(self, account: str) -> Path:
        """Where the answers to *account* are kept, and the pace of its calls."""
        if not _NAME.fullmatch(account):
            raise UsageError("That cannot be the name of an account.")
        return self.root / "answers" / f"{account}.sqlite"

    @property
    def starts(self) -> Path:
        """Where every start of a chain is written down before it is sent."""
        return self.root / "starts.sqlite"

    def database(
        self,
        path: Path,
        say: Callable[[str], object] = lambda words: None,
        *,
        whole: bool = False,
    ) -> Connection:
        """Open the SQLite file at *path*, which other threads and processes may have open.

        One that is damaged is moved aside and made anew, and *say* is told; with *whole* all of
        it is looked at, not its head alone. What SQLite refuses besides, it says as
        `sqlite3.Error`.
        """
        from .database import opened  # SQLite is loaded by whoever needs it

        with told("open", path):
            self._make_folders(path)
        return opened(path, lambda: self.set_aside(path), say, whole)

    @contextmanager
    def hold(self, path: Path, patience: float) -> Iterator[None]:
        """Be the only one who holds the lock at *path*, which is made where it is not there.

        Raises:
            TimeoutError: another has held it for *patience* seconds.
            NotImplementedError: the drive has no locks.
            OneCloudError: it cannot be locked.
        """
        from filelock import FileLock, Timeout

        with told("write", path):
            self._make_folders(path)
        lock = FileLock(path, timeout=patience, mode=0o600, fallback_to_soft=False)
        failed: OSError | NotImplementedError | None = None
        try:
            lock.acquire()
        except Timeout:
            raise
        except (OSError, NotImplementedError) as error:
            failed = error
        if failed is not None:
            if getattr(failed, "errno", None) in _NO_LOCKS:
                raise NotImplementedError(f"{self.root} is on a drive without locks")
            raise OneCloudError(
                f"{path} cannot be locked: {getattr(failed, 'strerror', failed)}.",
                "See what stands there; %onecloud doctor looks.",
            )
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def writing(self, profile: str) -> Iterator[None]:
        """Be the only one who changes what is kept of *profile*, for as long as a write takes."""
        path = self._folder(profile) / "writing"
        with ExitStack() as held:
            # Without locks nothing is renewed, so there is nothing that a write could get between.
            with suppress(NotImplementedError):
                try:
                    held.enter_context(self.hold(path, _WAIT_FOR_WRITE))
                except TimeoutError:
                    raise OneCloudError(
                        f"Another process has been writing to {path.parent} for "
                        f"{_WAIT_FOR_WRITE:.0f} s.",
                        "Try again; if it stays so, end that process.",
                    ) from None
            yield

    def _folder(self, profile: str) -> Path:
        """The folder of a profile; a name that could be a path is a `UsageError`."""
        return self.root / "profiles" / named_profile(profile)

    def spending(self, token: str) -> Path:
        """What is held while that token is spent (its fingerprint), whichever profiles have it."""
        # A lock is never removed, so that one for each token would pile up.
        return self.root / "spending" / token[:3]

    def profiles(self) -> list[str]:
        """The names of the profiles that something is kept for."""
        try:
            found = [each for each in (self.root / "profiles").iterdir() if each.is_dir()]
        except OSError:  # nothing was written yet, or nothing that we may see
            return []
        names = [each.name for each in found if not each.is_symlink()]
        return sorted(name for name in names if _PROFILE.fullmatch(name))

    def read(self, path: Path) -> memoryview | None:
        """The bytes of a file of ours, None if there is none.

        They come as a memoryview, because a traceback that shows variables shows nothing of it.
        """
        with told("read", path):
            self._refuse_symlinks(path)
            with suppress(FileNotFoundError):
                refuse_shared(path.parent)
                with open(path, "rb", opener=no_follow) as file:
                    return memoryview(file.read())
        return None

    def is_open_to_others(self, path: Path) -> bool:
        """Whether other users of the machine may read the file at *path*."""
        if sys.platform == "win32":
            return False
        with told("look at", path), suppress(FileNotFoundError):
            return bool(path.lstat().st_mode & 0o077)
        return False

    def close_to_others(self, path: Path) -> None:
        """Let nobody but the owner read the file at *path*."""
        with told("change the mode of", path):
            self._refuse_symlinks(path)
            path.chmod(0o600)

    def replace(self, path: Path, data: memoryview) -> None:
        """Put *data* into the file at *path*, as one step: others see the old bytes or the new."""
        with told("write", path):
            self._make_folders(path)
            replace(path, data)

    def write_at(self, path: Path, data: bytes, start: int, *, room: int = 0) -> None:
        """Write *data* into the file at *path* from *start* on, and see that it is on the disk.

        *room* is what a new file gets in bytes before anything is written, so that there is no
        lack of it later.
        """
        with told("write", path):
            self._make_folders(path)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            flags |= getattr(os, "O_BINARY", 0)
            descriptor = os.open(path, flags, 0o600)
            try:
                if hasattr(os, "fchmod"):
                    os.fchmod(descriptor, 0o600)  # it may have been there, for others to read
                reserve(descriptor, room)
                os.lseek(descriptor, start, os.SEEK_SET)
                if os.write(descriptor, data) != len(data):
                    raise OSError(errno.ENOSPC, "there was no room for all of it")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if room:
                sync(path.parent)

    def set_aside(self, path: Path) -> Path | None:
        """Move a file that cannot be understood out of the way, and say where it is now.

        None where another process has been quicker.
        """
        with told("move", path):
            self._refuse_symlinks(path)
            descriptor, name = mkstemp(dir=path.parent, prefix=f"{path.name}.damaged-")
            os.close(descriptor)
            kept = Path(name)
            try:
                path.chmod(0o600)
                path.replace(kept)
            except FileNotFoundError:
                kept.unlink()
                return None
            sync(path.parent)
            return kept

    def sweep(self, path: Path, before: float = math.inf) -> None:
        """Take away the drafts of the file at *path* that a crash has left *before* that time."""
        with told("tidy up", path.parent):
            self._refuse_symlinks(path)
            for draft in path.parent.glob(f".{path.name}.*"):
                with suppress(FileNotFoundError):
                    if draft.lstat().st_mtime < before:
                        draft.unlink()

    def forget_damaged(self, profile: str) -> None:
        """Take away what was set aside in *profile*: there is a secret in it, for all we know."""
        for kept in self._folder(profile).glob("*.damaged-*"):
            self.remove(kept)

    def remove(self, path: Path) -> None:
        """Take the file at *path* away; none there is well too."""
        with told("remove", path):
            self._refuse_symlinks(path)
            with suppress(FileNotFoundError):
                patiently(path.unlink)
                sync(path.parent)

    def _make_folders(self, path: Path) -> None:
        """Make the folders of *path* for the owner alone; refuse those that others can change."""
        self._refuse_symlinks(path)
        for part in reversed(path.relative_to(self.root).parents):
            folder = self.root / part
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            refuse_shared(folder)

    def _refuse_symlinks(self, path: Path) -> None:
        """A link below the root could lead a secret out of it."""
        for part in (path, *path.parents):
            if part == self.root:
                return
            if part.is_symlink():
                raise OSError(errno.ELOOP, f"{part} is a symlink")


@lru_cache(maxsize=16)
def _named(name: str, where: str) -> Path:
    """The folder of that name, seen from the folder *where*."""
    return Path(where, Path(name).expanduser())
