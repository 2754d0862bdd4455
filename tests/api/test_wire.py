import pytest

from onecloud_magic import errors
from onecloud_magic.api import (
    Quota,
    read_reply,
)
from onecloud_magic.api.wire import rate_limited

from .replies import GOOD, RUN, asked, reply


def refusal(operation: str, status: int, body: object, **headers: str) -> errors.OneCloudError:
    with pytest.raises(errors.OneCloudError) as caught:
        read_reply(asked(operation), reply(body, status, **headers))
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


# ---- what is good


def test_a_list_comes_unwrapped_and_a_bare_one_too() -> None:
    rows = GOOD["rows"]["data"]

    assert read_reply(asked("getChains"), reply({"data": rows})) == rows
    assert read_reply(asked("getChains"), reply(rows)) == rows
    assert read_reply(asked("getChains"), reply({"data": []})) == []


def test_a_record_comes_unwrapped_also_from_a_201() -> None:
    created = {"message": "Operation succeeded", "id": "1", "url": "https://…"}

    assert read_reply(asked("publishChain"), reply({"data": created}, 201)) == created


def test_a_page_of_runs_keeps_its_cursor() -> None:
    page = {"cursor": "c2", "chainExecutors": [RUN]}

    assert read_reply(asked("chainRunHistory"), reply({"data": page})) == page


def test_an_exported_chain_is_bytes_as_they_came() -> None:
    assert read_reply(asked("exportChain"), reply(b"\x00\xff<")) == b"\x00\xff<"


def test_mapping_groups_answer_with_a_plain_object() -> None:
    assert read_reply(asked("publish"), reply(b"{}")) == {}
    assert read_reply(asked("updateRules"), reply({"data": 1})) == {"data": 1}


def test_a_byte_order_mark_is_no_harm() -> None:
    assert read_reply(asked("getChains"), reply(b'\xef\xbb\xbf{"data": []}')) == []


def test_half_a_surrogate_becomes_a_question_mark_and_a_pair_stays() -> None:
    body = b'{"data": [{"name": "a\\ud83d b", "icon": "\\ud83d\\ude00"}]}'

    assert read_reply(asked("getChains"), reply(body)) == [{"name": "a? b", "icon": "😀"}]


# ---- what cannot be read

UNREADABLE = {
    "empty": b"",
    "blank": b" \n",
    "truncated": b'{"data": [{"id": "1"',
    "html": b"<!DOCTYPE html><html><body>Please sign in</body></html>",
    "text": b"OK",
    "a list where a record is due": b'[{"id": 1}]',
    "a record without data": b'{"id": 1}',
    "null": b"null",
    "data is null": b'{"data": null}',
    "data is a number": b'{"data": 7}',
    "records that are none": b'{"data": [1]}',
    "not UTF-8": b'{"data": "\xff"}',
    "UTF-16": '{"data": []}'.encode("utf-16"),
    "NaN": b'{"data": {"chainExecutors": [{"id": NaN}]}}',
    "too large a number": b'{"data": {"chainExecutors": [{"id": 1e999}]}}',
    "too long a number": b'{"data": {"chainExecutors": [{"id": ' + b"9" * 5_000 + b"}]}}",
    "nested deeply": b'{"data": ' + b"[" * 200_000,
    "a page without runs": b'{"data": {"cursor": "c"}}',
    "a page whose runs are null": b'{"data": {"cursor": "c", "chainExecutors": null}}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_page_of_runs_is_a_bad_answer(body: bytes) -> None:
    error = refusal("chainRunHistory", 200, body)

    assert isinstance(error, errors.BadAnswer)
    assert (error.operation, error.status) == ("chainRunHistory", 200)
    assert error.__context__ is None


@pytest.mark.parametrize("operation", ["getChains", "getChain", "publish"])
@pytest.mark.parametrize("name", ["empty", "truncated", "html", "null", "NaN", "nested deeply"])
def test_every_kind_of_answer_is_held_against_its_form(operation: str, name: str) -> None:
    assert isinstance(refusal(operation, 200, UNREADABLE[name]), errors.BadAnswer)


@pytest.mark.parametrize(("body", "kind"), [(b"", ""), (b"<html>", "text/html; charset=utf-8")])
def test_a_web_page_is_no_exported_chain(body: bytes, kind: str) -> None:
    assert isinstance(refusal("exportChain", 200, body, content_type=kind), errors.BadAnswer)


# ---- what is refused


def test_401_rejects_the_session_in_the_services_words() -> None:
    error = refusal("getChains", 401, {"error": "invalid_token", "error_description": "expired"})

    assert isinstance(error, errors.SessionRejected)
    assert "invalid_token: expired" in str(error)
    assert "%onecloud login" in error.hint


def test_401_may_come_as_plain_text() -> None:
    assert "Unauthorized" in str(refusal("publish", 401, b"Unauthorized"))


def test_403_is_forbidden() -> None:
    error = refusal("getChains", 403, {"error": "not an administrator"})

    assert isinstance(error, errors.Forbidden)
    assert error.words == "not an administrator"


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("getChain", "chain"),
        ("getEnvironment", "environment"),
        ("getChainRun", "run"),
        ("getUserUserGroups", "user"),
        ("getUserGroup", "group"),
        ("publish", "mapping group"),
    ],
)
def test_404_names_what_was_asked_for(operation: str, kind: str) -> None:
    error = refusal(operation, 404, {"error": "no such thing"})

    assert isinstance(error, errors.NotFound)
    assert (error.kind, error.wanted, error.words) == (kind, "7", "no such thing")


