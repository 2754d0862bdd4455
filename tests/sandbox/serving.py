"""The command `python -m onecloud_magic.sandbox` in a process of its own."""

import re
import subprocess
import sys
from typing import NamedTuple

import requests

COMMAND = [sys.executable, "-m", "onecloud_magic.sandbox"]


class Serving(NamedTuple):
    """A sandbox in a process of its own, and what it printed."""

    process: subprocess.Popen[str]
    told: str

    def value(self, name: str) -> str:
        found = re.search(rf"^{name}: +(\S+)$", self.told, re.MULTILINE)
        assert found, self.told
        return found[1]

    @property
    def url(self) -> str:
        return self.value("OneCloud sandbox")

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.value('access token')}"}

    def refresh(self) -> requests.Response:
        return requests.post(
            f"{self.url}/oauth/token",
            json={
                "grant_type": "refresh_token",
                "client_id": self.value("client id"),
                "refresh_token": self.value("refresh token"),
            },
            timeout=10,
        )
