"""The face of the package: its names, and an import that is cheap."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import onecloud_magic
from onecloud_magic import account, errors
from onecloud_magic.account import OneCloud

NAMES = ["OneCloud", "OneCloudError", "OneCloudWarning"]
HEAVY = (
    "pandas",
    "numpy",
    "requests",
    "urllib3",
    "IPython",
    "traitlets",
    "ipywidgets",
    "dateparser",
)


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a new Python has after running *code*."""
    told = f"{code}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", told], env=os.environ, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_top_level_has_the_names_that_are_promised() -> None:
    assert sorted(onecloud_magic.__all__) == NAMES
    assert set(NAMES) <= set(dir(onecloud_magic))
    assert onecloud_magic.OneCloud is OneCloud
    assert onecloud_magic.OneCloudError is errors.OneCloudError
    assert onecloud_magic.OneCloudWarning is errors.OneCloudWarning


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'OneClod'"):
        onecloud_magic.OneClod  # noqa: B018


def test_the_import_loads_nothing_heavy() -> None:
    assert not loaded_by("import onecloud_magic") & set(HEAVY)


def test_errors_and_sandbox_load_nothing_heavy() -> None:
    code = "from onecloud_magic import OneCloudError\nimport onecloud_magic.sandbox"

    assert not loaded_by(code) & set(HEAVY)


def test_an_account_loads_nothing_of_ipython_and_no_reader_of_dates() -> None:
    loaded = loaded_by("from onecloud_magic import OneCloud\nOneCloud()")

    assert not loaded & {"IPython", "ipywidgets", "dateparser"}


def test_every_read_has_a_docstring_with_its_columns_and_operation() -> None:
    for name in account.READS:
        words = getattr(OneCloud, name).__doc__

        assert words.partition("\n")[0].rstrip().endswith((".", ").")), name
        assert "olumns" in words, name
        assert "`get" in words or "`search" in words or "`chain" in words, name
        assert (
            "refresh" in OneCloud.__dict__.get(name, getattr(OneCloud, name)).__code__.co_varnames
        )


def test_an_account_says_who_is_signed_in_where() -> None:
    assert repr(OneCloud()) == "<OneCloud signed_out: profile 'default' at https://api.onecloud.io>"
