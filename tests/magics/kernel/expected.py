"""What fails, and the lines that everybody sees of it: a notebook, papermill and a terminal."""

from __future__ import annotations

from typing import NamedTuple

# Makes a company in the kernel, and a session at a service that has ended since.
PREPARE = (
    "%load_ext onecloud_magic",
    "%onecloud sandbox",
    "from onecloud_magic import OneCloud; from onecloud_magic.sandbox import Sandbox",
    "box = Sandbox(port=0); oc = OneCloud('ended', base_url=box.url)",
    "oc.login(**box.credentials); box.stop(); box.port",
)


class Failure(NamedTuple):
    """A line that fails, and what is said of it; PORT stands for that of the ended service."""

    line: str
    name: str
    says: str
    hint: str

    def lines(self, port: str) -> list[str]:
        return [f"{self.name}: {self.message(port)}", self.hint]

    def message(self, port: str) -> str:
        return self.says.replace("PORT", port)


FAILURES = (
    Failure(
        "%onecloud chians",
        "UsageError",
        "There is no command 'chians'.",
        "Did you mean %onecloud chains?",
    ),
    Failure(
        "%onecloud chains --enviroment Production",
        "UsageError",
        "There is no flag '--enviroment'.",
        "Did you mean --environment?",
    ),
    Failure(
        "df = %onecloud chains -e Prodution -p sandbox",
        "NotFound",
        "No environment is called 'Prodution'.",
        "Did you mean 'Production'?",
    ),
    Failure(
        "%onecloud chains -p nobody",
        "NotSignedIn",
        "Not signed in at https://api.onecloud.io.",
        "Sign in with %onecloud login, or try %onecloud sandbox, which needs no account.",
    ),
    Failure(
        "%onecloud chains -p ended",
        "Unreachable",
        "127.0.0.1:PORT takes no connection: nothing listens there.",
        "Is base_url right? A sandbox ends with its kernel: %onecloud sandbox starts another.",
    ),
)
