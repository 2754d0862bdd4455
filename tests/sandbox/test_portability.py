"""Export, import and publish: chains as files."""

import base64
import json
from collections.abc import Mapping

import pytest
import requests

from onecloud_magic.sandbox import Sandbox

from ..conftest import NOW, Clock
from .asking import Answer, Placed, Wire, ask, chains, get, homes, one_chain, seconds
from .running import history, start

DAY = 86_400


def export(sandbox: Sandbox, chain: Placed) -> Answer:
    return ask(sandbox, "POST", f"/v1/chains/{chain.id}/export")


def import_into(sandbox: Sandbox, environment_id: str, file: bytes) -> requests.Response:
    return requests.post(
        f"{sandbox.url}/v1/environments/{environment_id}/import_chain",
        files={"file": ("some.chain", file)},
        headers=bearer(sandbox),
        timeout=10,
    )


def bearer(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.credentials['access_token']}"}


def packed(**fields: object) -> bytes:
    return base64.b64encode(json.dumps(fields).encode())


def whole(sandbox: Sandbox, environment_id: str, id: str) -> Wire:
    found: Wire = get(sandbox, f"/v1/metadata/environment/{environment_id}/chain/{id}")
    return found


@pytest.fixture
def file(sandbox: Sandbox, chain: Placed) -> bytes:
    content: bytes = export(sandbox, chain).body
    return content


# ---- files


def test_an_export_is_an_encoded_text_for_a_file(sandbox: Sandbox, chain: Placed) -> None:
    answer = export(sandbox, chain)

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert f"chain-{chain.id}.chain" in answer.headers["Content-Disposition"]
    assert answer.body.isascii()


def test_an_imported_chain_is_a_disabled_copy_of_its_own(
    sandbox: Sandbox, chain: Placed, file: bytes
) -> None:
    there = homes(sandbox, "Test")[1]

    made = import_into(sandbox, there, file).json()["data"]

    assert made["name"] == f"{chain.wire['name']} -- Import"
    assert made["disabled"]
    assert made["schedules"] == []
    assert made["runtime_inputs"] == chain.wire["runtime_inputs"]
    assert seconds(made["created_at"]) == NOW
    assert made["id"] != chain.id
    assert made["internal_id"] != chain.wire["internal_id"]


def test_an_imported_chain_can_be_found_like_any_other(sandbox: Sandbox, file: bytes) -> None:
    there = homes(sandbox, "Test")[1]

    made = import_into(sandbox, there, file).json()["data"]

    assert whole(sandbox, there, made["id"]) == made
    assert made in get(sandbox, "/v1/metadata/chains/search", environment_id=there)
    assert made["id"] in {
        it["id"] for it in get(sandbox, f"/v1/metadata/environment/{there}/chain")
    }
    assert len(get(sandbox, "/v1/metadata/chains/search")) == 241


def test_a_file_may_be_imported_several_times(sandbox: Sandbox, file: bytes) -> None:
    there = homes(sandbox, "Test")

    made = [import_into(sandbox, home, file).json()["data"] for home in (*there, *there)]

    assert len({it["id"] for it in made}) == len({it["internal_id"] for it in made}) == 6


def test_an_imported_chain_has_no_runs_and_refuses_a_start(clock: Clock) -> None:
    with Sandbox(clock=clock, seed=314) as sandbox:  # whose history nobody has looked at before
        original = chains(sandbox)[0]
        file = export(sandbox, original).body
        made = import_into(sandbox, original.environment_id, file).json()["data"]
        imported = Placed(made["id"], original.environment_id, made)

        refused = start(sandbox, imported)
        found = get(sandbox, history(imported))["chainExecutors"]

    assert found == []
    assert (refused.status, refused.body["error"]) == (422, "Unable to Start Chain")


def test_an_import_changes_nothing_in_the_history_of_others(clock: Clock) -> None:
    def told(imports: int) -> object:
        clock.now = NOW
        with Sandbox(clock=clock, token_ttl=30 * DAY) as sandbox:
            chain = chains(sandbox)[0]
            for _ in range(imports):
                import_into(sandbox, chain.environment_id, export(sandbox, chain).body)
            clock.advance(12 * DAY)
            return get(sandbox, history(chain))

    assert told(imports=0) == told(imports=2)


def test_an_export_can_be_used_for_14_days(clock: Clock) -> None:
    with Sandbox(clock=clock, token_ttl=30 * DAY) as sandbox:
        chain = chains(sandbox)[0]
        file = export(sandbox, chain).body
        clock.advance(14 * DAY - 1)
        in_time = import_into(sandbox, chain.environment_id, file)
        clock.advance(DAY)
        too_late = import_into(sandbox, chain.environment_id, file)
        again = import_into(sandbox, chain.environment_id, export(sandbox, chain).body)

    assert in_time.status_code == 200
    assert too_late.status_code == 400
    assert "14 days" in too_late.json()["error_description"]
    assert again.status_code == 200


