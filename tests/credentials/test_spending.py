"""Where a single-use token is not spent: on machines that are thrown away."""

from __future__ import annotations

import pytest

from onecloud_magic.credentials.hosts import HOSTS
from onecloud_magic.credentials.spending import thrown_away

CLASSIC = HOSTS["classic"].base_url


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({}, ""),
        ({"HOME": "/root", "PATH": "/bin"}, ""),
        ({"CI": ""}, ""),
        ({"CI": "true"}, "a CI runner"),
        ({"CI": "1"}, "a CI runner"),
        ({"COLAB_RELEASE_TAG": "release-colab"}, "Colab"),
        ({"COLAB_GPU": "0"}, "Colab"),
        ({"BINDER_SERVICE_HOST": "10.0.0.1"}, "Binder"),
        ({"BINDER_REPO_URL": "https://example.com/repo"}, "Binder"),
        ({"CI": "true", "COLAB_GPU": "1"}, "Colab"),
        ({"CI": "true", "ONECLOUD_HOME": ""}, "a CI runner"),
        ({"CI": "true", "ONECLOUD_HOME": "/mnt/drive"}, ""),
        ({"COLAB_GPU": "1", "ONECLOUD_HOME": "/content/drive"}, ""),
        ({"BINDER_REPO_URL": "x", "ONECLOUD_HOME": "/mnt"}, ""),
    ],
)
def test_the_environment_tells_the_kind_of_machine(environ: dict[str, str], kind: str) -> None:
    assert thrown_away(CLASSIC, environ.get) == kind


@pytest.mark.parametrize(
    ("base_url", "spared"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:1", True),
        ("http://[::1]:8080/prefix", True),
        ("https://127.0.0.1", True),
        *[(host.base_url, False) for host in HOSTS.values()],
        ("https://localhost.example.com", False),
        ("https://127.0.0.1.example.com", False),
        ("https://10.0.0.1", False),
    ],
)
@pytest.mark.parametrize("sign", ["CI", "COLAB_GPU", "BINDER_SERVICE_HOST"])
def test_what_runs_on_this_machine_is_exempt(base_url: str, sign: str, spared: bool) -> None:
    assert bool(thrown_away(base_url, {sign: "1"}.get)) != spared
