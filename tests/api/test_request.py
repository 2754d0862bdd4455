import json
from itertools import count
from urllib.parse import unquote

import numpy as np
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic.api import OPERATIONS, Operation, make_request
from onecloud_magic.errors import UsageError

BASE = "https://h.app.wdesk.com/s/wdata/oc/api"


def test_a_request_has_its_ids_in_the_path_and_the_rest_in_the_query() -> None:
    asked = make_request("chainRunHistory", environment_id=139, chain_id="54865", limit=50)

    assert asked.path == "/v1/execute/environment/139/chain/54865/history"
    assert asked.query == {"limit": "50"}
    assert asked.body is None


def test_ids_of_numpy_are_taken_as_numbers() -> None:
    assert make_request("getChainRun", chain_run_id=np.int64(7)).path.endswith("/7")


def test_lists_are_joined_with_commas_and_booleans_are_words() -> None:
    runs = make_request("chainFilterSearch", environment_id=["139", 140], chain_id=("574",))
    chains = make_request("searchChains", parallel_execution_enabled=False)

    assert runs.query == {"environment_id": "139,140", "chain_id": "574"}
    assert chains.query == {"parallel_execution_enabled": "false"}


def test_none_is_left_out_and_empty_text_is_sent() -> None:
    asked = make_request("chainFilterSearch", state=None, cursor="")

    assert asked.query == {"cursor": ""}


def test_a_start_carries_its_inputs_as_json() -> None:
    asked = make_request(
        "startChain", environment_id=1, chain_id=2, runtimeVariables={"month": "März"}
    )

    assert json.loads(asked.body or b"") == {"runtimeVariables": {"month": "März"}}
    assert asked.headers == {"Content-Type": "application/json"}


def test_a_request_does_not_show_its_inputs() -> None:
    asked = make_request(
        "startChain", environment_id=1, chain_id=2, runtimeVariables={"password": "hunter2"}
    )

    assert "hunter2" not in repr(asked)


def test_a_file_is_a_pair_and_a_header_is_spelt_as_python_can() -> None:
    asked = make_request(
        "importChain", environment_id=1, file=("a.chain", b"..."), wk_target_workspace="w1"
    )

    assert asked.files == {"file": ("a.chain", b"...")}
    assert asked.headers == {"wk-target-workspace": "w1"}


def test_the_mode_of_an_upload_is_a_plain_field() -> None:
    rules = make_request("updateRules", mappingGroupGuid="g", file=("r.csv", b""), mode="draft")

    assert rules.files == {"file": ("r.csv", b""), "mode": (None, "draft")}


def test_the_same_question_has_the_same_key_whatever_the_order() -> None:
    one = make_request("searchChains", name="a b", workspace_id=1)
    other = make_request("searchChains", workspace_id="1", name="a b")

    assert one.key == other.key == "/v1/metadata/chains/search?name=a+b&workspace_id=1"


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"environment_id": 1}, "needs chain_id"),
        ({"environment_id": 1, "chain_id": None}, "needs chain_id"),
        ({"environment_id": 1, "chain_id": 2, "chian": 3}, "not chian"),
    ],
)
def test_an_unknown_or_missing_parameter_is_a_type_error(
    parameters: dict[str, object], says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        make_request("getChain", **parameters)


BAD_TEXT = ("", " ", ".", "..", "a\0b", "a\nb", "\x7f", "\ud800", "x" * 513, "y" * 10_000_000)
BAD_TYPE = (True, 1.5, b"1", 10**5000, object(), float("nan"), [1])


@pytest.mark.parametrize("bad", [*BAD_TEXT, *BAD_TYPE], ids=count())
def test_an_id_that_is_no_id_is_refused_in_a_short_message(bad: object) -> None:
    with pytest.raises(UsageError) as caught:
        make_request("getChain", environment_id=1, chain_id=bad)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("bad", [[], ["a,b"], [".."], ["x" * 500] * 20, {"a": 1}, "z" * 9_000])
def test_a_query_that_cannot_be_sent_is_refused(bad: object) -> None:
    with pytest.raises(UsageError):
        make_request("chainFilterSearch", environment_id=bad)


@pytest.mark.parametrize("bad", ["ä", " a", "a ", "a\r\nX: y"])
def test_a_header_that_cannot_be_sent_is_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        make_request("exportChain", chain_id=1, wk_target_workspace=bad)


@pytest.mark.parametrize("bad", [float("nan"), object(), {1, 2}, b"x"])
def test_inputs_that_are_no_json_are_refused(bad: object) -> None:
    with pytest.raises(UsageError, match="JSON"):
        make_request("startChain", environment_id=1, chain_id=1, runtimeVariables={"a": bad})


def test_inputs_without_an_end_are_refused() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless

    with pytest.raises(UsageError, match="JSON"):
        make_request("startChain", environment_id=1, chain_id=1, runtimeVariables=endless)


@pytest.mark.parametrize("bad", [b"bytes alone", "a path", ("a.chain", "text"), ("a", b"", "c")])
def test_a_file_that_is_no_pair_is_refused(bad: object) -> None:
    with pytest.raises(UsageError, match="pair"):
        make_request("importChain", environment_id=1, file=bad)


tricky = st.lists(st.sampled_from(["..", "/", ".", "%2e", "%2F", "?", "#", ";", "@", "\\", "é"]))


@given(
    st.sampled_from([one for one in OPERATIONS.values() if one.parts and not one.needs]),
    st.text(min_size=1, max_size=40) | tricky.map("".join),
)
def test_no_id_leaves_its_place_in_the_path(operation: Operation, text: str) -> None:
    try:
        asked = make_request(operation.id, **dict.fromkeys(operation.parts, text))
    except UsageError:
        return

    url = requests.Request("GET", BASE + asked.path).prepare().url or ""

    assert url.startswith(f"{BASE}/v1/")
    template, sent = operation.path.split("/"), url.removeprefix(BASE).split("/")
    assert [unquote(one) for one in sent] == [text if "{" in one else one for one in template]