GARBAGE: Mapping[str, bytes] = {
    "nothing": b"",
    "text": b"no such file",
    "bytes": b"\x00\xff\xfe",
    "JSON that is not encoded": b'{"chain": 54001}',
    "encoded bytes": base64.b64encode(b"\xff\xfe"),
    "a list": base64.b64encode(b"[]"),
    "null": base64.b64encode(b"null"),
    "an empty object": packed(),
    "no name": packed(chain=54001, exported_at=NOW),
    "no time": packed(chain=54001, name="a"),
    "no chain": packed(name="a", exported_at=NOW),
    "an unknown chain": packed(chain=1, name="a", exported_at=NOW),
    "a chain without end": packed(chain=float("inf"), name="a", exported_at=NOW),
    "a chain in words": packed(chain="Monthly Close", name="a", exported_at=NOW),
    "a time in words": packed(chain=54001, name="a", exported_at="now"),
    "a number too long": base64.b64encode(b'{"chain": ' + b"9" * 9000 + b"}"),
    "a deep nest": base64.b64encode(b"[" * 50_000),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_file_that_is_no_export_is_refused(sandbox: Sandbox, kind: str) -> None:
    there = homes(sandbox, "Test")[0]

    answer = import_into(sandbox, there, GARBAGE[kind])

    assert answer.status_code == 400
    assert answer.json()["error_description"].startswith("The file is no usable .chain file.")
    assert len(get(sandbox, "/v1/metadata/chains/search", environment_id=there)) == 20


def test_a_strange_name_in_a_file_breaks_no_answer(sandbox: Sandbox) -> None:
    there = homes(sandbox, "Test")[0]

    made = import_into(sandbox, there, packed(chain=54001, name="half \ud800", exported_at=NOW))

    assert made.json()["data"]["name"] == "half ? -- Import"
    assert made.json()["data"] in get(sandbox, "/v1/metadata/chains/search", environment_id=there)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nfile\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: a/b; ;0*\r\n\r\nf\r\n--x--"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n",
        ),
        ("multipart/form-data; boundary=\xb2;0*", b"--x\r\n\r\n--x--"),
    ],
)
def test_a_body_without_a_file_is_refused(sandbox: Sandbox, kind: str, body: bytes) -> None:
    path = f"/v1/environments/{homes(sandbox, 'Test')[0]}/import_chain"

    answer = ask(sandbox, "POST", path, body, headers={"Content-Type": kind})

    assert answer.status == 400


def test_nothing_is_exported_from_or_imported_to_where_nothing_is(
    sandbox: Sandbox, file: bytes
) -> None:
    nowhere = Placed("1", "1", {})

    assert export(sandbox, nowhere).status == 404
    assert import_into(sandbox, "1", file).status_code == 404


# ---- publishing


@pytest.mark.parametrize("body", [None, b"", b"{}", b'{"publish_comment": "Ready"}'])
def test_publishing_a_chain_marks_it_as_changed(
    sandbox: Sandbox, clock: Clock, body: bytes | None
) -> None:
    chain = one_chain(sandbox, lambda it: it["runtime_inputs"])
    clock.advance(60)

    published = ask(sandbox, "POST", f"/v1/chains/{chain.id}/publish", body)

    assert published.status == 200
    changed = {**chain.wire, "updated_at": published.body["data"]["updated_at"]}
    assert published.body["data"] == changed == whole(sandbox, chain.environment_id, chain.id)
    assert seconds(changed["updated_at"]) == NOW + 60


@pytest.mark.parametrize("body", [b"[]", b'{"publish_comment": 7}', b'{"publish_comment": null}'])
def test_a_comment_that_is_no_text_publishes_nothing(sandbox: Sandbox, body: bytes) -> None:
    chain = chains(sandbox)[0]

    assert ask(sandbox, "POST", f"/v1/chains/{chain.id}/publish", body).status == 400
    assert whole(sandbox, chain.environment_id, chain.id) == chain.wire


def test_what_is_not_there_cannot_be_published(sandbox: Sandbox) -> None:
    assert ask(sandbox, "POST", "/v1/chains/1/publish").status == 404


@pytest.mark.parametrize("looked_before", [True, False])
def test_permissions_of_an_imported_chain_do_not_depend_on_who_looked_when(
    sandbox: Sandbox, file: bytes, looked_before: bool
) -> None:
    if looked_before:
        get(sandbox, "/v1/security/permissions")

    made = import_into(sandbox, homes(sandbox, "Production")[0], file).json()["data"]

    pages = [get(sandbox, "/v1/security/permissions", page=page) for page in range(5)]
    assert made["id"] in {each["object_id"] for page in pages for each in page}
