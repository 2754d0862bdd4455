"""Mapping rules: uploaded as a file, refused with every wrong line, published from a draft."""

from typing import Any

import pytest
import requests

from onecloud_magic.sandbox import Sandbox

from .asking import ask
from .test_portability import bearer

RULES = b"type,source,target\r\nLIKE,41%,Revenue\r\nEXACT,5000,Cost\r\nREGEX,^6\\d+$,Travel\r\n"


def upload(
    sandbox: Sandbox, file: bytes, mode: str | None = "draft", group: str | None = None
) -> tuple[int, Any]:
    """Upload a file of rules: the status and what the JSON says."""
    group = group or sandbox.mapping_groups[0]
    answer = requests.post(
        f"{sandbox.url}/v1/dataprep/mapping_groups/{group}/update_rules",
        files={"file": ("rules.csv", file)},
        data={"mode": mode} if mode is not None else {},
        headers=bearer(sandbox),
        timeout=10,
    )
    return answer.status_code, answer.json()


def publish(sandbox: Sandbox, group: str | None = None) -> int:
    group = group or sandbox.mapping_groups[0]
    return ask(sandbox, "POST", f"/v1/dataprep/mapping_groups/{group}/publish").status


def lines_of(answer: tuple[int, Any]) -> dict[int | None, str]:
    status, told = answer
    assert (status, told["mappingRules"]) == (400, [])
    return {each["lineNumber"]: each["error"] for each in told["errors"]}


def test_an_upload_answers_with_the_rules_in_their_order(sandbox: Sandbox) -> None:
    status, told = upload(sandbox, RULES)

    assert (status, told["errors"]) == (200, [])
    assert [(it["type"], it["source"], it["target"]) for it in told["mappingRules"]] == [
        ("LIKE", "41%", "Revenue"),
        ("EXACT", "5000", "Cost"),
        ("REGEX", r"^6\d+$", "Travel"),
    ]
    assert [it["position"] for it in told["mappingRules"]] == [0, 1, 2]
    assert {it["mappingGroupGuid"] for it in told["mappingRules"]} == {sandbox.mapping_groups[0]}


@pytest.mark.parametrize(
    "file",
    [
        RULES.replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + RULES,
        RULES.replace(b"type,source,target", b"Type, Source ,TARGET"),
        RULES.replace(b"Cost", b'"Cost"'),
        RULES.replace(b"\r\nEXACT", b"\r\n\r\nEXACT"),
    ],
)
def test_a_file_may_be_written_as_spreadsheets_do(sandbox: Sandbox, file: bytes) -> None:
    status, told = upload(sandbox, file)

    assert status == 200
    assert len(told["mappingRules"]) == 3


def test_a_file_may_hold_any_text(sandbox: Sandbox) -> None:
    _, told = upload(sandbox, "type,source,target\nEXACT,Umsätze ½,売上\n".encode())

    assert told["mappingRules"][0]["target"] == "売上"
    assert told["mappingRules"][0]["source"] == "Umsätze ½"


def test_every_wrong_line_is_named_with_what_is_wrong(sandbox: Sandbox) -> None:
    file = b"type,source,target\nLIKE,1%,A\nFUZZY,2,B\n\nLIKE,3\nEXACT,,D\nREGEX,(,E\nEXACT,6,F\n"

    lines = lines_of(upload(sandbox, file))

    assert set(lines) == {3, 5, 6, 7}
    assert "LIKE, EXACT, REGEX" in lines[3]
    assert "3 columns" in lines[5]
    assert "empty" in lines[6]
    assert "regular expression" in lines[7]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (b"", 1),
        (b"LIKE,41%,Revenue\n", 1),
        (b"source,target\n", 1),
        (b"\xff\xfe\x00", None),
        (b'type,source,target\n"LIKE', 2),
        (b"type,source,target\nLIKE," + b"a" * 200_000 + b",b\n", 2),
        (b"type,source,target\nREGEX,a{99999999999},b\n", 2),
        (b"type,source,target\nREGEX," + b"(" * 5_000 + b",b\n", 2),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    sandbox: Sandbox, file: bytes, line: int | None
) -> None:
    assert list(lines_of(upload(sandbox, file))) == [line]


def test_a_file_with_a_wrong_line_changes_nothing(sandbox: Sandbox) -> None:
    upload(sandbox, RULES + b"FUZZY,2,B\n")

    assert publish(sandbox) == 400


@pytest.mark.parametrize(
    ("mode", "published"), [("draft", 200), ("both", 200), ("published", 400), (None, 200)]
)
def test_only_a_draft_can_be_published_and_only_once(
    sandbox: Sandbox, mode: str | None, published: int
) -> None:
    before = publish(sandbox)

    upload(sandbox, RULES, mode)

    assert before == 400
    assert publish(sandbox) == published
    assert publish(sandbox) == 400


@pytest.mark.parametrize("mode", ["", "Draft", "all"])
def test_an_unknown_mode_is_refused(sandbox: Sandbox, mode: str) -> None:
    assert "published, draft, both" in lines_of(upload(sandbox, RULES, mode))[None]
    assert publish(sandbox) == 400


def test_groups_stand_each_for_itself(sandbox: Sandbox) -> None:
    first, second, _ = sandbox.mapping_groups

    upload(sandbox, RULES, group=first)

    assert publish(sandbox, second) == 400
    assert publish(sandbox, first) == 200


@pytest.mark.parametrize("group", ["4ef64a1e-55da-4071-8168-d3387d99035d", "1", "%2F"])
def test_a_group_that_does_not_exist_is_not_found(sandbox: Sandbox, group: str) -> None:
    assert upload(sandbox, RULES, group=group)[0] == 404
    assert publish(sandbox, group) == 404


def test_a_line_is_counted_as_an_editor_counts_it(sandbox: Sandbox) -> None:
    broken = b'type,source,target\nEXACT,"a\nb",c\nWRONG,a,b\n'

    assert set(lines_of(upload(sandbox, broken))) == {4}


def test_a_line_that_is_no_csv_is_named(sandbox: Sandbox) -> None:
    assert set(lines_of(upload(sandbox, RULES + b'EXACT,a,"b"x\r\n'))) == {5}
