"""Of all that a kernel says and leaves, only the store has a secret in it."""

from __future__ import annotations

import json
import secrets

import pytest

from onecloud_magic.sandbox import Sandbox, faults
from onecloud_magic.sandbox.messages import json_reply
from tests.conftest import Clock
from tests.magics.kernel.running import Place

from .canaries import Canaries
from .conftest import LIFE, places, stores
from .forms import Form
from .lookout import Lookout, search, watched

pytestmark = pytest.mark.process

TOKEN = "/oauth/token"  # noqa: S105  # a path
ASK = "%onecloud login --ask"
LOOKS = (
    *("df = %onecloud chains", "%onecloud users", "%onecloud last", "%onecloud last --curl"),
    *("%onecloud last --python", "%onecloud doctor", "%onecloud status", "%onecloud cache"),
    *("df.to_csv('frame.csv'), df.attrs", "df.to_parquet('frame.parquet')"),
    "import pickle; pickle.dump(df, open('frame.pickle', 'wb')); df.to_json('frame.json')",
    *("oc = %onecloud", "oc, oc.session, oc.quota, oc.activity, oc.cache, vars(oc)"),
)


def told(tokens: dict[str, str]) -> list[str]:
    """The tokens of an API page, as answers to the questions of a login."""
    return [tokens["access_token"], tokens["refresh_token"], tokens["client_id"]]


def kept(place: Place, profile: str = "default") -> set[str]:
    """The secrets in the store: those of the session that goes on, and no others."""
    record = json.loads((place.root / f"onecloud/profiles/{profile}/record.json").read_text())
    return {record[name] for name in ("access_token", "refresh_token") if record.get(name)}