def test_404_of_a_web_server_means_that_base_url_is_wrong() -> None:
    for body in (b"<html>nginx</html>", b""):
        error = refusal("getChain", 404, body)

        assert isinstance(error, errors.Unreachable)
        assert "base_url" in error.hint


def test_422_of_a_start_says_why_the_chain_was_not_started() -> None:
    error = refusal("startChain", 422, {"error": "Unable to Start Chain: it is disabled"})

    assert isinstance(error, errors.ChainStartRefused)
    assert error.words == "Unable to Start Chain: it is disabled"


@pytest.mark.parametrize("status", [400, 405, 409, 413, 422])
def test_another_4xx_is_a_usage_error_with_the_services_words(status: int) -> None:
    error = refusal("stopChain", status, {"error": "Unable to Stop Chain"})

    assert isinstance(error, errors.UsageError)
    assert error.words == "Unable to Stop Chain"


def test_refused_mapping_rules_are_told_line_by_line() -> None:
    wrong = {"mappingRules": [], "errors": [{"error": "no target", "lineNumber": 3}, 7]}
    error = refusal("updateRules", 400, wrong)

    assert isinstance(error, errors.UsageError)
    assert error.words == "line 3: no target"


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"error": "Unable to', b"\xff"])
def test_a_refusal_that_cannot_be_read_is_a_bad_answer(body: bytes) -> None:
    assert isinstance(refusal("startChain", 422, body), errors.BadAnswer)


def test_a_redirect_is_not_followed_and_names_only_the_host_it_points_to() -> None:
    error = refusal("getChains", 302, b"", location="https://user:pw@login.example/x?token=abc")

    assert isinstance(error, errors.Unreachable)
    assert error.status == 302
    assert "login.example" in str(error)
    assert "abc" not in str(error)
    assert "pw" not in str(error)


@pytest.mark.parametrize("location", ["/elsewhere", "", "http://[bad", "\x1b[2Jx"])
def test_a_redirect_to_nowhere_is_unreachable_too(location: str) -> None:
    assert "\x1b" not in str(refusal("getChains", 302, b"", location=location))


@pytest.mark.parametrize("status", [500, 502, 503, 599, 100])
def test_5xx_is_unreachable_with_its_status(status: int) -> None:
    error = refusal("getChains", status, b"<html>Bad Gateway</html>")

    assert isinstance(error, errors.Unreachable)
    assert error.status == status


def test_words_are_one_short_line_without_control_characters() -> None:
    error = refusal("stopChain", 400, {"error": "a\x1b[2J\r\n\u202eb\0" + "long " * 1_000})

    assert isinstance(error, errors.UsageError)
    assert error.words.startswith("a [2J b long")
    assert len(error.words) == 300


# ---- the rate limit

LIMIT = {"error": "Rate limit exceeded", "error_description": "Too many requests."}
SPENT = {"oc_api_burst_remaining": "0", "oc_api_daily_remaining": "40000"}
LEFT = {"oc_api_burst_remaining": "57", "oc_api_daily_remaining": "40000"}


@pytest.mark.parametrize("headers", [SPENT, {}, {"oc_api_burst_remaining": "0"}])
@pytest.mark.parametrize("operation", ["getChains", "startChain"])
@pytest.mark.parametrize("body", [LIMIT, b"Rate limit exceeded"])
def test_a_rate_limit_is_told_by_the_body(
    operation: str, body: object, headers: dict[str, str]
) -> None:
    assert rate_limited(asked(operation), reply(body, 422, **headers))


def test_a_start_that_quotes_a_rate_limit_while_calls_are_left_is_a_refused_start() -> None:
    body = {"error": "Unable to Start Chain: rate limit exceeded at the connector"}

    assert not rate_limited(asked("startChain"), reply(body, 422, **LEFT))
    assert isinstance(refusal("startChain", 422, body, **LEFT), errors.ChainStartRefused)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", {"error": "Unable to Start Chain"}, b'{"error": "Ra']
)
def test_headers_alone_are_no_rate_limit(body: object) -> None:
    assert not rate_limited(asked("startChain"), reply(body, 422, **SPENT))


def test_another_status_is_no_rate_limit() -> None:
    assert not rate_limited(asked("getChains"), reply(LIMIT, 503, **SPENT))


@pytest.mark.parametrize("nonsense", ["", "abc", "-1", "1.5", "1e3", "٣", "1_0", "5, 5", "9" * 99])
def test_a_header_that_is_no_number_is_not_told(nonsense: str) -> None:
    headers = {"oc-api-burst-remaining": nonsense, "oc-api-daily-remaining": " 49999 "}

    assert Quota.from_headers(headers) == Quota(None, 49_999)


def test_absent_headers_are_not_told_which_is_not_zero() -> None:
    assert Quota.from_headers({}) == Quota(None, None)
    assert Quota.from_headers({"oc-api-burst-remaining": "0"}).burst_remaining == 0


def test_the_servers_clock_is_read_from_its_date() -> None:
    told = reply(b"", date="Tue, 24 Nov 2026 15:24:00 GMT").date

    assert told is not None
    assert told.isoformat() == "2026-11-24T15:24:00+00:00"
    assert reply(b"", date="yesterday").date is None
    assert reply(b"").date is None
