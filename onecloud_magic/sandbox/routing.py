"""From a method and a path to the function that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from .company import Chain, Environment, User, Workspace
from .messages import Refused, Reply, Request
from .plans import Run
from .world import World, as_number, unknown


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation: who asks what, when, of which world."""

    request: Request
    world: World
    user: User
    now: float
    parts: Mapping[str, str]

    def workspace(self) -> Workspace:
        found = self.world.company.workspaces.get(as_number(self.parts["workspace_id"]))
        if found is None:
            raise unknown("workspace")
        return found

    def environment(self) -> Environment:
        found = self.world.company.environments.get(as_number(self.parts["environment_id"]))
        if found is None:
            raise unknown("environment")
        return found

    def chain(self) -> Chain:
        """Find the chain; where the path names an environment too, the chain must be in it."""
        found = self.world.company.chains.get(as_number(self.parts["chain_id"]))
        if found is None:
            raise unknown("chain")
        if "environment_id" in self.parts and self.environment().id != found.environment_id:
            raise unknown("chain")
        return found

    def run(self) -> Run:
        return self.world.run(self.parts["chain_run_id"], self.now)

    def integer(self, name: str, default: int, most: int | None = None) -> int:
        """Read a parameter that counts something; more than *most* is taken as *most*."""
        text = self.request.query.get(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise Refused(422, "Invalid parameters", f"{name} must be a whole number.")
        return int(text) if most is None else min(int(text), most)

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """Read a parameter that is one of some words; empty where it is not given."""
        word = self.request.query.get(name, "")
        if name in self.request.query and word not in words:
            raise Refused(422, "Invalid parameters", f"{name} must be one of {', '.join(words)}.")
        return word


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the contract and the function that answers it."""

    operation: str
    method: str
    template: tuple[str, ...]
    handler: Handler

    def match(self, path: tuple[str, ...]) -> dict[str, str] | None:
        """Return the path's parameters, or None where the path is another one."""
        parts: dict[str, str] = {}
        for mine, given in zip(self.template, path, strict=True):
            if mine.startswith("{"):
                parts[mine[1:-1]] = unquote(given)
            elif mine != given:
                return None
        return parts


ROUTES: list[Route] = []


def route(operation: str, where: str) -> Callable[[Handler], Handler]:
    """Register a handler: `@route("getChain", "GET /v1/…/{chain_id}")`."""
    method, template = where.split(" ")

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(operation, method, tuple(template.split("/")), handler))
        return handler

    return register


def find(request: Request) -> tuple[Route, dict[str, str]]:
    """Find the route of a request, or refuse: 404 for the path, 405 for the method."""
    candidates = list(_at(request.path))
    for found, parts in candidates:
        if found.method == request.method:
            return found, parts
    if candidates:
        allowed = ", ".join(sorted({found.method for found, _ in candidates}))
        raise Refused(405, "Method Not Allowed", f"Use {allowed}.", Allow=allowed)
    raise Refused(404, "Not Found", "There is nothing at this path.")


def _at(path: str) -> Iterator[tuple[Route, dict[str, str]]]:
    split = tuple(path.split("/"))
    # Plain words are matched before parameters: /chain/search is no chain called "search".
    fitting = [each for each in ROUTES if len(each.template) == len(split)]
    for each in sorted(fitting, key=lambda each: sum("{" in part for part in each.template)):
        parts = each.match(split)
        if parts is not None:
            yield each, parts
