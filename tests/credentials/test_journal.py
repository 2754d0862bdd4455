"""The journal: what is in it is whole, what was cut is not there, and there is room for it."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.credentials.journal import Entry, Journal, _entries, _packed
from onecloud_magic.errors import OneCloudError
from onecloud_magic.home import Home

ROOM = 32 * 1024
posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are POSIX's")


@pytest.fixture
def path(home: Home) -> Path:
    return home.journal("default")


@pytest.fixture
def journal(home: Home, path: Path) -> Journal:
    return Journal(home, path)


@pytest.fixture
def entries(token: str) -> list[Entry]:
    """A refresh whose first answer was lost, and whose repeat brought tokens."""
    body = f'{{"access_token": "{token}", "refresh_token": "{token}x"}}'.encode()
    return [
        Entry("intent", "0123abcd", 1, 1_790_000_000.25, client="an-app"),
        Entry("intent", "0123abcd", 2, 1_790_000_060.5, client="an-app"),
        Entry("received", "0123abcd", 2, 1_790_000_061.0, 200, body, "an-app"),
    ]


def written(journal: Journal, entries: list[Entry]) -> None:
    for end in range(1, len(entries) + 1):
        journal.write(entries[:end])


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_it_is_empty_until_something_is_written(journal: Journal, path: Path) -> None:
    assert journal.read() == []
    assert not path.exists()


def test_what_was_written_is_read_in_its_order(journal: Journal, entries: list[Entry]) -> None:
    for end in range(1, 4):
        journal.write(entries[:end])

        assert journal.read() == entries[:end]


def test_what_is_settled_is_gone(journal: Journal, entries: list[Entry], path: Path) -> None:
    written(journal, entries)

    journal.drop()
    journal.drop()

    assert journal.read() == []
    assert not path.exists()


def test_a_new_refresh_leaves_nothing_of_the_one_before(
    journal: Journal, entries: list[Entry], path: Path, token: str
) -> None:
    written(journal, entries)

    journal.write([Entry("intent", "cafecafe")])

    assert journal.read() == [Entry("intent", "cafecafe")]
    assert token.encode() not in path.read_bytes()
    assert b"received" not in path.read_bytes()


@given(
    st.lists(
        st.builds(
            Entry,
            st.sampled_from(["intent", "unsent", "received"]),
            st.text(max_size=8),
            st.integers(1, 2),
            st.floats(allow_nan=False),
            st.integers(0, 599),
            st.binary(max_size=200),
            st.text(max_size=20),
        ),
        max_size=4,
    )
)
def test_any_entries_are_read_as_they_were_packed(entries: list[Entry]) -> None:
    data = b"".join(map(_packed, entries)) + bytes(64)

    assert list(_entries(memoryview(data))) == entries


@given(st.binary(max_size=200))
def test_no_bytes_raise_or_are_an_entry(data: bytes) -> None:
    assert list(_entries(memoryview(data))) == []


# ---- torn


def test_every_cut_reads_as_what_was_whole_before_it(
    journal: Journal, entries: list[Entry], path: Path
) -> None:
    written(journal, entries)
    data = path.read_bytes()
    ends = [sum(len(_packed(each)) for each in entries[:count]) for count in range(4)]

    for cut in range(ends[-1] + 20):
        whole = sum(cut >= end for end in ends) - 1
        for torn in (data[:cut], data[:cut] + bytes(len(data) - cut)):
            assert list(_entries(memoryview(torn))) == entries[:whole]


def test_a_journal_that_was_cut_is_written_on_where_it_was_whole(
    journal: Journal, entries: list[Entry], path: Path
) -> None:
    written(journal, entries)
    end = sum(len(_packed(each)) for each in entries)
    with path.open("r+b") as file:
        file.seek(end - 40)
        file.write(bytes(10))
    assert journal.read() == entries[:2]

    written(journal, [*journal.read(), Entry("unsent", "0123abcd", 2)][:3])

    assert journal.read() == [*entries[:2], Entry("unsent", "0123abcd", 2)]


def test_no_bit_that_flips_makes_another_entry(
    journal: Journal, entries: list[Entry], path: Path
) -> None:
    written(journal, entries)
    data = bytearray(path.read_bytes()[: sum(len(_packed(each)) for each in entries) + 8])

    for bit in range(len(data) * 8):
        data[bit // 8] ^= 1 << bit % 8
        read = list(_entries(memoryview(data)))
        data[bit // 8] ^= 1 << bit % 8

        assert read == entries[: len(read)]


# ---- room


def test_there_is_room_for_a_long_answer_before_anything_is_asked(
    journal: Journal, entries: list[Entry], path: Path
) -> None:
    journal.write(entries[:1])
    assert path.stat().st_size == ROOM
    if sys.platform != "win32":
        assert path.stat().st_blocks * 512 >= ROOM  # on the disk, not a hole

    long = Entry("received", "0123abcd", 1, 0.0, 200, secrets.token_bytes(20_000), "an-app")
    journal.write([entries[0], long])

    assert journal.read() == [entries[0], long]
    assert path.stat().st_size == ROOM


@pytest.mark.parametrize("step", ["posix_fallocate", "ftruncate", "write", "fsync", "open"])
def test_a_full_disk_is_met_before_anything_is_asked_and_counts_as_no_journal(
    journal: Journal, entries: list[Entry], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    if not hasattr(os, step):
        pytest.skip(f"this platform has no {step}")
    with monkeypatch.context() as patched:
        patched.setattr(os, step, full)

        with pytest.raises(OneCloudError, match="No space left"):
            journal.write(entries[:1])

    # Only where it was written and not synced may it be there: then it is an intent too many.
    assert journal.read() == (entries[:1] if step == "fsync" else [])


def test_where_room_cannot_be_reserved_it_is_written(
    journal: Journal, entries: list[Entry], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)

    journal.write(entries[:1])

    assert path.stat().st_size == ROOM
    assert journal.read() == entries[:1]


def test_a_write_that_is_cut_short_is_an_error_and_no_entry(
    journal: Journal, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write(entries[:1])
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, data: real(file, data[: len(data) // 2]))

        with pytest.raises(OneCloudError, match="room"):
            journal.write(entries[:2])

    assert journal.read() == entries[:1]


# ---- safe


def test_an_entry_is_on_the_disk_when_it_is_written(
    journal: Journal, entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def noted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(descriptor: int, *rest: object) -> object:
            folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            steps.append(f"{name} folder" if folder else name)
            return real(descriptor, *rest)

        return call

    for name in ("posix_fallocate", "ftruncate", "write", "fsync"):
        if hasattr(os, name):
            monkeypatch.setattr(os, name, noted(name, getattr(os, name)))

    journal.write(entries[:1])
    made = steps.copy()
    steps.clear()
    journal.write(entries[:2])

    if sys.platform == "linux":
        assert made == ["ftruncate", "posix_fallocate", "write", "fsync", "fsync folder"]
    assert steps == ["write", "fsync"]


@posix
@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_it_is_the_owners_alone(
    journal: Journal, entries: list[Entry], path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        written(journal, entries)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
def test_one_that_others_could_read_is_theirs_no_more_once_it_is_written(
    journal: Journal, entries: list[Entry], path: Path
) -> None:
    journal.write(entries[:1])
    path.chmod(0o644)

    written(journal, entries)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
def test_a_symlink_in_its_place_is_not_followed(
    journal: Journal, entries: list[Entry], path: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    path.parent.mkdir(parents=True, mode=0o700)
    path.symlink_to(victim)

    for act in (lambda: journal.write(entries[:1]), journal.read, journal.drop):
        with pytest.raises(OneCloudError, match="symlink"):
            act()

    assert victim.read_bytes() == b"precious"


def test_an_entry_shows_no_secret(entries: list[Entry], token: str) -> None:
    assert token not in repr(entries)
    assert "0123abcd" in repr(entries)
