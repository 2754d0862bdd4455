"""Chain runs: start, stop, look at, search. The contract's execution operations."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import islice

from .clocks import text
from .messages import Refused, Reply, data, read_object
from .plans import LIVE, Node, Run
from .routing import Call, route

Wire = dict[str, object]
PAGE = 50
SEARCHED = {
    "running": ("enqueueing", "sleeping"),
    "paused": ("paused",),
    "succeeded": ("all_succeeded",),
    "failed": ("errored",),
    "warned": ("warned",),
    "completed": ("all_succeeded", "errored", "warned", "stopped"),
}


@route("startChain", "POST /v1/execute/environment/{environment_id}/chain/{chain_id}/start")
def start(call: Call) -> Reply:
    """Start a chain with the values of its runtime variables, by name."""
    chain = call.chain()
    if not call.request.body.strip():
        raise Refused(400, "Bad Request", "A start needs a body; {} is one.")
    values = read_object(call.request).get("runtimeVariables", {})
    if not isinstance(values, dict):
        raise Refused(422, "Invalid parameters", "runtimeVariables must be an object.")
    if chain.disabled:
        raise _cannot_start("the chain is disabled")
    for name in values:
        if name not in {each.name for each in chain.inputs}:
            raise _cannot_start(f"the chain has no runtime variable {name!r}")
    if not chain.concurrency_enabled and (live := call.world.live(chain, call.now)):
        raise _cannot_start(f"the chain is already running (run {live.id})")
    return data(_run(call.world.start(chain, call.user, values, call.now), call))


@route("stopChain", "POST /v1/execute/chain_run/{chain_run_id}/stop")
def stop(call: Call) -> Reply:
    """Stop a run that is still live."""
    run = call.run()
    if not run.live(call.now):
        raise Refused(422, "Unable to Stop Chain", "The chain run has already ended.")
    run.stopped_at = call.now
    return data(_run(run, call))


@route("getChainRun", "GET /v1/execute/chain_run/{chain_run_id}")
def run(call: Call) -> Reply:
    """Show one run."""
    return data(_run(call.run(), call))


@route("getChainRunNodes", "GET /v1/execute/chain_run/{chain_run_id}/nodes")
def nodes(call: Call) -> Reply:
    """Show one run with its nodes."""
    found = call.run()
    listed = [_node(found, index, node, call) for index, node in enumerate(found.nodes())]
    return data({**_run(found, call), "nodes": listed})


@route("chainFilterSearch", "GET /v1/execute/chain_run/search")
def search(call: Call) -> Reply:
    """Search the runs of all chains."""
    state = call.choice("state", tuple(SEARCHED))
    wanted = SEARCHED.get(state, ())
    environments, chains = _listed(call, "environment_id"), _listed(call, "chain_id")
    asked = {
        each.id
        for each in call.world.company.chains.values()
        if (not environments or str(each.environment_id) in environments)
        and (not chains or str(each.id) in chains)
    }

    def fits(each: Run) -> bool:
        return each.chain.id in asked and (not wanted or each.state(call.now) in wanted)

    return _page(call, fits, PAGE, call.choice("sort", ("desc", "asc")) == "asc")


@route("chainRunHistory", "GET /v1/execute/environment/{environment_id}/chain/{chain_id}/history")
def history(call: Call) -> Reply:
    """List the runs of one chain, newest first."""
    chain = call.chain()
    return _page(call, lambda each: each.chain is chain, call.integer("limit", PAGE, PAGE))


@route("chainInputsSearch", "GET /v1/execute/environment/{environment_id}/chain/inputs_search")
def inputs_search(call: Call) -> Reply:
    """List the runs of an environment that were given a value which contains the text."""
    home, wanted = call.environment(), call.request.query.get("search_text", "").casefold()
    if not wanted:
        raise Refused(422, "Invalid parameters", "search_text must not be empty.")

    def fits(each: Run) -> bool:
        return each.chain.environment_id == home.id and any(
            wanted in str(value).casefold() for value in each.inputs().values()
        )

    return _page(call, fits, call.integer("limit", PAGE, PAGE))


def _page(call: Call, fits: Callable[[Run], bool], size: int, ascending: bool = False) -> Reply:
    """Answer one page; its cursor names the last run on it, so new runs shift nothing."""
    found = list(islice(filter(fits, _ordered(call, ascending)), size + 1))
    shown = found[:size]
    cursor = _cursor(shown[-1]) if len(found) > size and shown else ""
    runs = [_run(each, call) for each in shown]
    return data({"cursor": cursor, "chainExecutors": runs})


def _ordered(call: Call, ascending: bool) -> Iterator[Run]:
    runs = call.world.runs(call.now)
    since = float(call.integer("start_date", 0))
    until = float(call.integer("end_date", 2**40))
    first = bisect_left(runs, since, key=lambda each: each.start_at)
    last = bisect_right(runs, until, key=lambda each: each.start_at)
    if after := _position(call.request.query.get("cursor", "")):
        place = bisect_left(runs, after, key=lambda each: (each.start_at, each.id))
        first, last = (max(first, place + 1), last) if ascending else (first, min(last, place))
    numbers = range(first, last) if ascending else range(last - 1, first - 1, -1)
    return (runs[number] for number in numbers)


def _cursor(last: Run) -> str:
    return base64.urlsafe_b64encode(f"{last.start_at!r}/{last.id}".encode()).decode()


def _position(cursor: str) -> tuple[float, int] | None:
    if not cursor:
        return None
    try:
        start_at, number = base64.urlsafe_b64decode(cursor).decode("ascii").split("/")
        return float(start_at), int(number)
    except (ValueError, binascii.Error):
        raise Refused(422, "Invalid parameters", "The cursor is not one of ours.") from None


def _listed(call: Call, name: str) -> set[str]:
    return set(filter(None, call.request.query.get(name, "").split(",")))


def _cannot_start(why: str) -> Refused:
    return Refused(422, "Unable to Start Chain", f"Unable to start chain: {why}.")


def _run(each: Run, call: Call) -> Wire:
    """Write a run as the contract does (`ChainRun`); what has not come yet is left out."""
    now, spelling = call.now, call.world.spelling
    wire: Wire = {
        "id": spelling.id(each.id),
        "chainId": spelling.id(each.chain.id),
        "envId": spelling.id(each.chain.environment_id),
        "userId": spelling.id(each.user.id),
        "userName": each.user.name,
        "startAt": text(each.start_at),
        **dict(_pauses(each, now)),
        "state": each.state(now),
        "launchType": each.launch_type,
        "resultText": each.result(now),
    }
    return wire if wire["state"] in LIVE else {**wire, "endAt": text(each.end())}


def _pauses(each: Run, now: float) -> Iterator[tuple[str, str]]:
    pause = each.plan.pause or ()
    for name, offset in zip(("pausedAt", "resumedAt"), pause, strict=False):
        moment = each.start_at + offset
        if moment <= min(now, each.end()):
            yield name, text(moment)


def _node(each: Run, index: int, node: Node, call: Call) -> Wire:
    state = node.state(each, call.now)
    return {
        "id": call.world.spelling.id(each.id * 100 + index),
        "name": node.name,
        "nodeType": "event" if node.event else "command",
        "state": state,
        "iterable": len(node.items) > 1,
        "nodeId": node.node_id,
        **dict(node.times(each, call.now)),
        "results": list(_results(each, index, node, state, call)),
    }


def _results(each: Run, index: int, node: Node, state: str, call: Call) -> Iterator[Wire]:
    begun = dict(node.times(each, call.now))
    for number, item in enumerate(node.items) if begun else ():
        identity = (each.id * 100 + index) * 10 + number
        ended = "endAt" in begun
        yield {
            "id": call.world.spelling.id(identity),
            "iteratorValue": item,
            "outputVariables": _outputs(each, node, item, state),
            "state": "active" if not ended else "stopped" if state == "skipped" else state,
            "outputLogUrl": f"https://logs.example.com/results/{identity}",
        }


def _outputs(each: Run, node: Node, item: str, state: str) -> Wire:
    if state == "errored":
        return {"data": node.message}
    if state not in ("succeeded", "warned") or node.event:
        return {}
    rows = (each.id * 37 + len(node.name)) % 9000 + 100
    name = f"{node.name.lower().replace(' ', '_')}{'_' + item if item else ''}.csv"
    return {"data": node.message or f"{rows} rows", "path": f"/runs/{each.id}/{name}"}
