"""Export, import and publish: chains as files, and mapping rules."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from typing import Any

from .clocks import DAY
from .mapping import Flawed, MappingGroup, Rule, read_rules
from .messages import Refused, Reply, data, json_reply, read_object, read_parts
from .metadata import wire_chain
from .routing import Call, route

EXPORT_DAYS = 14  # an exported file can be used for two weeks (exportChain)


@route("exportChain", "POST /v1/chains/{chain_id}/export")
def export_chain(call: Call) -> Reply:
    """Answer with the chain as an encoded text, to be kept in a `.chain` file."""
    chain = call.chain()
    packed = {"chain": chain.id, "name": chain.name, "exported_at": call.now}
    text = base64.b64encode(json.dumps(packed).encode())
    kept = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="chain-{chain.id}.chain"',
    }
    return Reply(200, text, kept)


@route("importChain", "POST /v1/environments/{environment_id}/import_chain")
def import_chain(call: Call) -> Reply:
    """Make a chain of a `.chain` file; it is disabled until somebody enables it."""
    home = call.environment()
    packed = _unpack(read_parts(call.request).get("file", b""))
    original = call.world.company.chains.get(packed["chain"])
    if original is None:
        raise _not_a_chain("The chain in it is no longer known.")
    if call.now >= packed["exported_at"] + EXPORT_DAYS * DAY:
        raise _not_a_chain(f"It was exported more than {EXPORT_DAYS} days ago.")
    made = replace(
        original,
        environment_id=home.id,
        workspace_id=home.workspace_id,
        name=f"{packed['name']} -- Import",
        disabled=True,
        schedules=(),
        created_at=call.now,
        updated_at=call.now,
    )
    return data(wire_chain(call.world.add_chain(made), call.world.spelling))


@route("publishChain", "POST /v1/chains/{chain_id}/publish")
def publish_chain(call: Call) -> Reply:
    """Publish a chain, with a comment if there is one."""
    chain = call.chain()
    comment = read_object(call.request).get("publish_comment", "")
    if not isinstance(comment, str):
        raise Refused(400, "Bad Request", "publish_comment must be text.")
    chain.updated_at = call.now
    return data(wire_chain(chain, call.world.spelling))


@route("updateRules", "POST /v1/dataprep/mapping_groups/{mappingGroupGuid}/update_rules")
def update_rules(call: Call) -> Reply:
    """Replace the rules of a mapping group; a file with a wrong line changes nothing."""
    group = _group(call)
    try:
        parts = read_parts(call.request)
        mode = parts.get("mode", b"draft").decode("utf-8", "replace")
        if mode not in ("published", "draft", "both"):
            raise Flawed([(None, "mode must be one of published, draft, both")])
        rules = read_rules(parts.get("file", b""))
    except Flawed as flawed:
        return _flaws(flawed)
    except Refused as refused:  # the contract has one form for all that is wrong with a file
        return _flaws(Flawed([(None, refused.description)]))
    if mode != "draft":
        group.published = rules
    if mode != "published":
        group.draft = rules
    return json_reply({"mappingRules": _wire_rules(rules, group.guid), "errors": []})


@route("publish", "POST /v1/dataprep/mapping_groups/{mappingGroupGuid}/publish")
def publish(call: Call) -> Reply:
    """Make the draft of a mapping group its published version."""
    group = _group(call)
    if group.draft is None:
        return json_reply({"error": "The mapping group has no draft to publish."}, 400)
    group.published, group.draft = group.draft, None
    return json_reply({})


def _group(call: Call) -> MappingGroup:
    found = call.world.mapping_groups.get(call.parts["mappingGroupGuid"])
    if found is None:
        raise Refused(404, "Not Found", "No such mapping group was found.")
    return found


def _unpack(file: bytes) -> dict[str, Any]:
    try:
        packed = json.loads(base64.b64decode(file, validate=True))
        return {
            "chain": int(packed["chain"]),
            "name": str(packed["name"]),
            "exported_at": float(packed["exported_at"]),
        }
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, binascii.Error):
        raise _not_a_chain("It cannot be read.") from None


def _not_a_chain(why: str) -> Refused:
    return Refused(400, "Bad Request", f"The file is no usable .chain file. {why}")


def _flaws(flawed: Flawed) -> Reply:
    errors = [{"error": words, "lineNumber": number} for number, words in flawed.errors]
    return json_reply({"mappingRules": [], "errors": errors}, 400)


def _wire_rules(rules: list[Rule], guid: str) -> list[dict[str, object]]:
    return [
        {
            "id": number,
            "mappingGroupGuid": guid,
            "type": rule.type,
            "source": rule.source,
            "target": rule.target,
            "position": number - 1,
        }
        for number, rule in enumerate(rules, start=1)
    ]
