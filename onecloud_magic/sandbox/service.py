"""The service: from a request, a world and a moment to a reply. No socket, no clock of its own."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from . import execution, metadata, portability, security
from .clocks import http_date
from .messages import Refused, Reply, Request, body_length, json_reply, read_form
from .routing import Call, find
from .world import World

# Importing these modules fills the table of routes.
OPERATIONS = (metadata, execution, security, portability)
TOKEN, GRANT = "/oauth/token", "/iam/v1/oauth2/token"


def answer(request: Request, world: World, now: float) -> Reply:
    """Answer one request; a refusal is an answer like any other."""
    try:
        reply = _answer(request, world, now)
    except Refused as refused:
        reply = refused.reply()
    told = {**world.limits.headers(_owner(request, world), now), "Date": http_date(now)}
    return replace(reply, headers={**reply.headers, **told})


def account(request: Request, world: World) -> str:
    """Name the user whose call it is, by e-mail; empty where the request does not tell."""
    owner = _owner(request, world)
    return "" if owner is None else world.user(owner).email


def _owner(request: Request, world: World) -> int | None:
    """Tell whose call it is: by the access token, at the token endpoints by the client id."""
    if request.path not in (TOKEN, GRANT):
        return world.tokens.owner(_bearer(request))
    try:
        return world.tokens.client(_client(request, read_form(request))[0])
    except Refused:
        return None


def _answer(request: Request, world: World, now: float) -> Reply:
    _check_body(request)
    if request.path in (TOKEN, GRANT):
        return _token(request, world, now)
    route, parts = find(request)
    try:
        user = world.user(world.tokens.check(_bearer(request), now))
    except Refused as refused:
        refused.plain = route.operation == "publish"  # the contract's one 401 in plain text
        raise
    world.limits.take(user.id, now)
    if not user.admin:
        raise Refused(403, "Forbidden", "Only administrators may use the API.")
    return route.handler(Call(request, world, user, now, parts))


def _check_body(request: Request) -> None:
    """Refuse a body whose end is not known, and one that broke off: half an act is none."""
    length = body_length(request.headers)
    if length is None:
        raise Refused(411, "Length Required", "Send the body with its Content-Length.")
    if len(request.body) < length:
        raise Refused(400, "Bad Request", "The body is shorter than its Content-Length.")


def _token(request: Request, world: World, now: float) -> Reply:
    """Answer at a token endpoint (guide, "Refreshing your access token"; RFC 6749)."""
    if request.method != "POST":
        raise Refused(405, "Method Not Allowed", "Use POST.", Allow="POST")
    form = read_form(request)
    kind = "refresh_token" if request.path == TOKEN else "client_credentials"
    if not form.get("grant_type"):
        raise Refused(400, "invalid_request", "grant_type is missing.")
    if form["grant_type"] != kind:
        raise Refused(400, "unsupported_grant_type", f"Only {kind} is supported here.")
    if kind == "refresh_token":
        pair = world.tokens.refresh(form.get("client_id", ""), form.get("refresh_token", ""), now)
    else:
        pair = world.tokens.grant(*_client(request, form), now)
    return json_reply(pair, 200, **{"Cache-Control": "no-store"})


def _client(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Read a client's id and secret from HTTP Basic, else from the form (RFC 6749, 2.3.1)."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        identity, _, secret = base64.b64decode(coded).decode().partition(":")
    except (ValueError, binascii.Error):
        return "", ""
    return identity, secret


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
