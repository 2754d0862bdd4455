"""Whatever is asked, there is an answer: no dropped connection, no traceback."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onecloud_magic.sandbox import Sandbox
from onecloud_magic.sandbox.messages import Request
from onecloud_magic.sandbox.routing import ROUTES
from onecloud_magic.sandbox.service import GRANT, TOKEN, answer

from ..conftest import NOW, Clock
from .asking import QUOTA, WORKSPACES, Answer, Placed, ask, get, one_chain
from .conftest import NO_LIMIT
from .pure import Pure
from .running import SEARCH, history, inputs_search, start

HUGE = "9" * 5000
T = TypeVar("T")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.fixture
def odd(clock: Clock, capfd: pytest.CaptureFixture[str]) -> Iterator[Sandbox]:
    """A sandbox that must still answer afterwards, and must have said nothing."""
    with Sandbox(clock=clock, burst_limit=NO_LIMIT) as sandbox:
        yield sandbox
        assert ask(sandbox, "GET", WORKSPACES).status == 200
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def chain(odd: Sandbox) -> Placed:
    """A chain that takes variables, and may run several times at once."""
    return one_chain(odd, lambda it: it["runtime_inputs"] and it["concurrency_enabled"])


def differing(status: int, things: Sequence[T], question: Callable[[T], Answer]) -> dict[str, int]:
    """What was answered otherwise than with this status, by what was asked."""
    answered = [(repr(thing)[-70:], question(thing).status) for thing in things]
    return {thing: each for thing, each in answered if each != status}


# ---- paths

NO_IDS = f"""
    0 -1 +66 1e2 abc {HUGE} %2F 66%2F %00 %0D%0A %zz % %FF %D9%A3 %C2%B2 .. . ; 66;a=b 66,67 * null
    %F0%9F%8D%95 66%20
