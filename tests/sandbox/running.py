"""Starting runs, looking at them, and reading all pages of them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW, Clock
from .asking import Answer, Placed, Wire, ask, get, one_chain

RUN, SEARCH = "/v1/execute/chain_run", "/v1/execute/chain_run/search"


def start(sandbox: Sandbox, chain: Placed, values: Mapping[str, object] | None = None) -> Answer:
    return ask(sandbox, "POST", f"{chain.path}/start", {"runtimeVariables": values or {}})


def begin(sandbox: Sandbox, chain: Placed) -> str:
    """Start a run: its id."""
    return str(start(sandbox, chain).body["data"]["id"])


def stop(sandbox: Sandbox, run: str) -> Answer:
    return ask(sandbox, "POST", f"{RUN}/{run}/stop")


def look(sandbox: Sandbox, run: str) -> Wire:
    found: Wire = get(sandbox, f"{RUN}/{run}")
    return found


def state_at(sandbox: Sandbox, clock: Clock, run: str, age: float) -> str:
    """The state of a run so many seconds after `NOW`."""
    clock.now = NOW + age
    return str(look(sandbox, run)["state"])


def written_at(age: float) -> str:
    """How the service writes the moment so many seconds after `NOW`."""
    return datetime.fromtimestamp(NOW + age, UTC).replace(tzinfo=None).isoformat(" ")


def history(chain: Placed) -> str:
    return f"{chain.path}/history"


def search(_: Placed) -> str:
    return SEARCH


def inputs_search(chain: Placed) -> str:
    return f"/v1/execute/environment/{chain.environment_id}/chain/inputs_search"


def pages(sandbox: Sandbox, path: str, **query: object) -> Iterator[list[Wire]]:
    """Every page of runs, by the cursors."""
    cursor: object = ""
    while True:
        page = get(sandbox, path, **query, cursor=cursor)
        yield page["chainExecutors"]
        cursor = page["cursor"]
        if not cursor:
            return


def runs(sandbox: Sandbox, path: str, **query: object) -> list[Wire]:
    """The runs of all pages."""
    return [run for page in pages(sandbox, path, **query) for run in page]


def ids(found: list[Wire]) -> list[str]:
    return [run["id"] for run in found]


def busiest(sandbox: Sandbox) -> Placed:
    """A chain that runs every half hour of a working day."""

    def fits(chain: Wire) -> bool:
        kinds = [schedule["properties"]["recurring_type"] for schedule in chain["schedules"]]
        return kinds == ["minutely"] and chain["concurrency_enabled"] and not chain["disabled"]

    return one_chain(sandbox, fits)
