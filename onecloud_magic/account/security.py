"""The security and audit reads: users, groups, permissions, logins, authorizations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..api import Record
from ..errors import NotFound
from ..frames import Rows
from .filters import once
from .listing import Listing, Page
from .names import Named, Wanted, find, id_of, name_of, wanted
from .reader import Reader, rows_wanted
from .reading import Reading

if TYPE_CHECKING:
    import pandas as pd


class SecurityReads(Reader):
    """The reads of who may do what, and who did. Answers are kept for an hour.

    All of them raise `NotFound` for a name that fits nothing, `UsageError` for what is no name or
    no limit, `NotSignedIn`, `Forbidden`, `Unreachable`, `BadAnswer` and `QuotaExceeded`.
    """

    def users(self, refresh: bool = False) -> pd.DataFrame:
        """All users of the company, a row each (`getUsers`, 1 call a 100).

        Columns: `id email first_name last_name` string, `sso_enabled` boolean,
        `last_sign_in_at created_at` datetime64[us, UTC].
        """
        return self._read("users", _users, refresh, ())

    def groups(self, user: Any = None, refresh: bool = False) -> pd.DataFrame:
        """All groups, or those that a user is in (`getUserGroups`, `getUserUserGroups`).

        *user* may be an e-mail too. 1 call a 100 groups, and for a user those of `users()`.

        Columns: `id name` string, `default` boolean, `created_at` datetime64[us, UTC].
        """
        whom = None if user is None else wanted("user", user)
        return self._read("groups", lambda reading: _groups(reading, whom), refresh, (whom,))

    def permissions(self, group: Any = None, refresh: bool = False) -> pd.DataFrame:
        """Permissions, a row for each permission and group that has it (`getPermissions`).

        A permission that no group has is one row. For one *group*: `getUserGroupPermissions`.
        1 call a 100 permissions.

        Columns: `id name object_type object_id object_name group_id group`, all string.
        """
        which = None if group is None else wanted("group", group)
        return self._read(
            "permissions", lambda reading: _permissions(reading, which), refresh, (which,)
        )

    def logins(self, limit: int | None = 1000, refresh: bool = False) -> pd.DataFrame:
        """The latest logins, newest first (`getLoginActivity`, 1 call a 100).

        Columns: `id identity user_id failure_reason context ip city region country` string,
        `success` boolean, `created_at` datetime64[us, UTC].
        """
        most = rows_wanted(limit)
        return self._read("logins", lambda reading: _logins(reading, most), refresh, (most,))

    def authorizations(self, limit: int | None = 1000, refresh: bool = False) -> pd.DataFrame:
        """The latest changes of authorization, newest first (`getAuthorizationsActivity`, 1 a 100).

        Columns: `id key trackable_type trackable_id owner_type owner_id recipient_type
        recipient_id parameters` string (`parameters` is compact JSON), `created_at updated_at`
        datetime64[us, UTC].
        """
        most = rows_wanted(limit)
        return self._read(
            "authorizations", lambda reading: _authorizations(reading, most), refresh, (most,)
        )


def _users(reading: Reading) -> pd.DataFrame:
    return _frame("users", reading.pages("getUsers", None))


def _groups(reading: Reading, user: Wanted | None) -> pd.DataFrame:
    if user is None:
        return _frame("groups", reading.pages("getUserGroups", None))
    rows, new = Rows("groups"), once()
    users = reading.askable(_chosen("user", user, reading))
    asked = [Listing("getUserUserGroups", None, None, {"userId": each.id}) for each in users]
    for page in reading.lists(asked):
        rows.add(list(filter(new, page)))
    return rows.frame()


def _permissions(reading: Reading, group: Wanted | None) -> pd.DataFrame:
    if group is None:
        return _frame("permissions", reading.pages("getPermissions", None))
    rows = Rows("permissions")
    for each in reading.askable(_chosen("group", group, reading)):
        for page in reading.pages("getUserGroupPermissions", None, userGroupId=each.id):
            # The answer lists all groups of each permission; asked for is this one.
            rows.add([{**permission, "user_groups": [each.record]} for permission in page])
    return rows.frame()


def _logins(reading: Reading, limit: int | None) -> pd.DataFrame:
    return _frame("logins", reading.pages("getLoginActivity", limit, once()))


def _authorizations(reading: Reading, limit: int | None) -> pd.DataFrame:
    return _frame("authorizations", reading.pages("getAuthorizationsActivity", limit, once()))


def _frame(table: str, pages: Iterator[Page]) -> pd.DataFrame:
    rows = Rows(table)
    for page in pages:
        rows.add(page)
    return rows.frame()


def _chosen(kind: str, asked: Wanted, reading: Reading) -> list[Named]:
    operation = {"user": "getUsers", "group": "getUserGroups"}[kind]
    records = [record for page in reading.pages(operation, None) for record in page]
    try:
        return find(kind, asked, [_named(record) for record in records])
    except NotFound:
        if not reading.unknown:
            raise
    # An estimate that knows no names yet: one call for whoever is meant.
    return [Named("unknown", "", {})]


def _named(record: Record) -> Named:
    """A user answers to their e-mail and to their full name, a group to its name."""
    email, first, last = (record.get(each) for each in ("email", "first_name", "last_name"))
    full = " ".join(part for part in (first, last) if isinstance(part, str) and part)
    also = tuple(each for each in (email, full) if isinstance(each, str) and each)
    return Named(id_of(record), name_of(record), record, also=also)