""".split()


@pytest.mark.parametrize("path", [WORKSPACES, "/v1/security/users", "/v1/security/user_groups"])
def test_an_id_that_fits_nothing_is_not_found(odd: Sandbox, path: str) -> None:
    assert not differing(404, ["", *NO_IDS], lambda id: ask(odd, "GET", f"{path}/{id}"))


def test_an_id_may_be_percent_encoded(odd: Sandbox) -> None:
    assert ask(odd, "GET", f"{WORKSPACES}/%36%36").body == ask(odd, "GET", f"{WORKSPACES}/66").body


def test_a_path_that_fits_nothing_is_not_found(odd: Sandbox) -> None:
    paths = f"""
        / // * /v1 /v1/ /v1/metadata {WORKSPACES}/66/ {WORKSPACES}// /V1/metadata/workspace
        /v1/metadata/../metadata/workspace /v1/metadata/work%73pace http://127.0.0.1{WORKSPACES}
        {WORKSPACES}/66/environment/139/chain /oauth/token/ {SEARCH}/nodes
    """.split()

    assert not differing(404, paths, lambda path: ask(odd, "GET", path))


# ---- queries


def test_a_query_that_says_nothing_is_passed_over(odd: Sandbox) -> None:
    queries = [
        "&&&",
        "=",
        "==",
        "a",
        "a=b=c",
        "%zz=%zz",
        "%FF=%FF",
        "x" * 60_000,
        "cursor=",
        "limit",
    ]

    assert not differing(200, queries, lambda query: ask(odd, "GET", f"{SEARCH}?{query}"))


def test_a_limit_that_is_no_number_is_refused(odd: Sandbox, chain: Placed) -> None:
    limits = f"-1 1.0 1e3 abc {HUGE} %D9%A3 %C2%B2 %zz %FF 5,6 +5 %2B5".split()
    paths = [
        f"{history(chain)}?limit=",
        f"{inputs_search(chain)}?search_text=a&limit=",
        "/v1/security/users?pageSize=",
        "/v1/security/users?page=",
    ]

    asked = [path + limit for path in paths for limit in limits]

    assert not differing(422, asked, lambda path: ask(odd, "GET", path))


def test_ids_in_a_query_that_fit_nothing_find_nothing(odd: Sandbox) -> None:
    for ids in ("%C2%B2", HUGE, ",,,x", "%2F", "1%00", "54001%20"):
        assert get(odd, f"{SEARCH}?chain_id={ids}")["chainExecutors"] == []
        assert get(odd, f"/v1/metadata/chains/search?workspace_id={ids}") == []


def test_any_text_can_be_searched_for(odd: Sandbox, chain: Placed) -> None:
    texts = ["%00", "%FF", "%C4%B0", "%F0%9F%8D%95", "%20", "%25", "a" * 60_000]
    paths = [f"{inputs_search(chain)}?search_text=", "/v1/metadata/chains/search?name="]

    asked = [path + text for path in paths for text in texts]

    assert not differing(200, asked, lambda path: ask(odd, "GET", path))


# ---- bodies


def nested(levels: int) -> bytes:
    return b'{"runtimeVariables":{"period":' + b"[" * levels + b"]" * levels + b"}}"


NO_OBJECTS = [
    *(b"[]", b"null", b"7", b"{", b"\xff\xfe", b"\x80", b'{"a":"\x00"}', b'"text"', b"{}{}"),
    *(b"[" * 99_999, b'{"a":' * 9_999, b'{"a":%s}' % HUGE.encode(), nested(20_000)),
]


@pytest.mark.parametrize("end", ["start", "publish", "token"])
def test_a_body_that_is_no_json_object_is_refused(odd: Sandbox, chain: Placed, end: str) -> None:
    paths = {"start": f"{chain.path}/start", "publish": f"/v1/chains/{chain.id}/publish"}

    def question(body: bytes) -> Answer:
        return ask(odd, "POST", paths.get(end, TOKEN), body, headers={"Content-Type": JSON})

    assert not differing(400, NO_OBJECTS, question)


def test_json_is_read_however_it_is_written(odd: Sandbox, chain: Placed) -> None:
    bodies = [b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b" \n{}\t", b'{"a":NaN}']

    assert not differing(200, bodies, lambda body: ask(odd, "POST", f"{chain.path}/start", body))


def test_a_run_may_be_given_any_value(odd: Sandbox, chain: Placed) -> None:
    names = ("period", "entity", "source_file", "threshold", "dry_run", "scenario")
    name = next(name for name in names if start(odd, chain, {name: "x"}).status == 200)
    values: list[object] = ["\ud800", "x" * 10**6, None, 1.5, ["\ud800"], {"a": {"b": []}}]

    assert not differing(200, values, lambda value: start(odd, chain, {name: value}))
    assert get(odd, inputs_search(chain), search_text="no such value")["chainExecutors"] == []


def test_values_may_be_nested_as_deep_as_they_can_be_read(odd: Sandbox, chain: Placed) -> None:
    for levels in range(940, 1000, 3):
        answered = ask(odd, "POST", f"{chain.path}/start", nested(levels))
        assert answered.status in (200, 400, 422)
    assert ask(odd, "GET", f"{inputs_search(chain)}?search_text=zzz").status == 200


def test_an_unknown_name_is_told_back_as_it_can_be_written(odd: Sandbox, chain: Placed) -> None:
    answered = ask(odd, "POST", f"{chain.path}/start", b'{"runtimeVariables": {"\\ud800": 1}}')

    assert answered.status == 422
    assert "ud800" in answered.body["error_description"]


# ---- tokens

STRANGE = [
    *(b"", b"\xff", b"&&=", b'{"grant_type": null}', b'{"grant_type": ["refresh_token"]}'),
    b'{"grant_type": "refresh_token", "client_id": "\\ud800", "refresh_token": {}}',
    b'{"grant_type": "client_credentials", "client_id": "ID", "client_secret": "\\ud800"}',
    b"grant_type=client_credentials&client_id=ID&client_secret=%FF",
    b"grant_type=refresh_token&client_id=ID&refresh_token=%00",
]


@pytest.mark.parametrize("path", [TOKEN, GRANT])
@pytest.mark.parametrize("kind", [JSON, FORM, "text/plain", "application/json; charset=utf-16"])
def test_a_strange_request_for_tokens_is_refused(odd: Sandbox, path: str, kind: str) -> None:
    client = odd.grant["client_id"].encode()

    for body in STRANGE:
        body = body.replace(b"ID", client)
        answered = ask(odd, "POST", path, body, token="", headers={"Content-Type": kind})
        assert answered.status in (400, 401)
        assert answered.body["error"]


def test_strange_credentials_are_unauthorized(odd: Sandbox) -> None:
    values = ["", "Basic", "Basic !", "Basic YQ==", "Basic //8=", "Basic OjpOOg==", "Negotiate abc"]
    values += ["Bearer", "Bearer  ", "Bearer \xb2", "\xb2", "Bearer " + "x" * 60_000]
    grant = b"grant_type=client_credentials"

    def with_header(method: str, path: str, body: bytes | None, value: str) -> Answer:
        return ask(odd, method, path, body, token="", headers={"Authorization": value})

    assert not differing(401, values, lambda it: with_header("GET", WORKSPACES, None, it))
    assert not differing(401, values, lambda it: with_header("POST", GRANT, grant, it))


# ---- anything at all

PURE = Pure()
PARTS = st.one_of(
    st.sampled_from(["66", "139", "54001", "54002", "1000000", "5", "21", "9000001"]),
    st.text(max_size=6).map(lambda text: quote(text, safe="%")),
    st.integers().map(str),
)
TEXTS = st.one_of(st.text(max_size=8), st.integers().map(str), st.sampled_from(["asc", "paused"]))
NAMES = ["limit", "cursor", "state", "sort", "page", "pageSize", "start_date", "end_date", "name"]
NAMES += ["search_text", "chain_id", "environment_id", "workspace_id", "parallel_execution_enabled"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)
BODIES = st.one_of(
    st.binary(max_size=30),
    VALUES.map(lambda value: json.dumps(value).encode()),
    VALUES.map(lambda value: json.dumps({"runtimeVariables": value}).encode()),
)
KINDS = ["application/json", "multipart/form-data; boundary=b", "multipart/form-data", ""]


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """A request at a path of the contract, or near it."""
    template = draw(st.sampled_from([*(route.template for route in ROUTES), TOKEN.split("/")]))
    path = [draw(PARTS) if part.startswith("{") else part for part in template]
    headers = {
        "authorization": draw(st.sampled_from([f"Bearer {PURE.token}", "Basic !", ""])),
        "content-type": draw(st.sampled_from(KINDS)),
    }
    query = draw(st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=4))
    method = draw(st.sampled_from(["GET", "POST", "PUT"]))
    return Request(method, "/".join(path), query, headers, draw(BODIES))


@settings(max_examples=60)
@given(requests())
def test_every_request_has_an_answer_in_a_known_form(request: Request) -> None:
    reply = answer(request, PURE.world, NOW)

    assert reply.status in (200, 400, 401, 404, 405, 422)
    assert all(reply.headers[name].isdigit() for name in QUOTA)
    if reply.headers["Content-Type"] == "application/json":
        assert isinstance(json.loads(reply.body), dict)
