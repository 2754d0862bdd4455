import json

from hypothesis import given
from hypothesis import strategies as st

from onecloud_magic import errors
from onecloud_magic.api import OPERATIONS, Operation, Reply, read_reply
from onecloud_magic.api.wire import rate_limited

from .replies import GOOD, asked


def survives(operation: Operation, came: Reply) -> None:
    """The reply gives data in the form of the operation, or an error of ours."""
    question = asked(operation)
    rate_limited(question, came)
    try:
        data = read_reply(question, came)
    except errors.OneCloudError:
        return
    assert isinstance(data, {"rows": list, "binary": bytes}.get(operation.answer, dict))


each = st.sampled_from(list(OPERATIONS.values()))
statuses = st.sampled_from([200, 201, 204, 302, 400, 401, 403, 404, 422, 500]) | st.integers(0, 999)
headers = st.dictionaries(
    st.sampled_from(["date", "location", "content-type", "oc-api-burst-remaining"]), st.text()
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "cursor", "chainExecutors", "error", "errors"]) | st.text(),
            inner,
        )
    ),
)


@given(each, statuses, headers, st.binary())
def test_no_bytes_raise_anything_but_an_error_of_ours(
    operation: Operation, status: int, told: dict[str, str], body: bytes
) -> None:
    survives(operation, Reply(status, told, body))


@given(each, statuses, anything)
def test_no_json_raises_anything_but_an_error_of_ours(
    operation: Operation, status: int, body: object
) -> None:
    survives(operation, Reply(status, {}, json.dumps(body).encode()))


@given(each, st.data())
def test_a_good_answer_with_a_few_bytes_changed_is_data_or_an_error_of_ours(
    operation: Operation, data: st.DataObject
) -> None:
    body = bytearray(json.dumps(GOOD.get(operation.answer, "a chain")).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        stop = data.draw(st.integers(start, min(len(body), start + 3)))
        body[start:stop] = data.draw(st.binary(max_size=3))

    survives(operation, Reply(200, {}, bytes(body)))
