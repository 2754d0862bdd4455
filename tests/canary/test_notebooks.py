"""Of all that is in an executed notebook, nothing is a secret, though its widgets are kept."""

from __future__ import annotations

import json

import pytest

from onecloud_magic.sandbox import Sandbox
from tests.magics.kernel.running import Place

from .canaries import Canaries
from .conftest import places
from .headless import WAYS
from .lookout import INSIDE, TALK

pytestmark = pytest.mark.process

WAIT = "import time\nwhile form.busy:\n    time.sleep(0.02)\n"
CELLS = (
    *("%load_ext onecloud_magic", f"%run {INSIDE}", TALK, "%xmode Verbose", "%onecloud login"),
    *("df = %onecloud chains", "df.to_csv('frame.csv'); df.to_parquet('frame.parquet')", "df"),
    *("%onecloud doctor", "%onecloud last --curl", "oc = %onecloud", "oc, vars(oc), In, Out"),
    "import os; from onecloud_magic.widgets import LoginForm\nform = LoginForm(oc); form",
    "for name in ('access_token', 'refresh_token', 'client_secret'):\n"
    "    getattr(form, name).value = os.environ['WRONG_' + name.upper()]",
    f"form.client_id.value = 'an app'; form.submit.click()\n{WAIT}form.status.value",
    f"form.refresh_now.click()\n{WAIT}print(form.status.value)",
    "form.access_token.value = os.environ['WRONG_ACCESS_TOKEN']; form",
    "take_along('taken.txt', oc=oc, form=form)",
)
FAILS = "oc.login(access_token=os.environ['WRONG_ACCESS_TOKEN'])"
SECRETS = ("access_token", "refresh_token", "client_secret")


@pytest.mark.parametrize("way", ["nbclient", "papermill"])
def test_an_executed_notebook_has_no_secret_in_it(
    place: Place, service: Sandbox, canaries: Canaries, way: str
) -> None:
    right = {f"ONECLOUD_{name.upper()}": text for name, text in service.credentials.items()}
    wrong = {f"WRONG_{name.upper()}": canaries.new(name) for name in SECRETS}
    place.env.update(right | wrong)

    seen = WAYS[way](place, *CELLS, FAILS)

    eye = canaries.eye()
    sights = eye.below(place.root)
    saved = (place.root / f"{way}.ipynb").read_text("utf-8")
    assert "new access token" in saved
    assert "SessionRejected" in seen.shown
    assert seen.shown.count("Traceback (most recent call last)") == 1
    assert json.loads(saved)["metadata"]["widgets"]
    assert places(sights) <= {"onecloud/profiles/environment/record.json"}
    assert not {each.secret for each in sights} & set(canaries.typed)