def test_a_day_of_work_leaves_secrets_in_the_store_alone(
    place: Place,
    service: Sandbox,
    canaries: Canaries,
    clock: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with watched(place) as lookout:
        lookout.run(ASK, answers=told(service.credentials))
        lookout.run(*LOOKS)
        clock.advance(LIFE + 1)
        lookout.run("oc.call('getWorkspaces')", "oc.renew()")
        lookout.look_around(
            *("oc", "oc.session", "oc._line", "oc._line.held", "oc._line.held.current"),
            *("oc.quota", "oc.activity", "oc.cache", "oc.last", "df", "get_ipython().kernel"),
        )
        lookout.run("%onecloud logout")
        lookout.run(ASK, answers=told(service.enable_access()))
        lookout.run(*LOOKS, "oc.renew()", "%reload_ext onecloud_magic", "%onecloud workspaces")

    sights = search(lookout, canaries, str(capfd.readouterr()))

    assert places(sights) == stores()
    assert {canaries.all[each.secret] for each in sights} == kept(place)
    assert len(kept(place)) == 2


# ---- what fails


def test_what_fails_shows_no_secret_in_any_frame_of_any_traceback(
    place: Place,
    service: Sandbox,
    canaries: Canaries,
    clock: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with watched(place, debug=False) as lookout:
        wrong_secrets(lookout, canaries, service)
        lookout.run(ASK, answers=told(service.credentials))
        lookout.run("oc = %onecloud", "oc._line.transport._chance = lambda: 0")  # waits for nothing
        answers_of_a_bad_service(lookout, service)
        ends_of_a_session(lookout, service, clock)
        lookout.look_around("oc")

    sights = search(lookout, canaries, str(capfd.readouterr()))

    # A sign-in that is uncertain, and a session that another took the place of, are kept beside it.
    beside = {each for each in places(sights) if "/profiles/default/pending-" in each}
    assert places(sights) - beside <= stores()
    assert not {each.secret for each in sights} & set(canaries.typed)


def wrong_secrets(lookout: Lookout, canaries: Canaries, service: Sandbox) -> None:
    new, client_id = canaries.new, service.credentials["client_id"]
    lookout.run("import getpass; from onecloud_magic import OneCloud; oc = OneCloud()")
    lookout.fails(ASK, "SessionRejected", [new("access"), ""])
    lookout.fails(ASK, "SessionRejected", [new("access"), new("refresh"), client_id])
    lookout.fails(ASK, "UsageError", [f"{new('access')} {new('access')}"])
    for login in (
        "oc.login(access_token=getpass.getpass())",
        "oc.login(access_token=getpass.getpass() + ' ' + 'blank')",
        f"oc.login(refresh_token=getpass.getpass(), client_id='{client_id}')",
        f"oc.login(client_secret=getpass.getpass(), client_id='{client_id}')",
    ):
        name = "UsageError" if "blank" in login else "SessionRejected"
        lookout.fails(login, name, [new("access")])
    lookout.fails("OneCloud(access_token=getpass.getpass())", "TypeError", [new("access")])


def answers_of_a_bad_service(lookout: Lookout, service: Sandbox) -> None:
    read = "oc.call('getWorkspaces')"
    lookout.fails("%onecloud chains -e Nowhere", "NotFound")
    for status, name in ((422, "UsageError"), (403, "Forbidden"), (404, "UsageError")):
        service.faults.add(repeats_the_token(status), times=1)
        lookout.fails(read, name)
    service.faults.add(faults.drop_before_work(), times=3)
    lookout.fails(read, "Unreachable")
    service.faults.add(faults.truncated_body(), times=3)
    lookout.fails(read, "BadAnswer")


def repeats_the_token(status: int) -> faults.Fault:
    return lambda request, work: json_reply({"error": request.headers["authorization"]}, status)


def ends_of_a_session(lookout: Lookout, service: Sandbox, clock: Clock) -> None:
    read = "oc.call('getWorkspaces')"
    clock.advance(LIFE + 1)
    service.faults.add(faults.drop_after_work(), path=TOKEN, times=2)
    lookout.fails(read, "RefreshUncertain")
    lookout.run(ASK, answers=told(service.enable_access()))
    service.faults.add(faults.html_instead(), path=TOKEN, times=1)
    lookout.fails("oc.renew()", "RefreshUncertain")
    lookout.run(ASK, answers=told(service.enable_access()))
    service.revoke_access()
    lookout.fails(read, "SessionRejected")
    lookout.fails("oc.renew()", "SessionRejected")


def test_a_secret_on_a_line_of_ours_is_gone_from_all_that_the_kernel_keeps(
    place: Place, service: Sandbox, canaries: Canaries
) -> None:
    with watched(place, debug=False) as lookout:
        for line in ("%onecloud login --token {}", "df = %onecloud chains --secret={}"):
            canary = canaries.typed[line] = secrets.token_hex(20)
            lookout.kernel.run(line.format(canary)).error  # noqa: B018  # it asserts
            lookout.run("walk('frames.txt')", "%tb Verbose")
            lookout.look_around("get_ipython().history_manager")

    eye = canaries.eye()
    assert not eye.at(lookout.passive.heard_but_code, "heard by the second client")
    assert not eye.below(place.root)
    assert eye.at(lookout.passive.heard)


# ---- the form


def test_the_form_hands_a_secret_over_and_keeps_none(
    place: Place,
    service: Sandbox,
    canaries: Canaries,
    clock: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with watched(place) as lookout:
        lookout.run("form = %onecloud login", "form", answers=[])
        form = Form(lookout.kernel)
        form.enter(**wrong(canaries))
        form.enter(client_id="an app")
        assert "no longer takes" in form.click("submit")
        lookout.run("walk('the error of the form.txt', form.error)")
        form.enter(**service.credentials)
        assert "Signed in" in form.click("submit")
        assert "new access token" in form.click("refresh_now")
        lookout.look_around("form", "form._form", "form.oc")
        assert "live until" in form.click("sign_out")
        form.enter(access_token=service.enable_access()["access_token"])
        assert "Signed in" in form.click("submit")
        clock.advance(LIFE + 1)
        lookout.fails("form.oc.call('getWorkspaces')", "SessionRejected")
        form.enter(**wrong(canaries))
        lookout.run("take_along('form.txt', form=form, **form._form.fields)", "form.close()")

    sights = search(lookout, canaries, str(capfd.readouterr()))

    # A sign-in that is uncertain, and a session that another took the place of, are kept beside it.
    beside = {each for each in places(sights) if "/profiles/default/pending-" in each}
    assert places(sights) - beside <= stores()
    assert not {each.secret for each in sights} & set(canaries.typed)


def wrong(canaries: Canaries) -> dict[str, str]:
    roles = ("access_token", "refresh_token", "client_secret")
    return {role: canaries.new(role) for role in roles}
