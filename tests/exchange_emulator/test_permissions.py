"""Delegated permissions of Graph, and whose consent is whose."""

import copy
import json

import pytest
import requests

from exchange_emulator.seed import PRACTICE
from tests.exchange_emulator import emulator as running
from tests.exchange_emulator.emulator import CALLBACK, CLIENT, DESK, TENANT
from tests.exchange_emulator.test_attachments import attachment
from tests.exchange_emulator.test_drafts import draft
from tests.exchange_emulator.test_sending import people, send_json
from tests.waiting import PATIENCE

SHARED = "it@contoso.example"
FABRIKAM = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0003"
MESSAGE = {"subject": "x", "toRecipients": people("ann@example.org")}


@pytest.fixture(scope="module")
def seeded_process(tmp_path_factory):
    """The practice tenant; the desk has Full Access to the IT mailbox, any tenant signs in."""
    folder = tmp_path_factory.mktemp("seeded")
    seed = copy.deepcopy(PRACTICE)
    seed["apps"][0]["multi_tenant"] = True
    for user in seed["users"]:
        if user["address"] == SHARED:
            user["full_access"] = [DESK]
    file = folder / "seed.json"
    file.write_text(json.dumps(seed), encoding="utf-8")
    emulator = running.start(folder, "--seed", str(file))
    yield emulator
    running.stop(emulator)


@pytest.fixture
def seeded(seeded_process, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", seeded_process.ca)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    seeded_process.reset()
    return seeded_process


def token_for(emulator, *scopes):
    return emulator.sign_in(scopes=scopes)["access_token"]


def test_reading_basic_mail_shows_no_bodies_and_no_attachments(emulator):
    full = token_for(emulator, "Mail.ReadWrite")
    made = draft(emulator, full, {"body": {"content": "secret"}, "attachments": [attachment()]})
    emulator.fault(kind="consent-withdrawn", mailbox=DESK)
    basic = token_for(emulator, "Mail.ReadBasic")
    path = f"/me/messages/{made['id']}"
    for answer in (
        emulator.graph(basic, "GET", path),
        emulator.graph(basic, "GET", f"{path}?$select=body,bodyPreview"),
        emulator.graph(basic, "GET", "/me/messages"),
    ):
        assert answer.status_code == 200
        assert "secret" not in answer.text
    for more in ("/$value", "/attachments", "?$expand=attachments"):
        answer = emulator.graph(basic, "GET", path + more)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")


def test_sending_from_a_shared_mailbox_needs_the_shared_permission(seeded):
    path = f"/users/{SHARED}/sendMail"
    answer = seeded.graph(token_for(seeded, "Mail.Send"), "POST", path, json={"message": MESSAGE})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")
    both = token_for(seeded, "Mail.Send", "Mail.Send.Shared")
    assert seeded.graph(both, "POST", path, json={"message": MESSAGE}).status_code == 202


def test_mail_from_a_shared_mailbox_goes_out_under_its_name(seeded):
    token = token_for(seeded, "Mail.Send.Shared")
    seeded.graph(token, "POST", f"/users/{SHARED}/sendMail", json={"message": MESSAGE})
    [message] = seeded.messages()
    assert (message["from"], message["mailbox"]) == (SHARED, SHARED)


@pytest.mark.parametrize(
    ("scope", "status"), [("Mail.ReadWrite", 403), ("Mail.ReadWrite.Shared", 200)]
)
def test_a_shared_mailbox_opens_with_the_shared_permission_only(seeded, scope, status):
    token = token_for(seeded, scope)
    assert seeded.graph(token, "GET", f"/users/{SHARED}/messages").status_code == status


def consent_for_all(emulator):
    page = f"{emulator.http}/{TENANT}/v2.0/adminconsent"
    query = {"client_id": CLIENT, "redirect_uri": CALLBACK, "scope": "Mail.Send"}
    form = {"account": "admin@contoso.example", "consent": "accept"}
    answer = requests.post(page, params=query, data=form, allow_redirects=False, timeout=PATIENCE)
    assert "admin_consent=True" in answer.headers["Location"]


def asks_for_consent(emulator, account, tenant=TENANT):
    flow = emulator.begin(emulator.client(tenant=tenant), ["Mail.Send"], prompt="select_account")
    answer = emulator.choose(flow["auth_uri"], account, consent="")
    return not isinstance(answer, dict)


def test_an_administrators_consent_is_for_the_own_tenant(seeded):
    consent_for_all(seeded)
    assert not asks_for_consent(seeded, "alex@contoso.example")
    assert asks_for_consent(seeded, "kim@fabrikam.example", FABRIKAM)


def test_consent_that_one_user_loses_is_still_everybody_elses(seeded):
    consent_for_all(seeded)
    seeded.fault(kind="consent-withdrawn", mailbox=DESK)
    assert asks_for_consent(seeded, DESK)
    assert not asks_for_consent(seeded, "alex@contoso.example")
    consent_for_all(seeded)
    assert not asks_for_consent(seeded, DESK)


def test_a_reset_leaves_nothing_of_a_withdrawal(seeded):
    send_json(seeded, token_for(seeded, "Mail.Send"), {})
    seeded.fault(kind="consent-withdrawn", mailbox=DESK)
    seeded.reset()
    consent_for_all(seeded)
    assert not asks_for_consent(seeded, DESK)
