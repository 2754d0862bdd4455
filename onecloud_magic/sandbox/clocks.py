"""Times: seconds since 1970 inside, the service's text without a zone (UTC) on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def text(moment: float) -> str:
    """Write a time as the service does: `2019-02-08 06:25:00`, with a fraction where it has one."""
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None).isoformat(" ")


def http_date(moment: float) -> str:
    """Write a time as the `Date` header does (RFC 9110, 5.6.7)."""
    return formatdate(moment, usegmt=True)
