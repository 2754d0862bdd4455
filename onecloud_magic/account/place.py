"""Where an account is: what tells one line from another, and who holds its secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..credentials import environment
from ..credentials.hosts import Host
from ..credentials.profile import Profile
from ..credentials.records import Record
from ..credentials.renewal import FileRenewal, MemoryRenewal
from ..credentials.session import Session
from ..credentials.stores import MemoryStore
from ..home import Home

__all__ = ["Place", "given_in", "holder"]


@dataclass(frozen=True)
class Place:
    """What tells one line from another."""

    home: Home
    profile: str
    host: Host
    token_store: str


def holder(place: Place, clock: Callable[[], float], ca_bundle: Callable[[], str]) -> Session:
    """Who holds the secrets of a place: in a file, or in memory until the process ends."""
    given = given_in(place.profile)
    if place.token_store == "memory":  # noqa: S105  # a place, no password
        memory = MemoryStore()
        renewal = MemoryRenewal(memory, clock, ca_bundle)
        return Session(memory, place.host, given=given, renewal=renewal, clock=clock)
    profile = Profile(place.home, place.profile)
    return Session(
        profile.store(),
        place.host,
        given=given,
        profile=profile,
        renewal=FileRenewal(place.home, place.profile, clock, ca_bundle),
        clock=clock,
    )


def given_in(profile: str) -> Record | None:
    """The credential of the environment, in the profile that the environment names."""
    return environment.record() if profile == environment.profile() else None
