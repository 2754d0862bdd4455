"""Failures that may pass: the next try may succeed."""

import pytest

from onecloud_magic.sandbox import faults

PASSING = {
    "the connection is dropped": faults.drop_before_work(),
    "the answer is dropped": faults.drop_after_work(),
    "a gateway answers": faults.status(502),
    "the answer is cut off": faults.truncated_body(),
    "a web page comes": faults.html_instead(),
    "nothing comes": faults.empty_body(),
}
each_failure = pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
