"""What a sign-in needs: which fields a host has, and what is missing among them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..credentials.hosts import HOSTS, resolve
from ..errors import UsageError

__all__ = ["CHOICES", "FIELDS", "LABELS", "SECRETS", "Unfit", "check", "choice_of"]

_OTHER = ""
CHOICES = (
    ("OneCloud", "classic"),
    ("Workiva US", "us"),
    ("Workiva EU", "eu"),
    ("Workiva APAC", "apac"),
    ("Other URL", _OTHER),
)
SECRETS = ("access_token", "refresh_token", "client_secret")
LABELS = {
    "url": "URL",
    "access_token": "Access token",
    "refresh_token": "Refresh token",
    "client_id": "Client ID",
    "client_secret": "Client secret",
}
_GRANT = ("client_id", "client_secret")
FIELDS = {
    "classic": ("access_token", "refresh_token", "client_id"),
    **dict.fromkeys(("us", "eu", "apac"), _GRANT),
    _OTHER: tuple(LABELS),
}
_WHERE = (
    "The tokens stand on the page Admin > API, where an administrator enables API access; "
    "paste the whole page into the field if you like."
)
_GRANTED = "Id and secret of a grant stand where it was made."


class Unfit(UsageError):
    """What was entered does not do for a sign-in.

    Attributes:
        field: where to go on.
    """

    def __init__(self, field: str, message: str, hint: str) -> None:
        self.field = field
        super().__init__(message, hint)


def choice_of(base_url: str) -> str:
    """Which of the choices a host is, by its URL."""
    return next((name for name, host in HOSTS.items() if host.base_url == base_url), _OTHER)


def check(choice: str, url: str, filled: Collection[str]) -> None:
    """Raise `Unfit` where the fields that are *filled* do not do for a sign-in at that host."""
    if choice == _OTHER:
        _check_url(url)
    if FIELDS[choice] == _GRANT:
        if empty := [name for name in _GRANT if name not in filled]:
            raise _missing(empty, _GRANTED)
    elif not set(SECRETS) & set(filled):
        raise _missing(["access_token"], _WHERE)
    elif "client_id" not in filled and "refresh_token" in filled:
        raise _missing(["client_id"], "The refresh token can only be used together with it.")
    elif "client_id" not in filled and "client_secret" in filled:
        raise _missing(["client_id"], _GRANTED)


def _check_url(url: str) -> None:
    if not url.strip():
        raise _missing(["url"], "Give the address of the service, as https://api.example.com.")
    try:
        resolve(url)
    except UsageError as error:
        raise Unfit("url", str(error), error.hint) from None


def _missing(fields: Sequence[str], hint: str) -> Unfit:
    names = " and ".join(LABELS[name] for name in fields)
    return Unfit(fields[0], f"{names} {'is' if len(fields) == 1 else 'are'} missing.", hint)
